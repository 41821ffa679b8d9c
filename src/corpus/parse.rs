//! Markdown, HTML and plain text into sections.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use scraper::{ElementRef, Html, Selector};
use serde::Deserialize;

use super::document::{Document, Section, sha256};
use super::original::TextPart;
use super::problem::{Problem, document_id, line_at};
use super::sentences::sentences;

/// The most words in a passage of a plain document; longer sections are cut between sentences.
const PASSAGE_WORDS: usize = 220;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct SectionTable {
    id: Option<String>,
    #[serde(default)]
    questions: Vec<String>,
    #[serde(default)]
    cites: Vec<String>,
    corrected_by: Option<String>,
}

/// Reads one document; `is_note` allows the tables that notes have.
pub(super) fn document(file: &str, text: &str, is_note: bool, problems: &mut Vec<Problem>) -> Document {
    let (id, ending) = (document_id(file), file.rsplit_once('.').map_or("", |(_, ending)| ending));
    let file_hash = sha256(text.as_bytes());
    let text = text.trim_start_matches('\u{feff}');
    let (mut title, sections) = match ending {
        "md" => markdown(file, text, if is_note { Kind::Note } else { Kind::Document }, problems),
        "html" | "htm" => html(text),
        _ => plain(text),
    };
    if title.is_empty() {
        title = id.rsplit('/').next().unwrap_or(id).replace(['-', '_'], " ");
    }
    let mut sections = if is_note { sections } else { passages(sections) };
    if is_note {
        finish(&mut sections);
        name(&mut sections, is_note, file, problems);
    }
    if sections.is_empty() && !title.is_empty() && !is_note {
        // A title alone can still be searched for, and is its own first sentence.
        let whole = std::iter::once(0..title.len()).collect();
        sections.push(Section { id: "1".into(), text: title.clone(), sentences: whole, line: 1, ..Section::default() });
    }
    let (id, file, sections) = (id.to_owned(), file.to_owned(), sections.into());
    Document { id, title, file, copied: None, original: None, file_hash, is_note, sections }
}

/// Makes passages of the sections of a plain document: long ones are cut, empty ones dropped.
pub(super) fn passages(sections: Vec<Section>) -> Vec<Section> {
    let mut passages: Vec<Section> = sections.into_iter().flat_map(cut).collect();
    finish(&mut passages);
    passages.retain(|section| !section.text.is_empty());
    name(&mut passages, false, "", &mut Vec::new());
    passages
}

/// The title and the parts of a Markdown text. Each item of a list is a paragraph that begins with "- ", and tables
/// are left out: their cells say nothing without their header.
#[must_use]
pub fn markdown_parts(text: &str) -> (String, Vec<TextPart>) {
    let (title, sections) = markdown("", text, Kind::Page, &mut Vec::new());
    (title, sections.into_iter().map(|section| TextPart { heading: section.heading, text: section.text }).collect())
}

fn finish(sections: &mut [Section]) {
    for section in sections {
        section.text = section.text.trim().to_owned();
        section.sentences = sentences(&section.text);
    }
}

fn name(sections: &mut [Section], is_note: bool, file: &str, problems: &mut Vec<Problem>) {
    let mut seen = std::collections::HashSet::new();
    for (at, section) in sections.iter_mut().enumerate() {
        if section.id.is_empty() {
            section.id = slug(&section.heading);
        }
        if !seen.insert(section.id.clone()) {
            if is_note {
                problems.push(Problem::new(
                    file,
                    section.line,
                    format!("the section id \"{}\" stands twice in this note; give one of them an `id`", section.id),
                ));
            }
            section.id = format!("{}-{}", section.id, at + 1);
            seen.insert(section.id.clone());
        }
    }
}

/// Lower case, with hyphens for all that is no letter or digit.
fn slug(heading: &str) -> String {
    let folded = crate::language::fold(heading);
    let slug = crate::language::words(&folded).collect::<Vec<_>>().join("-");
    if slug.is_empty() { "1".to_owned() } else { slug }
}

/// What a Markdown text is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Of the folder, with tables of what it cites.
    Note,
    /// Of the folder, as it is.
    Document,
    /// Of a site: its items are marked and its tables are left out.
    Page,
}

fn markdown(file: &str, text: &str, kind: Kind, problems: &mut Vec<Problem>) -> (String, Vec<Section>) {
    let (mut title, body_start) = front_matter(text);
    let body = &text[body_start..];
    let mut sections: Vec<Section> = vec![Section { line: 1, ..Section::default() }];
    let mut heading: Option<(HeadingLevel, String)> = None;
    let mut table: Option<(usize, String)> = None;
    let (mut is_left_out, mut in_item) = (false, false);
    for (event, range) in Parser::new_ext(body, Options::ENABLE_TABLES).into_offset_iter() {
        let line = || line_at(text, body_start + range.start);
        if kind == Kind::Note
            && let Some(what) = misplaced(&event)
        {
            let message = format!("a section holds sentences only, and here is {what}; say it in a sentence");
            problems.push(Problem::mild(file, line(), message));
        }
        let Some(section) = sections.last_mut() else { break };
        match event {
            Event::Start(Tag::Heading { level, .. }) => heading = Some((level, String::new())),
            Event::End(TagEnd::Heading(_)) => {
                let Some((level, words)) = heading.take() else { continue };
                let words = words.trim().to_owned();
                if title.is_empty() && level == HeadingLevel::H1 {
                    title = words;
                } else {
                    sections.push(Section { heading: words, line: line(), ..Section::default() });
                }
            }
            Event::Start(Tag::CodeBlock(block)) => match block {
                CodeBlockKind::Fenced(info) if kind == Kind::Note && info.as_ref() == "toml" => {
                    table = Some((line(), String::new()))
                }
                _ => is_left_out = true,
            },
            Event::End(TagEnd::CodeBlock) => {
                is_left_out = false;
                if let Some((line, source)) = table.take() {
                    fill(section, file, line, &source, problems);
                }
            }
            Event::Text(words) | Event::Code(words) => {
                if let Some((_, source)) = &mut table {
                    source.push_str(&words);
                } else if let Some((_, heading)) = &mut heading {
                    heading.push_str(&words);
                } else if !is_left_out {
                    section.text.push_str(&words);
                }
            }
            Event::SoftBreak | Event::HardBreak => match &mut heading {
                Some((_, heading)) => heading.push(' '),
                None => section.text.push(' '),
            },
            Event::Start(Tag::Table(_)) => is_left_out = kind == Kind::Page,
            Event::End(TagEnd::Table) => is_left_out = false,
            Event::Start(Tag::Item) if kind == Kind::Page => {
                in_item = true;
                section.text.push_str("\n\n- ");
            }
            // An item that is cut into paragraphs is still one.
            Event::End(TagEnd::Paragraph) if in_item => section.text.push(' '),
            Event::End(TagEnd::Item) if kind == Kind::Page => {
                in_item = false;
                section.text.push_str("\n\n");
            }
            Event::End(
                TagEnd::Paragraph | TagEnd::Item | TagEnd::TableRow | TagEnd::TableHead | TagEnd::BlockQuote(_),
            ) => {
                section.text.push_str("\n\n");
            }
            Event::End(TagEnd::TableCell) => section.text.push(' '),
            _ => {}
        }
    }
    if kind == Kind::Note
        && sections.first().is_some_and(|first| first.text.trim().is_empty() && first.heading.is_empty())
    {
        sections.remove(0);
    }
    (title, sections)
}

/// What of Markdown a note does not have, since it would be lost where its sentences are shown.
fn misplaced(event: &Event<'_>) -> Option<String> {
    let Event::Start(tag) = event else { return None };
    match tag {
        Tag::Link { dest_url, .. } => Some(format!("a link to \"{dest_url}\" (sources belong into `cites`)")),
        Tag::Image { .. } => Some("an image".to_owned()),
        Tag::Table(_) => Some("a table".to_owned()),
        Tag::List(_) => Some("a list".to_owned()),
        Tag::CodeBlock(CodeBlockKind::Fenced(info)) if info.as_ref() == "toml" => None,
        Tag::CodeBlock(_) => Some("a block of code that is not ```toml".to_owned()),
        _ => None,
    }
}

fn fill(section: &mut Section, file: &str, line: usize, source: &str, problems: &mut Vec<Problem>) {
    match toml::from_str::<SectionTable>(source) {
        Ok(table) => {
            section.id = table.id.unwrap_or_default();
            section.questions = table.questions;
            section.cites = table.cites;
            section.corrected_by = table.corrected_by;
        }
        Err(error) => problems.push(Problem::in_toml(file, line, source, &error)),
    }
}

/// The title in a front matter of `---` lines, and where the text behind it begins.
fn front_matter(text: &str) -> (String, usize) {
    let Some(rest) = text.strip_prefix("---\n") else { return (String::new(), 0) };
    let Some(end) = rest.find("\n---") else { return (String::new(), 0) };
    let title = rest[..end]
        .lines()
        .find_map(|line| line.strip_prefix("title:"))
        .map(|title| title.trim().trim_matches(['"', '\'']).to_owned())
        .unwrap_or_default();
    let after = 4 + end + 4;
    (title, text[after..].find('\n').map_or(text.len(), |at| after + at + 1))
}

fn plain(text: &str) -> (String, Vec<Section>) {
    let text = text.trim_start();
    let (title, body) = text.split_once('\n').unwrap_or((text, ""));
    let section = Section { text: body.replace("\r\n", "\n"), line: 2, ..Section::default() };
    (title.trim().to_owned(), vec![section])
}

fn html(text: &str) -> (String, Vec<Section>) {
    let page = Html::parse_document(text);
    let parts = Selector::parse("h1,h2,h3,h4,h5,h6,p,li,dd,dt,blockquote,td,th,caption,figcaption")
        .expect("a selector written here");
    let title = Selector::parse("title").expect("a selector written here");
    let mut named = page.select(&title).next().map(|t| squeeze(&t.text().collect::<String>())).unwrap_or_default();
    let mut sections = vec![Section { line: 1, ..Section::default() }];
    let mut first = true;
    for part in page.select(&parts) {
        let outside = ["nav", "header", "footer", "aside", "script", "style", "form", "template", "noscript"];
        let nested = part.ancestors().filter_map(ElementRef::wrap).any(|up| parts.matches(&up));
        if nested {
            continue;
        }
        let inside = part.descendants().filter(|node| {
            !node.ancestors().filter_map(ElementRef::wrap).any(|up| outside.contains(&up.value().name()))
        });
        let written: Vec<&str> = inside.filter_map(|node| Some(&*node.value().as_text()?.text)).collect();
        let words = squeeze(&written.join(" "));
        if words.is_empty() {
            continue;
        }
        match part.value().name() {
            "h1" if std::mem::take(&mut first) => named = words,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                sections.push(Section { heading: words, line: 1, ..Section::default() });
            }
            _ => {
                if let Some(section) = sections.last_mut() {
                    section.text.push_str(&words);
                    section.text.push_str("\n\n");
                }
            }
        }
    }
    (named, sections)
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Cuts a long section into passages between sentences.
fn cut(section: Section) -> Vec<Section> {
    if section.text.split_whitespace().count() <= PASSAGE_WORDS {
        return vec![section];
    }
    let mut pieces: Vec<Section> = Vec::new();
    let (mut start, mut end, mut count) = (0, 0, 0);
    let push = |range: std::ops::Range<usize>, pieces: &mut Vec<Section>| {
        if !range.is_empty() {
            pieces.push(Section { text: section.text[range].to_owned(), ..section.clone() });
        }
    };
    for sentence in sentences(&section.text) {
        let words = section.text[sentence.clone()].split_whitespace().count();
        if count > 0 && count + words > PASSAGE_WORDS {
            push(start..end, &mut pieces);
            (start, count) = (sentence.start, 0);
        }
        end = sentence.end;
        count += words;
    }
    push(start..end, &mut pieces);
    pieces
}

//! What ties the files of a corpus together: ids that exist, links that lead somewhere.

use std::collections::{HashMap, HashSet};

use super::asked::Asked;
use super::link::is_address;
use super::problem::Problem;
use super::{Corpus, MAX_SENTENCES, Settings, Source};
use crate::language;

/// A section of a note with more words than this is too long to show.
const SECTION_WORDS: usize = 140;
/// A longer disclaimer does not fit under every answer; in UTF-16 units, as Discord counts.
const DISCLAIMER: usize = 1_000;

pub(super) fn source(source: &Source, file: &str, line: usize, problems: &mut Vec<Problem>) {
    let mut fault = |message: String| problems.push(Problem::new(file, line, message));
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if source.id.is_empty() || !source.id.chars().all(plain) {
        fault(format!("the source id \"{}\" may hold only lower-case letters, digits and hyphens", source.id));
    }
    // A page of this machine is for tests; it is downloaded only with SACRUM_FETCH_LOOPBACK.
    let at_home = source.url.strip_prefix("http://127.0.0.1").is_some_and(|rest| rest.starts_with([':', '/']));
    if !source.url.starts_with("https://") && !at_home {
        fault(format!("the address of \"{}\" is \"{}\"; it must begin with https://", source.id, source.url));
    } else if !is_address(&source.url) {
        fault(format!(
            "the address of \"{}\" is \"{}\"; copy it from a browser, with %20 for a space",
            source.id, source.url
        ));
    }
    let dated = source
        .published
        .as_deref()
        .is_none_or(|date| matches!(date.len(), 4 | 7 | 10) && date.chars().all(|c| c.is_ascii_digit() || c == '-'));
    if !dated {
        fault(format!("the date of \"{}\" must be YYYY, YYYY-MM or YYYY-MM-DD", source.id));
    }
}

pub(super) fn settings(settings: &Settings, file: &str, problems: &mut Vec<Problem>) {
    let length = settings.disclaimer.encode_utf16().count();
    if length > DISCLAIMER {
        let message =
            format!("the disclaimer has {length} characters; {DISCLAIMER} at most, so that it is always shown whole");
        problems.push(Problem::new(file, 0, message));
    }
}

pub(super) fn references(corpus: &Corpus, problems: &mut Vec<Problem>) {
    for document in &corpus.documents {
        for section in document.sections.iter() {
            let mut fault = |message: String| problems.push(Problem::new(&document.file, section.line, message));
            for id in section.cites.iter().filter(|id| corpus.source(id).is_none()) {
                fault(format!("source \"{id}\" is not in sources.toml{}", did_you_mean(corpus, id)));
            }
            if let Some(target) = &section.corrected_by
                && corpus.find(target).is_none()
            {
                fault(format!("corrected_by = \"{target}\" leads nowhere; write note#section"));
            }
            if !document.is_note {
                continue;
            }
            if section.cites.is_empty() {
                fault(format!("the section \"{}\" cites nothing; add `cites = [\"source-id\"]`", section.heading));
            }
            if section.sentences.is_empty() {
                fault(format!("the section \"{}\" has no text", section.heading));
            }
            let words = section.text.split_whitespace().count();
            if words > SECTION_WORDS {
                fault(format!(
                    "the section \"{}\" has {words} words; {SECTION_WORDS} at most, so cut it in two",
                    section.heading
                ));
            }
        }
    }
    let is_there = |reference: &str| match reference.split_once('#') {
        Some((Asked::MUSCLES, id)) => corpus.muscles.has(id),
        _ => corpus.find(reference).is_some(),
    };
    for (file, line, reference) in corpus.asked.named().filter(|(_, _, reference)| !is_there(reference)) {
        problems.push(Problem::new(
            file,
            line,
            format!("there is no section {reference}; name one of the note's, or take its questions out"),
        ));
    }
    let folded = |text: &str| language::words(&language::fold(text)).collect::<Vec<_>>().join(" ");
    let answered: HashSet<String> = corpus.questions().map(|question| folded(question)).collect();
    for (line, question) in (1..).zip(&corpus.not_covered).filter(|(_, question)| answered.contains(&folded(question)))
    {
        let message = format!("\"{question}\" is also a question that a section answers; take one of them out");
        problems.push(Problem::new("not_covered.txt", line, message));
    }
    let corrections = corpus.passages().filter_map(|(_, _, section)| section.corrected_by.as_deref());
    for target in corrections.filter_map(|target| corpus.find(target)) {
        let (document, section) = corpus.passage(target);
        if section.corrected_by.is_some() {
            problems.push(Problem::new(
                &document.file,
                section.line,
                format!("\"{}\" corrects a section and is itself corrected; at most {MAX_SENTENCES} excerpts are shown, so link to the last word", section.heading),
            ));
        }
    }
    spellings(corpus, problems);
    flags(corpus, problems);
}

pub(super) fn did_you_mean(corpus: &Corpus, id: &str) -> String {
    corpus
        .sources()
        .map(|source| (rapidfuzz::distance::osa::distance(source.id.chars(), id.chars()), source))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= 4)
        .map(|(_, source)| format!("; did you mean \"{}\"?", source.id))
        .unwrap_or_default()
}

fn spellings(corpus: &Corpus, problems: &mut Vec<Problem>) {
    let mut group_of: HashMap<String, usize> = HashMap::new();
    for (at, group) in corpus.lexicon.same.iter().enumerate() {
        for term in &group.terms {
            if group_of.insert(term.to_lowercase(), at).is_some_and(|other| other != at) {
                let message = format!("\"{term}\" stands in two groups of the same meaning; keep one");
                problems.push(Problem::about("lexicon.toml", term.clone(), message));
            }
        }
    }
    for wrong in corpus.lexicon.spelling.keys().filter(|wrong| group_of.contains_key(wrong.as_str())) {
        let message = format!("\"{wrong}\" is both a spelling and a term; keep one");
        problems.push(Problem::about("lexicon.toml", wrong.clone(), message));
    }
}

fn flags(corpus: &Corpus, problems: &mut Vec<Problem>) {
    for of in &corpus.messages {
        let Some((flag, level)) = &of.shows else { continue };
        let advised = corpus.red_flags.flag.iter().any(|of| of.id == *flag && of.advice.contains_key(level));
        if !advised {
            let message = format!("a message shows \"{flag}\" as {level:?}, and red_flags.toml has no advice for that");
            problems.push(Problem::new("messages.jsonl", of.line, message));
        }
    }
    let mut ids = HashSet::new();
    for flag in &corpus.red_flags.flag {
        let mut fault = |message| problems.push(Problem::about("red_flags.toml", flag.id.clone(), message));
        if !ids.insert(&flag.id) {
            fault(format!("two flags have the id \"{}\"; rename one", flag.id));
        }
        for id in flag.cites.iter().filter(|id| corpus.source(id).is_none()) {
            fault(format!("flag \"{}\": source \"{id}\" is not in sources.toml{}", flag.id, did_you_mean(corpus, id)));
        }
        for rule in &flag.rule {
            let level = rule.level.unwrap_or(flag.level);
            if !flag.advice.contains_key(&level) {
                fault(format!("flag \"{}\": a rule is {level:?} but [flag.advice] has no text for it", flag.id));
            }
            if rule.near.is_empty() && rule.anywhere.is_empty() {
                fault(format!("flag \"{}\": a rule names no concept in `near` or `anywhere`", flag.id));
            }
        }
    }
}

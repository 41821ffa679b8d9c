//! What ties the files of a corpus together: ids that exist, links that lead somewhere.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::RangeInclusive;

use super::asked::Asked;
use super::link::is_address;
use super::problem::{Problem, Unread, counted};
use super::{Corpus, Document, Level, Message, Section, Settings, Source};
use crate::language::words_of;

/// A section of a note with more words than this says more than one thing.
const SECTION_WORDS: usize = 120;
/// One with more sentences does too.
const SECTION_SENTENCES: usize = 6;
/// A sentence of a note with more words than this is too long to show: it cannot be cut.
const SENTENCE_WORDS: usize = 60;
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
    let mut mild = |message: String| problems.push(Problem::mild(file, line, message));
    if source.published.as_deref().is_some_and(|date| !is_date(date)) {
        mild(format!("the date of \"{}\" must be YYYY, YYYY-MM or YYYY-MM-DD", source.id));
    }
    for (key, text) in [("title", &source.title), ("publisher", &source.publisher)] {
        if text.trim().is_empty() {
            mild(format!("the {key} of \"{}\" is empty, and it is shown with each excerpt; write it", source.id));
        }
    }
    if !Source::KINDS.contains(&source.kind.as_str()) {
        mild(format!("\"{}\" is of the kind \"{}\"; there are {}", source.id, source.kind, Source::KINDS.join(", ")));
    }
}

/// Whether it is a year, a month or a day.
fn is_date(date: &str) -> bool {
    let mut parts = date.split('-');
    let mut number = |digits: usize, range: RangeInclusive<u32>| {
        parts.next().is_none_or(|part| {
            let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
            is_number && part.parse().is_ok_and(|number| range.contains(&number))
        })
    };
    number(4, 1000..=2999) && number(2, 1..=12) && number(2, 1..=31) && parts.next().is_none()
}

pub(super) fn settings(settings: &Settings, file: &str, problems: &mut Vec<Problem>) {
    let length = settings.disclaimer.encode_utf16().count();
    if length > DISCLAIMER {
        let message =
            format!("the disclaimer has {length} characters; {DISCLAIMER} at most, so that it is always shown whole");
        problems.push(Problem::new(file, 0, message));
    }
    if settings.not_covered.trim().is_empty() {
        let message = "not_covered is empty, and nothing would be said in its place; write it, or take the line out";
        problems.push(Problem::about(file, "not_covered".to_owned(), message.to_owned()).mildly());
    }
}

pub(super) fn references(corpus: &Corpus, unread: &Unread, problems: &mut Vec<Problem>) {
    let mut file_of: HashMap<&str, &str> = HashMap::new();
    let mut shared: HashSet<&str> = HashSet::new();
    for document in &corpus.documents {
        if let Some(other) = file_of.insert(&document.id, &document.file) {
            shared.insert(&document.id);
            let message = format!("it has the same id, \"{}\", as {other}; rename one of the files", document.id);
            problems.push(Problem::new(&document.file, 0, message));
        }
    }
    // Where nobody can say what an id stands for, nothing is missing yet.
    let is_open = |reference: &str| {
        let note = reference.split('#').next().unwrap_or_default();
        shared.contains(note) || unread.in_document(note)
    };
    for document in &corpus.documents {
        let mut sections = document.sections.iter().peekable();
        while let Some(section) = sections.next() {
            let mut fault = |message: String| problems.push(Problem::new(&document.file, section.line, message));
            let absent = |id: &&String| corpus.source(id).is_none() && !unread.is_entry("sources.toml", id);
            for id in section.cites.iter().filter(absent) {
                fault(format!("source \"{id}\" is not in sources.toml{}", did_you_mean(corpus, id)));
            }
            if let Some(target) = &section.corrected_by
                && corpus.find(target).is_none()
                && !is_open(target)
            {
                fault(format!("corrected_by = \"{target}\" leads nowhere; write note#section"));
            }
            let end = sections.peek().map_or(usize::MAX, |next| next.line);
            if document.is_note && !unread.in_lines(&document.file, section.line..end) {
                of_note(document, section, unread, problems);
            }
        }
    }
    let is_there = |reference: &str| match reference.split_once('#') {
        Some((Asked::MUSCLES, id)) => corpus.muscles.has(id) || unread.is_entry("muscles.toml", id),
        _ => corpus.find(reference).is_some() || is_open(reference),
    };
    for (file, line, reference) in corpus.asked.named().filter(|(_, _, reference)| !is_there(reference)) {
        problems.push(Problem::new(
            file,
            line,
            format!("there is no section {reference}; name one of the note's, or take its questions out"),
        ));
    }
    questions(corpus, problems);
    let corrections = corpus.passages().filter_map(|(_, _, section)| section.corrected_by.as_deref());
    for target in corrections.filter_map(|target| corpus.find(target)) {
        let (document, section) = corpus.passage(target);
        if section.corrected_by.is_some() {
            problems.push(Problem::new(
                &document.file,
                section.line,
                format!("\"{}\" corrects a section and is itself corrected; one correction is shown beside a claim, so link to the last word", section.heading),
            ));
        }
    }
    spellings(corpus, problems);
    flags(corpus, unread, problems);
}

/// What a section of a note must have, and how long it may be.
fn of_note(document: &Document, section: &Section, unread: &Unread, problems: &mut Vec<Problem>) {
    let heading = &section.heading;
    let fault = |message: String| Problem::new(&document.file, section.line, message);
    if section.cites.is_empty() && !unread.is_entry("sources.toml", &document.id) {
        problems.push(fault(format!("the section \"{heading}\" cites nothing; add `cites = [\"source-id\"]`")));
    }
    if section.sentences.is_empty() {
        problems.push(fault(format!("the section \"{heading}\" has no text; write it, or take the heading out")));
    }
    let mut too_long = |what: String, count: usize, most: usize, of: &str| {
        if count > most {
            let message = format!("{what} has {count} {of}; {most} at most, so cut it in two");
            problems.push(Problem::mild(&document.file, section.line, message));
        }
    };
    let words = |text: &str| text.split_whitespace().count();
    let whole = format!("the section \"{heading}\"");
    too_long(whole.clone(), words(&section.text), SECTION_WORDS, "words");
    too_long(whole, section.sentences.len(), SECTION_SENTENCES, "sentences");
    let longest = section.sentences.iter().map(|sentence| words(&section.text[sentence.clone()])).max();
    too_long(format!("a sentence of \"{heading}\""), longest.unwrap_or_default(), SENTENCE_WORDS, "words");
}

/// Each question is listed once, and is not said to be answered by none as well.
fn questions(corpus: &Corpus, problems: &mut Vec<Problem>) {
    let folded = |text: &str| words_of(text).join(" ");
    let mut listed: HashMap<String, String> = HashMap::new();
    for (_, document, section) in corpus.passages() {
        for question in &section.questions {
            if folded(question).is_empty() {
                let message =
                    format!("the section \"{}\" lists a question without a word; take it out", section.heading);
                problems.push(Problem::mild(&document.file, section.line, message));
                continue;
            }
            let place = format!("{}#{}", document.id, section.id);
            let message = match listed.insert(folded(question), place.clone()) {
                None => continue,
                Some(other) if other == place => format!("\"{question}\" stands twice in a section; take one out"),
                Some(other) => {
                    format!("\"{question}\" is also a question of {other}; leave it where it is answered best")
                }
            };
            problems.push(Problem::about(&document.file, question.clone(), message).mildly());
        }
    }
    let answered: HashSet<String> = corpus.questions().map(|question| folded(question)).collect();
    let mut declined = HashSet::new();
    for (line, question) in (1..).zip(&corpus.not_covered) {
        let folded = folded(question);
        let what = if question.trim_start().starts_with('#') {
            "is no question, and comments have no place here; take it out"
        } else if answered.contains(&folded) {
            "is also a question that a section answers; take one of them out"
        } else if !folded.is_empty() && !declined.insert(folded) {
            "stands here twice; take one out"
        } else {
            continue;
        };
        problems.push(Problem::mild("not_covered.txt", line, format!("\"{question}\" {what}")));
    }
}

pub(super) fn did_you_mean(corpus: &Corpus, id: &str) -> String {
    Source::nearest(corpus.sources(), id).map(|meant| format!("; did you mean \"{meant}\"?")).unwrap_or_default()
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
    // Of each passage, since one that tells what a misspelling means has both.
    let texts: Vec<HashSet<String>> =
        corpus.passages().map(|(_, _, section)| words_of(&section.text).into_iter().collect()).collect();
    let means = corpus.lexicon.means.iter().flat_map(|means| means.say.iter().chain(&means.find));
    let terms = corpus.lexicon.same.iter().flat_map(|group| &group.terms).chain(means);
    let other: HashSet<String> = terms.chain(corpus.questions()).flat_map(|text| words_of(text)).collect();
    for (wrong, right) in &corpus.lexicon.spelling {
        let mut fault = |message: String| problems.push(Problem::about("lexicon.toml", wrong.clone(), message));
        let (written, meant) = (words_of(wrong), words_of(right));
        if group_of.contains_key(wrong.as_str()) {
            fault(format!("\"{wrong}\" is both a spelling and a term; keep one"));
            continue;
        }
        if written == meant {
            continue;
        }
        let has = |text: &HashSet<String>, all: &[String]| all.iter().all(|word| text.contains(word));
        if !written.is_empty() && texts.iter().any(|text| has(text, &written) && !has(text, &meant)) {
            fault(format!("\"{wrong}\" is read as \"{right}\", and is itself a word of the texts; take the line out"));
        }
        let is_known = |word: &&String| {
            other.contains(*word) || corpus.language.is_known(word) || texts.iter().any(|text| text.contains(*word))
        };
        if let Some(unknown) = meant.iter().find(|word| !is_known(word)) {
            fault(format!(
                "\"{wrong}\" is read as \"{right}\", and \"{unknown}\" stands nowhere in the corpus; correct it"
            ));
        }
    }
}

fn flags(corpus: &Corpus, unread: &Unread, problems: &mut Vec<Problem>) {
    let mut learnt: HashMap<&str, &Message> = HashMap::new();
    for of in &corpus.messages {
        let other = learnt.insert(&of.text, of).filter(|other| other.shows != of.shows);
        let message = match other {
            Some(other) => format!("the message stands in line {} as well, with another level or flag", other.line),
            None if of.text.trim().is_empty() => "the message is empty; write it, or take the line out".to_owned(),
            None => continue,
        };
        problems.push(Problem::mild("messages.jsonl", of.line, message));
    }
    for of in &corpus.messages {
        let Some((flag, level)) = of.shows.as_ref().filter(|_| !unread.is_file("red_flags.toml")) else { continue };
        let advised = corpus.red_flags.flag.iter().any(|of| of.id == *flag && of.advises(*level));
        if !advised {
            let message = format!("a message shows \"{flag}\" as {level}, and red_flags.toml has no advice for that");
            problems.push(Problem::new("messages.jsonl", of.line, message));
        }
    }
    for phrase in corpus.red_flags.concept.values().flat_map(|concept| &concept.phrases) {
        let Some(why) = misread(phrase) else { continue };
        let message = format!("\"{phrase}\": {why}");
        problems.push(Problem::about("red_flags.toml", phrase.clone(), message).mildly());
    }
    let mut ids = HashSet::new();
    for flag in &corpus.red_flags.flag {
        let mut fault = |message| problems.push(Problem::about("red_flags.toml", flag.id.clone(), message));
        if !ids.insert(&flag.id) {
            fault(format!("two flags have the id \"{}\"; rename one", flag.id));
        }
        let absent = |id: &&String| corpus.source(id).is_none() && !unread.is_entry("sources.toml", id);
        for id in flag.cites.iter().filter(absent) {
            fault(format!("flag \"{}\": source \"{id}\" is not in sources.toml{}", flag.id, did_you_mean(corpus, id)));
        }
        let mut without_advice: BTreeMap<Level, usize> = BTreeMap::new();
        for rule in &flag.rule {
            let level = rule.level.unwrap_or(flag.level);
            if !flag.advises(level) {
                *without_advice.entry(level).or_default() += 1;
            }
            if rule.near.is_empty() && rule.anywhere.is_empty() {
                fault(format!("flag \"{}\": a rule names no concept in `near` or `anywhere`", flag.id));
            }
        }
        for (level, rules) in without_advice {
            fault(format!(
                "flag \"{}\": level {level} has {}, and [flag.advice] no text for it; add `{level} = \"...\"`",
                flag.id,
                counted(rules, "rule")
            ));
        }
    }
}

/// Why a phrase is not read as it looks to whoever knows regular expressions; `None` where it is.
fn misread(phrase: &str) -> Option<&'static str> {
    let ends = |c: char| c.is_whitespace() || "()|".contains(c);
    let mut before = ' ';
    for (at, c) in phrase.char_indices() {
        let next = phrase[at + c.len_utf8()..].chars().next().unwrap_or(' ');
        match c {
            '*' if ends(before) || !ends(next) => {
                return Some("`*` ends a word, and nothing matches it elsewhere; write the words out");
            }
            '(' if !ends(before) => return Some("a bracket begins a new word; write the words out: \"(leak|leaks)\""),
            ')' if !ends(next) && next != '?' => {
                return Some("a bracket ends a word; write the words out: \"(dogs|cats)\"");
            }
            _ => before = c,
        }
    }
    None
}

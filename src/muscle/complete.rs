//! What may be meant, while somebody types.

use super::finder::Finder;
use super::likeness::{Word, likeness, ratio, similarity};
use super::names::Name;
use super::target::{Found, Target, found};
use super::words::Query;
use crate::corpus::Corpus;

/// From this score on a name fits what has been typed of it.
const FITS: f32 = 0.6;

/// An entry as it is offered while somebody types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<'a> {
    /// What finds it again.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The other name that fits what was typed.
    pub alias: Option<&'a str>,
}

impl Finder {
    /// What may be meant by what has been typed so far, best first; everything, in the order of the file,
    /// where nothing has.
    #[must_use]
    pub fn complete<'a>(&'a self, corpus: &'a Corpus, typed: &str, limit: usize) -> Vec<Choice<'a>> {
        let typed = self.names.words.read(typed);
        let mut best: Vec<(f32, Target, &Name)> = Vec::new();
        for name in self.names.all.iter().filter(|name| !matches!(name.target, Target::Thing(_))) {
            let score = if typed.folded.is_empty() { 1.0 } else { self.so_far(&typed, name) };
            match best.iter_mut().find(|of| of.1 == name.target) {
                Some(of) if of.0 < score => *of = (score, name.target, name),
                Some(_) => {}
                None => best.push((score, name.target, name)),
            }
        }
        best.retain(|of| of.0 >= FITS);
        best.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        best.into_iter().take(limit).filter_map(|(_, target, name)| choice(corpus, target, &name.written)).collect()
    }

    /// How well a name fits what has been typed of it: its beginning best, then a word's, then one misspelt.
    fn so_far(&self, query: &Query, name: &Name) -> f32 {
        let (typed, form) = (query.folded.as_str(), &query.form);
        if name.folded.starts_with(typed) {
            return 2.0 + ratio((letters(typed), letters(&name.folded)));
        }
        if name.folded.contains(&format!(" {typed}")) {
            return 1.5;
        }
        let heard = &form.joined.sound;
        if heard.len() >= 2 && name.form.joined.sound.starts_with(heard.as_str()) {
            return 1.0;
        }
        let beginning: String = name.form.joined.text.chars().take(form.joined.text.chars().count()).collect();
        let sounds: String = name.form.joined.sound.chars().take(form.joined.sound.chars().count()).collect();
        // One sound is the beginning of too many.
        let begins = match heard.len() {
            0 | 1 => similarity(&form.joined.text, &beginning),
            _ => likeness(&form.joined, &Word { text: beginning, stem: String::new(), sound: sounds }),
        };
        begins.max(self.names.score(form, &name.form))
    }
}

fn choice<'a>(corpus: &'a Corpus, target: Target, written: &'a str) -> Option<Choice<'a>> {
    let (id, name): (&str, &str) = match found(corpus, target) {
        Found::Muscle(muscle) => (&muscle.id, &muscle.name),
        Found::Group(group) => (&group.id, &group.name),
        Found::Thing(_) | Found::Nothing(_) => return None,
    };
    Some(Choice { id, name, alias: (!written.eq_ignore_ascii_case(name)).then_some(written) })
}

#[allow(clippy::cast_precision_loss)] // names are short
fn letters(text: &str) -> f32 {
    text.chars().count() as f32
}

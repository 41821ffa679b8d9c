//! Every excerpt that could be shown, by its id.

use crate::corpus::{Corpus, Excerpt, MAX_SENTENCES, excerpt_id};

/// The characters of an id, in lower case.
type Id = [u8; 8];

/// Every excerpt that could be shown, sorted by id: an id is a hash, so that what it stands for is found by trying all.
pub(super) struct Excerpts(Vec<(Id, Excerpt)>);

impl Excerpts {
    pub(super) fn of(corpus: &Corpus) -> Self {
        let of_section = corpus.passages().flat_map(|(passage, document, section)| {
            let starts = 0..section.sentences.len();
            let ranges = starts.flat_map(|start| (1..=MAX_SENTENCES).map(move |length| start..start + length));
            ranges.filter_map(move |range| {
                let excerpt = Excerpt::new(section, passage, range)?;
                Some((id_of(&excerpt_id(&document.id, excerpt.text(section)))?, excerpt))
            })
        });
        let mut all: Vec<(Id, Excerpt)> = of_section.collect();
        all.sort_by_key(|(id, _)| *id);
        Self(all)
    }

    /// Those with an id, in the order of the corpus.
    pub(super) fn with(&self, id: &str) -> impl Iterator<Item = &Excerpt> {
        let id = id_of(id);
        let first = self.0.partition_point(|(of, _)| Some(*of) < id);
        self.0[first..].iter().take_while(move |(of, _)| Some(*of) == id).map(|(_, excerpt)| excerpt)
    }
}

fn id_of(id: &str) -> Option<Id> {
    id.to_ascii_lowercase().as_bytes().try_into().ok()
}

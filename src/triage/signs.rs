//! Where the concepts stand that count.

/// A place where a concept stands and counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sign {
    pub(super) concept: u32,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) sentence: u32,
}

/// The places of all concepts that stand in a message and count: by concept, as these are numbered, and of each in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Signs(Vec<Sign>);

impl Signs {
    pub(super) fn new(mut signs: Vec<Sign>) -> Self {
        signs.sort_by_key(|sign| (sign.concept, sign.start));
        Self(signs)
    }

    /// Where a concept stands.
    pub(super) fn of(&self, concept: u32) -> &[Sign] {
        let start = self.0.partition_point(|sign| sign.concept < concept);
        let length = self.0[start..].partition_point(|sign| sign.concept == concept);
        &self.0[start..start + length]
    }

    /// The concepts that stand, each once.
    pub(super) fn concepts(&self) -> impl Iterator<Item = u32> {
        self.each().map(|signs| signs[0].concept)
    }

    /// Those that begin and end between two places. The others of a concept are passed over by their places, so that a wall
    /// of signs takes no longer for each part of a message.
    pub(super) fn between(&self, from: u32, to: u32) -> Self {
        let here = self.each().flat_map(|of| {
            let first = of.partition_point(|sign| sign.start < from);
            of[first..].iter().take_while(move |sign| sign.start <= to).filter(move |sign| sign.end <= to)
        });
        Self(here.copied().collect())
    }

    /// Those of each concept; found by halving, however many there are.
    fn each(&self) -> impl Iterator<Item = &[Sign]> {
        let mut rest = &self.0[..];
        std::iter::from_fn(move || {
            let concept = rest.first()?.concept;
            let (of, others) = rest.split_at(rest.partition_point(|sign| sign.concept == concept));
            rest = others;
            Some(of)
        })
    }
}

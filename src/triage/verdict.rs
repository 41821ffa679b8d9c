//! What the rules and what was learnt say together: neither is believed alone where the other is sure.

use std::ops::Range;

use super::Triage;
use super::message::{Message, stretches};
use super::reading::Reading;
use super::rules::Fired;
use super::signs::Signs;
use crate::corpus::Level;

/// From these log-odds on, a message shows a sign though no rule says so. Below even odds, since a sign that
/// is missed is worse than a false alarm; chosen on the sets in tests/questions.
const LIKELY: f32 = -0.85;
/// A message of fewer words than this that shows a sign shows it plainly.
const FEW_WORDS: usize = 14;
/// By how much a sign in it must be likelier therefore.
const PLAINLY: f32 = 1.0;
/// Below these it shows none though a rule says so.
const UNDOUBTED: Least = Least { quiet: -1.5, other: -0.7 };
/// Where the message as a whole shows none, from these on a part of it shows the sign that a rule finds there.
const BESIDE: Least = Least { quiet: 0.5, other: 1.4 };
/// The same for what is told besides what is denied.
const BESIDES_DENIED: Least = Least { quiet: 0.0, other: 0.0 };
/// The same in a message that is short enough for the model to see all that makes a joke of it ("i'm paralysed... by
/// choice"): less, ...
const BESIDE_SHORT: Least = Least { quiet: -0.5, other: 0.4 };
/// ... but more by so much for each step that the whole is calmer.
const RAISED_BY: f32 = 0.5;
/// From these log-odds down, a message is called calm by as much as it is below them.
const CALM_BELOW: f32 = -1.0;
/// In a calmer one a part does not count of which the model has no opinion.
const MOST_CALM: f32 = 2.0;
/// What is told beside a question shows a sign from these log-odds on though no rule says so: a calm question is half of
/// what makes a message calm.
const BESIDE_A_QUESTION: f32 = 0.6;
/// Fewer words than this beside a question only name what it is about, unless they tell of somebody: "im suicidal".
const FEWEST_TOLD: usize = 3;
/// In a sentence of more words than this somebody tells a story without full stops: what stands in one place of it neither
/// cancels nor explains what stands in another.
const RUN_ON: usize = 40;
/// Such a sentence is read in stretches of so many words, as if each were a message.
const PASSAGES: [usize; 2] = [12, 16];
/// So many words after one of them begins the next.
const PASSAGE_STEP: usize = 3;
/// From these on such a stretch shows the sign that a rule finds there; what can wait is believed as soon as a crisis, since
/// its advice takes no answer away.
const IN_PASSING: Least = Least { quiet: -1.5, other: -0.5 };
/// From these log-odds on, the model may call a sign more urgent than the rules do.
const SURE: f32 = -1.0;

/// The least log-odds of a sign with which a rule that finds one is believed: of a crisis, which is spoken of quietly, mostly
/// less is enough.
#[derive(Clone, Copy)]
struct Least {
    quiet: f32,
    other: f32,
}

impl Least {
    /// By so much more.
    fn raised(self, by: f32) -> Self {
        Self { quiet: self.quiet + by, other: self.other + by }
    }

    /// Of what the rules found.
    fn of(&self, fired: &Fired) -> f32 {
        if fired.crisis.is_some() { self.quiet } else { self.other }
    }
}

impl Triage {
    /// The most urgent sign in a message, of which the rules say this. Who somebody is shows no sign, and takes none back;
    /// but where a rule finds more in the whole, it may have to do with it.
    pub(super) fn verdict(&self, whole: &Reading, by_rules: Option<&Fired>) -> Option<Fired> {
        let matter = whole.words.matter();
        if matter.len() == whole.words.len() {
            return self.told(whole, by_rules);
        }
        let matter = self.book.read(whole.words.part(matter));
        let of_matter = self.book.rules.fired(&matter.signs);
        let level = |fired: Option<&Fired>| fired.map(|fired| fired.class.1);
        let finds_more = level(by_rules) > level(of_matter.as_ref());
        let judged = finds_more.then(|| self.judged(whole, by_rules, likely(whole))).flatten();
        Fired::gravest(judged.into_iter().chain(self.told(&matter, of_matter.as_ref())))
    }

    /// The most urgent sign in a message, or in what a short one tells beside what it asks: a question takes nothing back.
    fn told(&self, reading: &Reading, by_rules: Option<&Fired>) -> Option<Fired> {
        let words = &reading.words;
        let tells = |of: &Range<usize>| {
            let told = words[of.clone()].iter().map(AsRef::as_ref);
            of.len() >= FEWEST_TOLD || self.book.normaliser.language().tells(told)
        };
        let told = words.told().filter(|_| words.len() <= RUN_ON).filter(tells);
        let of_told = told.filter_map(|of| {
            let part = self.book.read(words.part(of));
            self.judged(&part, self.book.rules.fired(&part.signs).as_ref(), BESIDE_A_QUESTION)
        });
        Fired::gravest(of_told.chain(self.judged(reading, by_rules, likely(reading))))
    }

    /// From the log-odds `least` on it shows a sign though no rule says so.
    fn judged(&self, reading: &Reading, by_rules: Option<&Fired>, least: f32) -> Option<Fired> {
        let (message, learned) = (reading.message(), &self.learned);
        match (by_rules, learned.opinion(message)) {
            (Some(fired), None) => Some(fired.clone()),
            (Some(fired), Some(opinion)) if opinion.odds >= UNDOUBTED.of(fired) => {
                // Where the model is sure of something more urgent than what the rules saw, it counts.
                let class = (opinion.odds >= SURE).then(|| learned.class(&opinion)).flatten();
                let graver = class.filter(|class| class.1 > fired.class.1);
                Some(Fired { class: graver.unwrap_or(fired.class), ..fired.clone() })
            }
            (None, Some(opinion)) if opinion.odds >= least => {
                Some(Fired { class: learned.class(&opinion)?, crisis: None, flags: Vec::new() })
            }
            (_, whole) => {
                let calm = whole.map_or(0.0, |whole| (CALM_BELOW - whole.odds).max(0.0));
                self.in_part(&reading.signs, message, calm).or_else(|| self.in_passing(reading))
            }
        }
    }

    /// What the rules say of the parts of a message that show a sign by themselves, whatever stands beside them: so says
    /// the model, or the part is too short for it to have an opinion and the whole not too calm. What cancels a sign may stand beside the part: "beetroot
    /// smoothie, pink pee"; so may what makes all a joke, by which the model finds the whole `calm`. What can wait is no
    /// matter of a part.
    fn in_part(&self, signs: &Signs, message: Message<'_>, calm: f32) -> Option<Fired> {
        // What is denied beside a sign makes a message look calmer than it is.
        let calm = if message.denies() { 0.0 } else { calm };
        let least_beside = if message.is_short() { BESIDE_SHORT.raised(RAISED_BY * calm) } else { BESIDE };
        // A scrap between two denials says too little by itself: of it the model must have an opinion.
        let beside = message.parts().map(|part| (part, least_beside, calm <= MOST_CALM));
        let besides_denied = message.undenied().map(|part| (part, BESIDES_DENIED, false));
        // Most parts of most messages hold no concept, and need no lists of signs.
        let named = beside.chain(besides_denied).filter(|(part, ..)| !part.concepts.is_empty());
        let fired = named.filter_map(|(part, least, without_opinion)| {
            let (first, last) = (part.words.first()?, part.words.last()?);
            let fired = self.book.rules.fired_between(signs, first.place, last.place);
            let fired = fired.filter(|fired| fired.class.1.cannot_wait())?;
            let counts = self.learned.one(part).map_or(without_opinion, |opinion| opinion.odds >= least.of(&fired));
            counts.then_some(fired)
        });
        Fired::gravest(fired)
    }

    /// What the rules say of a stretch of a sentence without an end, as if nothing else had been written.
    fn in_passing(&self, message: &Reading) -> Option<Fired> {
        let run_on = message.words.sentences().filter(|sentence| sentence.len() > RUN_ON);
        let passages = run_on.flat_map(|sentence| {
            PASSAGES.into_iter().flat_map(move |words| stretches(sentence.clone(), words, PASSAGE_STEP))
        });
        let named = passages.filter(|passage| message.named[passage.clone()].contains(&true));
        let fired = named.filter_map(|passage| {
            let reading = self.book.read(message.words.part(passage));
            let fired = self.book.rules.fired(&reading.signs)?;
            let least = if fired.class.1 == Level::Soon { IN_PASSING.quiet } else { IN_PASSING.of(&fired) };
            let opinion = self.learned.one(reading.message());
            opinion.is_none_or(|opinion| opinion.odds >= least).then_some(fired)
        });
        Fired::gravest(fired)
    }
}

/// From which log-odds on a message shows a sign though no rule says so: a short one must show it plainly.
fn likely(message: &Reading) -> f32 {
    if message.words.len() < FEW_WORDS { LIKELY + PLAINLY } else { LIKELY }
}

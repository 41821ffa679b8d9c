//! How a message is understood: whether it asks something, where, and what about.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::rc::Rc;

use super::questions::{self, Asked, Stretch};
use crate::index::{Index, Query, Unit};
use crate::language::{self, Language};

/// So few words that name a thing of the corpus ask about it, without a word that asks.
const FEW_WORDS: usize = 3;
/// Among so many words at its beginning stands the one by which a follow-up asks.
const FIRST_WORDS: usize = 3;
/// So many words that tell of nobody name a subject.
const SUBJECT_WORDS: usize = 8;

/// A message, or a part of one. What is found out about it is found out once, when it is needed.
pub(super) struct Message<'a> {
    written: &'a str,
    /// That may show in what stands around its matter alone: "does anyone know".
    is_question: bool,
    /// Its matter.
    text: &'a str,
    folded: Cow<'a, str>,
    language: &'a Language,
    index: &'a Index,
    questions: OnceCell<Vec<Asked<'a>>>,
    query: OnceCell<Rc<Query>>,
}

impl<'a> Message<'a> {
    pub(super) fn new(written: &'a str, language: &'a Language, index: &'a Index) -> Self {
        let folded = language::fold(written);
        let is_question = has_question_mark(written) || language.asks(language::words(&folded));
        let text = language.matter(written, is_question);
        let folded = if text.len() == written.len() { folded } else { language::fold(text) };
        let (questions, query) = (OnceCell::new(), OnceCell::new());
        Self { written, is_question, text, folded, language, index, questions, query }
    }

    /// A part of it, as a message.
    pub(super) fn part(&self, text: &'a str) -> Self {
        Self::new(text, self.language, self.index)
    }

    /// As it was written, without what stands around it.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// As words are compared.
    pub(super) fn folded(&self) -> &str {
        &self.folded
    }

    fn words(&self) -> impl Iterator<Item = &str> + Clone {
        language::words(&self.folded)
    }

    /// What it asks about.
    pub(super) fn query(&self) -> &Rc<Query> {
        self.query.get_or_init(|| Rc::new(self.index.read(self.text)))
    }

    /// The questions in it that say something.
    pub(super) fn questions(&self) -> &[Asked<'a>] {
        self.questions.get_or_init(|| questions::questions(self.text, self.language))
    }

    /// The clauses of it that ask by themselves.
    pub(super) fn clauses(&self) -> Vec<Asked<'a>> {
        questions::clauses(self.text, self.language)
    }

    /// The questions in it that say nothing by themselves, with the matter that stands before each.
    pub(super) fn with_matter(&self) -> Vec<&'a str> {
        questions::with_matter(self.text, self.language)
    }

    /// Its first sentences, where it has several.
    pub(super) fn sentences(&self) -> Vec<&'a str> {
        questions::sentences(self.text)
    }

    /// The stretches of a long one that may hold its question.
    pub(super) fn stretches(&self) -> Vec<Stretch<'a>> {
        questions::stretches(self.text, self.language)
    }

    /// Whether it is so long that its question may stand anywhere in it.
    pub(super) fn is_long(&self) -> bool {
        questions::is_long(self.text)
    }

    /// Whether it asks something.
    pub(super) fn is_question(&self) -> bool {
        self.is_question
    }

    /// Whether only what stands around its matter asks.
    fn is_asked_around(&self) -> bool {
        self.is_question && !has_question_mark(self.text) && !self.language.asks(self.words())
    }

    /// The same where a word that asks somewhere in a short message is not enough: "this is killing me".
    pub(super) fn clearly_asks(&self) -> bool {
        has_question_mark(self.written)
            || self.language.asks(self.words().take(1))
            || self.is_asked_around()
            || self.names_a_subject()
            || self.is_long() && self.is_question()
            || !self.questions().is_empty()
    }

    /// Whether it tells of somebody.
    pub(super) fn tells(&self) -> bool {
        self.language.tells(self.words())
    }

    /// Whether it is so short, and of nobody, that it can only name a subject.
    pub(super) fn names_a_subject(&self) -> bool {
        let words = self.words().count();
        words <= FEW_WORDS || words <= SUBJECT_WORDS && !self.tells()
    }

    /// Whether it does nothing but react: "wow".
    fn reacts(&self) -> bool {
        !self.is_question() && self.language.reacts(self.words())
    }

    /// Whether it has a matter: "thanks a lot!" and "wow" have none, and follow nothing up.
    pub(super) fn says_something(&self) -> bool {
        self.is_question() || !(self.language.is_all_talk(self.words()) || self.reacts())
    }

    /// Whether it points at something said before.
    pub(super) fn points_back(&self) -> bool {
        self.language.points_back(self.words())
    }

    /// Whether it begins as one who goes on does.
    pub(super) fn goes_on(&self) -> bool {
        self.language.goes_on(&self.words().take(2).collect::<Vec<_>>())
    }

    /// Whether it can follow a question up: it asks, goes on or names a thing; "wow" and "my doctor says the same" do not.
    pub(super) fn can_follow_up(&self) -> bool {
        let asks_first = || {
            has_question_mark(self.written)
                || self.is_asked_around()
                || self.language.asks(self.words().take(FIRST_WORDS))
        };
        let asks = || asks_first() || self.points_back() && self.is_question();
        let names = || !self.tells() && self.query().units().iter().any(Unit::is_a_thing);
        asks() || self.goes_on() || !self.questions().is_empty() || names()
    }

    /// Whether it greets, asks after us, only reacts, or is an order to some bot: a mark with a word straight behind it.
    pub(super) fn is_small_talk(&self) -> bool {
        let mut chars = self.written.chars();
        let is_order =
            matches!(chars.next(), Some('!' | '/' | '.' | '$' | ';')) && chars.next().is_some_and(char::is_alphabetic);
        let greets = || !self.is_question && self.language.is_small_talk(&language::fold(self.written));
        is_order || self.language.is_small_talk(&self.folded) || greets() || self.reacts()
    }
}

/// Whether a question mark stands anywhere in a text, but in a link.
fn has_question_mark(text: &str) -> bool {
    text.split_whitespace().any(|written| written.contains('?') && !language::is_link(written))
}

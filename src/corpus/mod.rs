//! Reads the corpus folder: the types of the domain, and every fault that a folder can have.

mod asked;
mod check;
mod check_muscles;
mod document;
mod figure;
mod folder;
mod json_lines;
mod lexicon;
mod link;
mod message;
mod muscle;
mod original;
mod parse;
mod problem;
mod question;
mod red_flag;
mod sentences;
mod settings;
mod source;

pub use document::{Document, Excerpt, MAX_SENTENCES, PassageId, Section, excerpt_id};
pub use figure::{Figure, Part, PartClass};
pub use folder::Folder;
pub use json_lines::json_lines;
pub use lexicon::Lexicon;
pub use link::{is_address, passage_link};
pub use message::Message;
pub use muscle::{Group, Kind, Muscle, Muscles, Named, Thing};
pub use original::{Original, OriginalText, TextPart};
pub use parse::markdown_parts;
pub use problem::{CorpusError, Problem, counted};
pub use question::{EmptyQuestion, Question};
pub use red_flag::{Concept, Level, Normalise, RedFlag, RedFlags, Rule, Scope, Survives};
pub use sentences::{sentences, typed_sentences};
pub use settings::{Apart, Settings};
pub use source::Source;

use serde::{Deserialize, Serialize};

use crate::generation::{Generation, GenerationError, Late};
use crate::language::Language;
use asked::Asked;
use problem::{Unread, line_at};
use source::{Sources, SourcesFile};

/// Everything that a corpus folder says.
///
/// A generation keeps what is needed to answer: the lexicon, the red flags, the messages and what else is learnt from
/// have been compiled, and are empty in a corpus that comes from one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Corpus {
    /// corpus.toml.
    pub settings: Settings,
    /// The language of its texts.
    pub language: Language,
    /// Notes and documents.
    pub documents: Vec<Document>,
    /// lexicon.toml.
    #[serde(skip)]
    pub lexicon: Lexicon,
    /// red_flags.toml.
    #[serde(skip)]
    pub red_flags: RedFlags,
    /// messages.jsonl.
    #[serde(skip)]
    pub messages: Vec<Message>,
    /// asked/.
    #[serde(skip)]
    asked: Asked,
    /// not_covered.txt: questions that the corpus does not answer.
    #[serde(skip)]
    pub not_covered: Vec<String>,
    /// muscles.toml.
    #[serde(skip)]
    pub muscles: Late<Muscles>,
    /// figures/.
    #[serde(skip)]
    pub figures: Late<Vec<Figure>>,
    sources: Sources,
}

impl Corpus {
    /// Reads a folder and tells every fault it has.
    ///
    /// # Errors
    /// Where the folder cannot be read, or holds no document.
    pub fn read(folder: &Folder) -> Result<(Self, Vec<Problem>), CorpusError> {
        let mut problems = Vec::new();
        let mut corpus = Self {
            settings: Settings::default(),
            language: Language::new("en"),
            documents: Vec::new(),
            lexicon: Lexicon::default(),
            red_flags: RedFlags::default(),
            messages: Vec::new(),
            asked: Asked::default(),
            not_covered: Vec::new(),
            muscles: Late::default(),
            figures: Late::default(),
            sources: Sources::default(),
        };
        let mut has_sources = false;
        for (file, read) in folder.files()? {
            let bytes = match read {
                Ok(bytes) => bytes,
                Err(error) => {
                    let message = format!("it cannot be read: {error}; see that it exists and that I may read it");
                    problems.push(Problem::unread(&file, 0, message));
                    continue;
                }
            };
            if let Err(error) = std::str::from_utf8(&bytes) {
                let line = bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() + 1;
                problems.push(Problem::new(&file, line, "a letter here is no UTF-8; save the file as UTF-8"));
            }
            let text = String::from_utf8_lossy(&bytes);
            match file.as_str() {
                "corpus.toml" => {
                    corpus.settings = table(&file, &text, &mut problems);
                    check::settings(&corpus.settings, &file, &mut problems);
                }
                "lexicon.toml" => corpus.lexicon = table(&file, &text, &mut problems),
                "red_flags.toml" => corpus.red_flags = table(&file, &text, &mut problems),
                "messages.jsonl" => corpus.messages = message::messages(&file, &text, &mut problems),
                "not_covered.txt" => corpus.not_covered = text.lines().map(str::to_owned).collect(),
                "muscles.toml" => corpus.muscles = Muscles::read(&file, &text, &mut problems).into(),
                "sources.toml" => {
                    has_sources = true;
                    let listed: SourcesFile = table(&file, &text, &mut problems);
                    for (line, source) in entries(&file, &text, listed.sources, &mut problems) {
                        corpus.add_source(source, &file, line, &mut problems);
                    }
                }
                _ if file.starts_with("asked/") => corpus.asked.read(&file, &text, &mut problems),
                _ if file.starts_with("figures/") && file.ends_with(".svg") => {
                    corpus.figures.extend(Figure::read(&file, &text, &mut problems));
                }
                _ if file.starts_with("notes/") || file.starts_with("documents/") => {
                    let is_note = file.starts_with("notes/");
                    corpus.documents.push(parse::document(&file, &text, is_note, &mut problems));
                }
                _ => {}
            }
        }
        if !has_sources && corpus.documents.iter().any(|document| document.is_note) {
            let message =
                "there is no such file, and notes cite what stands in it; docs/CORPUS.md tells how to write it";
            problems.push(Problem::unread("sources.toml", 0, message));
        }
        let unread = Unread::of(&problems);
        if corpus.documents.is_empty() && unread.is_empty() {
            return Err(CorpusError::Empty(folder.name()));
        }
        corpus.language = Language::new(&corpus.settings.language);
        for document in &mut corpus.documents {
            if corpus.sources.get(&document.id).is_some() {
                for section in document.sections.iter_mut().filter(|section| section.cites.is_empty()) {
                    section.cites.push(document.id.clone());
                }
            }
        }
        problems.extend(folder.passed_over()?);
        check::references(&corpus, &unread, &mut problems);
        check_muscles::muscles(&corpus, &unread, &mut problems);
        folder.locate(&mut problems)?;
        problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        Ok((corpus, problems))
    }

    /// Reads a folder and refuses one with grave faults.
    ///
    /// # Errors
    /// Where the folder cannot be read, is empty, or has grave faults.
    pub fn open(folder: &Folder) -> Result<Self, CorpusError> {
        let (corpus, mut problems) = Self::read(folder)?;
        problems.retain(|problem| problem.grave);
        if problems.is_empty() { Ok(corpus) } else { Err(CorpusError::Faulty(problems)) }
    }

    /// Writes what is needed to answer.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn put(&self, generation: &Generation) -> Result<(), GenerationError> {
        generation.put("corpus", self)?;
        generation.put_each("sections", self.documents.iter().map(|document| &document.sections))?;
        generation.put_each("sources", self.sources.all.iter())?;
        generation.put_late("muscles", &self.muscles)?;
        generation.put_late("figures", &self.figures)
    }

    /// Opens what was written.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn from_generation(generation: &Generation) -> Result<Self, GenerationError> {
        let mut corpus: Self = generation.get("corpus")?;
        for (document, sections) in corpus.documents.iter_mut().zip(generation.each("sections")?) {
            document.sections = sections;
        }
        corpus.sources.all = generation.each("sources")?;
        (corpus.muscles, corpus.figures) = (generation.late("muscles")?, generation.late("figures")?);
        Ok(corpus)
    }

    /// The bibliography.
    #[must_use]
    pub fn sources(&self) -> impl ExactSizeIterator<Item = &Source> {
        self.sources.all.iter().map(|source| &**source)
    }

    /// The source with this id.
    #[must_use]
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.get(id)
    }

    /// Who published these sources, each once.
    #[must_use]
    pub fn publishers(&self, ids: &[&str]) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for source in ids.iter().filter_map(|id| self.source(id)) {
            if !names.contains(&source.publisher.as_str()) {
                names.push(&source.publisher);
            }
        }
        names
    }

    /// The document and section at a place.
    ///
    /// # Panics
    /// Where the place is of another corpus.
    #[must_use]
    pub fn passage(&self, id: PassageId) -> (&Document, &Section) {
        let document = &self.documents[id.document as usize];
        (document, &document.sections[id.section as usize])
    }

    /// Every passage, in order.
    pub fn passages(&self) -> impl Iterator<Item = (PassageId, &Document, &Section)> {
        (0_u32..).zip(&self.documents).flat_map(|(document, of)| {
            (0_u32..).zip(of.sections.iter()).map(move |(section, text)| (PassageId { document, section }, of, text))
        })
    }

    /// All the questions that a section is known to answer: those that it lists, and after them those that asked/ does.
    pub fn questions_of<'a>(&'a self, document: &Document, section: &'a Section) -> impl Iterator<Item = &'a String> {
        section.questions.iter().chain(self.asked.of(&format!("{}#{}", document.id, section.id)))
    }

    /// How people describe an entry of muscles.toml who do not know its name.
    #[must_use]
    pub fn descriptions_of(&self, id: &str) -> &[String] {
        self.asked.of(&format!("{}#{id}", Asked::MUSCLES))
    }

    /// All the questions that any section is known to answer.
    pub fn questions(&self) -> impl Iterator<Item = &String> {
        self.passages().flat_map(|(_, document, section)| self.questions_of(document, section))
    }

    /// The drawing with this id.
    #[must_use]
    pub fn figure(&self, view: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.view == view)
    }

    /// The place that `note#section` names.
    #[must_use]
    pub fn find(&self, reference: &str) -> Option<PassageId> {
        let (note, section) = reference.split_once('#')?;
        let document = self.documents.iter().position(|document| document.id == note)?;
        let section = self.documents[document].sections.iter().position(|of| of.id == section)?;
        Some(PassageId { document: u32::try_from(document).ok()?, section: u32::try_from(section).ok()? })
    }

    fn add_source(&mut self, source: Source, file: &str, line: usize, problems: &mut Vec<Problem>) {
        check::source(&source, file, line, problems);
        if !self.sources.add(&source) {
            problems.push(Problem::new(
                file,
                line,
                format!("the source id \"{}\" stands twice; rename one", source.id),
            ));
        }
    }
}

/// A file of tables; the default, and a problem, where it cannot be read.
fn table<T: serde::de::DeserializeOwned + Default>(file: &str, text: &str, problems: &mut Vec<Problem>) -> T {
    toml::from_str(text).unwrap_or_else(|error| {
        problems.push(Problem::in_toml(file, 0, text, &error));
        T::default()
    })
}

/// The entries of a list with their lines; one that cannot be read is left out, and told.
fn entries<T: serde::de::DeserializeOwned>(
    file: &str,
    text: &str,
    written: Vec<toml::Spanned<toml::Value>>,
    problems: &mut Vec<Problem>,
) -> Vec<(usize, T)> {
    let mut entries = Vec::new();
    for value in written {
        let start = value.span().start;
        let value = value.into_inner();
        let id = value.get("id").and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        match value.try_into() {
            Ok(entry) => entries.push((line_at(text, start), entry)),
            Err(error) => problems.push(Problem::in_entry(file, text, start, &id, &error)),
        }
    }
    entries
}

//! asked/NOTE.txt: in how many more words people ask for what the sections of a note answer.
//!
//! A line `# section-id` names a section, and each line below it is a question. They are learnt from and searched,
//! and shown to nobody: what is offered to people are the few questions that a section lists itself. In asked/muscles.txt
//! the ids are of entries of muscles.toml, and the lines describe them.

use std::collections::BTreeMap;

use super::problem::Problem;

/// Questions by the section that answers them.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    /// By `note#section`.
    by_section: BTreeMap<String, Vec<String>>,
    /// Where each section is named: its file, the line, and `note#section`.
    named: Vec<(String, usize, String)>,
}

impl Asked {
    /// The file whose sections are entries of muscles.toml.
    pub(super) const MUSCLES: &str = "muscles";

    /// Adds what a file lists.
    pub(super) fn read(&mut self, file: &str, text: &str, problems: &mut Vec<Problem>) {
        let note = file.trim_start_matches("asked/").trim_end_matches(".txt");
        let mut section: Option<&mut Vec<String>> = None;
        for (number, line) in (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty()) {
            if let Some(id) = line.strip_prefix('#') {
                let reference = format!("{note}#{}", id.trim());
                self.named.push((file.to_owned(), number, reference.clone()));
                section = Some(self.by_section.entry(reference).or_default());
            } else if let Some(questions) = &mut section {
                questions.push(line.to_owned());
            } else {
                problems.push(Problem::new(
                    file,
                    number,
                    "a question stands here before any section; put a line \"# section-id\" above it".to_owned(),
                ));
            }
        }
    }

    /// The questions that are listed for `note#section`.
    pub(super) fn of(&self, reference: &str) -> &[String] {
        self.by_section.get(reference).map_or(&[], Vec::as_slice)
    }

    /// Where a section is named, in which line, and which: `note#section`.
    pub(super) fn named(&self) -> impl Iterator<Item = (&str, usize, &str)> {
        self.named.iter().map(|(file, line, reference)| (file.as_str(), *line, reference.as_str()))
    }
}

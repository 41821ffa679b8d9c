//! Whether the next generation is good enough to answer.

use crate::answer::Answerer;
use crate::corpus::Corpus;

/// So many passages for a text's own first sentence; its document must be among them.
const FOUND_AMONG: usize = 20;

/// Every fault of a generation that was compiled from a corpus.
pub(super) fn faults(corpus: &Corpus, answerer: &Answerer) -> Vec<String> {
    let mut faults = Vec::new();
    let (documents, passages) = (corpus.documents.len(), corpus.passages().count());
    let compiled = answerer.corpus();
    if (compiled.documents.len(), compiled.passages().count()) != (documents, passages) {
        faults.push(format!("it should have {documents} documents and {passages} passages, and has others"));
    }
    let silent = answerer.silent_canaries(corpus);
    faults.extend(silent.map(|canary| format!("\"{canary}\" (a canary in corpus.toml) is not answered any more")));
    faults.extend(answerer.failing_examples(corpus).into_iter().map(|fault| fault.message));
    faults
}

/// Whether a document can be found by what it says.
pub(super) fn is_found(answerer: &Answerer, document: &str) -> bool {
    let corpus = answerer.corpus();
    let Some(of) = corpus.documents.iter().find(|of| of.id == document) else { return false };
    let mut sentences = of
        .sections
        .iter()
        .flat_map(|section| section.sentences.first().map(|range| section.text[range.clone()].to_owned()));
    sentences.any(|sentence| {
        let hits = answerer.search(&sentence, FOUND_AMONG);
        hits.iter().any(|hit| corpus.passage(hit.passage).0.id == document)
    })
}

//! Tantivy as anybody would first use it: one stored field, the ten best.

use tantivy::collector::TopDocs;
use tantivy::query::QueryParser;
use tantivy::schema::{IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions};
use tantivy::{IndexReader, TantivyDocument, doc};

/// A searchable pile of texts.
pub(crate) struct Index {
    reader: IndexReader,
    parser: QueryParser,
}

impl Index {
    /// Indexes texts, in memory.
    pub(crate) fn new(texts: impl Iterator<Item = String>) -> Self {
        let mut schema = Schema::builder();
        let indexing =
            TextFieldIndexing::default().set_tokenizer("default").set_index_option(IndexRecordOption::WithFreqs);
        let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing) | STORED);
        let index = tantivy::Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 100_000_000).expect("a writer");
        for one in texts {
            writer.add_document(doc!(text => one)).expect("a document");
        }
        writer.commit().expect("an index");
        writer.wait_merging_threads().expect("an index");
        let reader = index.reader().expect("a reader");
        Self { reader, parser: QueryParser::for_index(&index, vec![text]) }
    }

    /// The ten best texts for a question.
    pub(crate) fn search(&self, question: &str) -> Vec<TantivyDocument> {
        let (query, _) = self.parser.parse_query_lenient(question);
        let searcher = self.reader.searcher();
        let found = searcher.search(&query, &TopDocs::with_limit(10).order_by_score()).expect("a search");
        found.into_iter().map(|(_, address)| searcher.doc(address).expect("a stored text")).collect()
    }
}

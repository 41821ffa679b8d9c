//! A corpus on gardens with a data folder of its own, and a site that its source is on.

use std::path::PathBuf;

use super::site::{FakeSite, Reply};
use super::{Ran, postgres, sacrum_in};

/// A page with a text that answers questions on roses.
pub(crate) const ROSES: &str = "<html lang=en><head><title>Roses - The Garden</title></head><body>\
    <nav><a href=/>Home</a></nav><article><h1>Looking after roses</h1>\
    <h2>When to prune roses</h2><p>Prune roses in late winter, before the buds open. Cut each stem just above a bud \
    that looks outwards. Take out dead and crossing wood first.</p>\
    <h2>How to water roses</h2><p>Water roses deeply once a week in summer. Water at the foot of the plant and leave \
    the leaves dry, as wet leaves catch black spot.</p>\
    <h2>How to feed roses</h2><p>Feed roses in spring with a handful of bone meal. Stop feeding them in August, so \
    that the wood ripens before the frost.</p></article><footer>All rights reserved by us.</footer></body></html>";

/// The folder, the data and the site.
pub(crate) struct Garden {
    pub(crate) site: FakeSite,
    pub(crate) folder: PathBuf,
    pub(crate) data: PathBuf,
    /// The address of its PostgreSQL database; a file in the data folder where it has none.
    database: Option<String>,
}

/// Runs a test with each kind of database.
pub(crate) fn with_each_database(name: &str, test: impl Fn(&Garden)) {
    test(&Garden::new(name));
    if let Some(garden) = Garden::on_postgres(&format!("{name}-postgres")) {
        test(&garden);
    }
}

impl Garden {
    /// A garden whose source `roses` is on the site and may be downloaded.
    pub(crate) fn new(name: &str) -> Self {
        let root = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("garden-{name}"));
        let _ = std::fs::remove_dir_all(&root);
        let (folder, data) = (root.join("corpus"), root.join("data"));
        std::fs::create_dir_all(folder.join("notes")).unwrap();
        let site = FakeSite::new();
        site.says("/roses", Reply::html(ROSES));
        let sources = format!(
            "[[source]]\nid = \"roses\"\ntitle = \"Looking after roses\"\npublisher = \"The Garden\"\nurl = \"{}\"\n\
             kind = \"article\"\nlicence = \"CC-BY-4.0\"\nrefresh = true\n",
            site.url("/roses")
        );
        std::fs::write(folder.join("sources.toml"), sources).unwrap();
        let note = "# Tulips\n\n## When to plant tulips\n\n```toml\nquestions = [\"when do i plant tulips\"]\ncites = [\"roses\"]\n```\n\n\
                    Plant tulips in November, when the soil is cold. Put each bulb three times as deep as it is high.\n";
        std::fs::write(folder.join("notes/tulips.md"), note).unwrap();
        std::fs::write(folder.join("corpus.toml"), "name = \"gardens\"\ncanaries = [\"when do i plant tulips?\"]\n")
            .unwrap();
        Self { site, folder, data, database: None }
    }

    /// The same, with a database on a server; `None` where no PostgreSQL is installed.
    pub(crate) fn on_postgres(name: &str) -> Option<Self> {
        Some(Self { database: Some(postgres::database(name)?), ..Self::new(name) })
    }

    /// The same, with a database on a server of its own.
    pub(crate) fn on_server(name: &str, server: &postgres::Server) -> Self {
        Self { database: Some(server.database(name)), ..Self::new(name) }
    }

    /// The same corpus, site and database with another data folder.
    pub(crate) fn with_data(&self, data: impl Into<PathBuf>) -> Self {
        let (site, folder, database) = (self.site.clone(), self.folder.clone(), self.database.clone());
        Self { site, folder, data: data.into(), database }
    }

    /// The same corpus, site and database on another machine.
    pub(crate) fn on_another_machine(&self) -> Self {
        self.with_data(self.data.with_file_name("data-elsewhere"))
    }

    /// The same, where its PostgreSQL cannot tell of changes.
    pub(crate) fn deaf(self) -> Self {
        Self { database: self.database.as_deref().map(postgres::deaf), ..self }
    }

    /// Variables of the environment beside those that name the folders.
    pub(crate) fn environment(&self) -> Vec<(&str, &str)> {
        let database = self.database.as_deref().map(|address| ("DATABASE_URL", address));
        [("SACRUM_FETCH_LOOPBACK", "1")].into_iter().chain(database).collect()
    }

    /// The address of its PostgreSQL database.
    pub(crate) fn database(&self) -> Option<&str> {
        self.database.as_deref()
    }

    /// The same corpus and site with another database.
    pub(crate) fn with_database(&self, database: Option<&str>) -> Self {
        let (site, folder, data) = (self.site.clone(), self.folder.clone(), self.data.clone());
        Self { site, folder, data, database: database.map(str::to_owned) }
    }

    /// Runs the program on it; pages of this machine may be downloaded.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        sacrum_in(&self.all(arguments), &self.environment(), "")
    }

    /// What the program prints as JSON, where all goes well.
    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let ran = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(ran.code, 0, "{arguments:?}: {}{}", ran.out, ran.err);
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.out))
    }

    /// The arguments with which the program runs on it.
    pub(crate) fn all<'a>(&'a self, arguments: &[&'a str]) -> Vec<&'a str> {
        let here = ["--corpus", self.folder.to_str().unwrap(), "--data", self.data.to_str().unwrap()];
        [arguments, &here].concat()
    }

    /// The first excerpt of an answer; null where there is none.
    pub(crate) fn ask(&self, question: &str) -> serde_json::Value {
        self.json(&["ask", question])["excerpts"][0].clone()
    }

    /// The settings with which the bot looks after it, at home in the server of every test.
    pub(crate) fn settings(&self) -> Vec<(String, String)> {
        [
            ("SACRUM_CORPUS", self.folder.to_str().unwrap()),
            ("SACRUM_DATA", self.data.to_str().unwrap()),
            ("SACRUM_HOME_GUILD", "1100000000000000000"),
        ]
        .into_iter()
        .chain(self.environment())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
    }

    /// Changes the data folder's database behind the program's back.
    pub(crate) fn tamper(&self, statement: &'static str) -> Result<(), sqlx::Error> {
        if let Some(address) = &self.database {
            return postgres::execute(address, statement.to_owned());
        }
        let file = self.data.join("sacrum.db");
        let change = async move {
            use sqlx::{ConnectOptions, Connection, Executor};
            let mut database = sqlx::sqlite::SqliteConnectOptions::new().filename(file).connect().await?;
            database.execute(statement).await?;
            database.close().await
        };
        // A test may run in a runtime of its own.
        let run = move || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(change);
        std::thread::spawn(run).join().unwrap()
    }
}

//! A PostgreSQL server of our own, on a temporary folder and port: one for all tests of a run, a database for each
//! that asks. It ends with the test program, however that ends.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// A server.
pub(crate) struct Server {
    port: u16,
    /// The shell that watches over it; it ends the server when its standard input is closed, with our end.
    watch: Mutex<Child>,
}

/// Starts the server, tells nobody else of it, stops and starts it as it is told, and waits for our end.
const WATCH: &str = r#"
    dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
    "$1/initdb" -D "$dir/db" -A trust -U sacrum -E UTF8 --no-sync >/dev/null || exit 1
    programs=$1 port=$2
    start() {
        "$programs/postgres" -D "$dir/db" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$dir" \
            -c fsync=off >/dev/null 2>&1 </dev/null &
    }
    stop() {
        kill -INT $!
        wait $!
    }
    start
    while read -r word; do $word; done
    stop
"#;

/// The address of a new, empty database; `None` where no PostgreSQL is installed, unless the environment variable
/// `SACRUM_TEST_POSTGRES` asks for it.
pub(crate) fn database(name: &str) -> Option<String> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(|| server(name)).as_ref().map(|server| server.database(name))
}

/// A server for one test alone, which it may stop; `None` as above.
#[allow(clippy::print_stderr)] // Whoever runs the tests should know what was left out.
pub(crate) fn server(name: &str) -> Option<Server> {
    let server = programs().map(start);
    if server.is_none() {
        let asked = std::env::var_os("SACRUM_TEST_POSTGRES").is_some();
        assert!(!asked, "PostgreSQL is not installed; .ci/run installs it, or: apt-get install postgresql");
        eprintln!("PostgreSQL is not installed: {name} and what comes after it was not tried on it");
    }
    server
}

impl Server {
    /// The address of a new, empty database.
    pub(crate) fn database(&self, name: &str) -> String {
        let name = format!("garden_{}", name.replace('-', "_"));
        execute(&self.address("postgres"), format!("CREATE DATABASE {name}")).unwrap();
        self.address(&name)
    }

    /// Stops it, whoever is connected.
    pub(crate) fn stop(&self) {
        self.tell("stop");
        self.wait(|is_up| !is_up);
    }

    /// Starts it again, with all that it held.
    pub(crate) fn start(&self) {
        self.tell("start");
        self.wait(|is_up| is_up);
    }

    fn address(&self, name: &str) -> String {
        format!("postgres://sacrum@127.0.0.1:{}/{name}", self.port)
    }

    fn tell(&self, word: &str) {
        writeln!(self.watch.lock().unwrap().stdin.as_ref().unwrap(), "{word}").unwrap();
    }

    fn wait(&self, until: impl Fn(bool) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let is_up = TcpStream::connect(("127.0.0.1", self.port)).is_ok()
                && execute(&self.address("postgres"), "SELECT 1".to_owned()).is_ok();
            if until(is_up) {
                return;
            }
            let lives = self.watch.lock().unwrap().try_wait().unwrap().is_none();
            assert!(lives && Instant::now() < deadline, "PostgreSQL does not start or stop");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Changes a database behind the program's back.
pub(crate) fn execute(address: &str, statement: String) -> Result<(), sqlx::Error> {
    let address = address.to_owned();
    let change = async move {
        use sqlx::{Connection, Executor};
        let mut database = sqlx::PgConnection::connect(&address).await?;
        database.execute(&*statement).await?;
        database.close().await
    };
    // A test may run in a runtime of its own.
    let run = move || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(change);
    std::thread::spawn(run).join().unwrap()
}

/// Another address of a database, where nobody can listen to it: who wants to is cut off.
pub(crate) fn deaf(address: &str) -> String {
    let (server, name) = address.split_once('@').unwrap().1.split_once('/').unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let way = format!("postgres://sacrum@{}/{name}", listener.local_addr().unwrap());
    let server = server.to_owned();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let server = server.clone();
            std::thread::spawn(move || pass_on(client?, TcpStream::connect(server)?));
        }
    });
    way
}

/// Passes on what both say, until one of them ends or the client wants to listen.
fn pass_on(mut client: TcpStream, mut server: TcpStream) -> std::io::Result<()> {
    let (mut answers, mut to_client) = (server.try_clone()?, client.try_clone()?);
    std::thread::spawn(move || {
        let ended = std::io::copy(&mut answers, &mut to_client);
        to_client.shutdown(Shutdown::Both).and(ended)
    });
    let mut said = vec![0; 1 << 16];
    loop {
        let length = client.read(&mut said)?;
        if length == 0 || said[..length].windows(6).any(|word| word == b"LISTEN") {
            return server.shutdown(Shutdown::Both);
        }
        server.write_all(&said[..length])?;
    }
}

fn start(programs: PathBuf) -> Server {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    // PostgreSQL does not run as root.
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut shell = if is_root { Command::new("runuser") } else { Command::new("sh") };
    if is_root {
        shell.args(["-u", "postgres", "--", "sh"]);
    }
    shell.args(["-c", WATCH, "watch"]).arg(programs).arg(port.to_string()).current_dir("/");
    let watch = Mutex::new(shell.stdin(Stdio::piped()).spawn().unwrap());
    let server = Server { port, watch };
    server.wait(|is_up| is_up);
    server
}

/// Where the server's programs are: the newest version that Debian has put there, or on the path.
fn programs() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = debian.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.splice(0..0, std::env::split_paths(&path));
    folders.into_iter().rev().find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}

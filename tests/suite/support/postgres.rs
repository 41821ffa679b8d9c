//! A PostgreSQL server of our own, on a temporary folder and port: one for all tests of a run, a database for each
//! that asks. It ends with the test program, however that ends.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// The server.
struct Server {
    port: u16,
    /// The shell that watches over it; it ends the server when its standard input is closed, with our end.
    _watch: Mutex<Child>,
}

/// Starts the server, tells nobody else of it, and waits for our end.
const WATCH: &str = r#"
    dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
    "$1/initdb" -D "$dir/db" -A trust -U sacrum -E UTF8 --no-sync >/dev/null || exit 1
    "$1/postgres" -D "$dir/db" -p "$2" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$dir" -c fsync=off \
        >/dev/null 2>&1 </dev/null &
    cat >/dev/null
    kill -INT $!
    wait $!
"#;

/// The address of a new, empty database; `None` where no PostgreSQL is installed, unless the environment variable
/// `SACRUM_TEST_POSTGRES` asks for it.
#[allow(clippy::print_stderr)] // Whoever runs the tests should know what was left out.
pub(crate) fn database(name: &str) -> Option<String> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    let port = SERVER.get_or_init(|| programs().map(start)).as_ref().map(|server| server.port);
    let Some(port) = port else {
        let asked = std::env::var_os("SACRUM_TEST_POSTGRES").is_some();
        assert!(!asked, "PostgreSQL is not installed; .ci/run installs it, or: apt-get install postgresql");
        eprintln!("PostgreSQL is not installed: {name} was not tried on it");
        return None;
    };
    let address = |name: &str| format!("postgres://sacrum@127.0.0.1:{port}/{name}");
    let name = format!("garden_{}", name.replace('-', "_"));
    execute(&address("postgres"), format!("CREATE DATABASE {name}")).unwrap();
    Some(address(&name))
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

fn start(programs: PathBuf) -> Server {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    // PostgreSQL does not run as root.
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut shell = if is_root { Command::new("runuser") } else { Command::new("sh") };
    if is_root {
        shell.args(["-u", "postgres", "--", "sh"]);
    }
    shell.args(["-c", WATCH, "watch"]).arg(programs).arg(port.to_string()).current_dir("/");
    let mut child = shell.stdin(Stdio::piped()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let is_up = TcpStream::connect(("127.0.0.1", port)).is_ok()
            && execute(&format!("postgres://sacrum@127.0.0.1:{port}/postgres"), "SELECT 1".to_owned()).is_ok();
        if is_up {
            return Server { port, _watch: Mutex::new(child) };
        }
        assert!(child.try_wait().unwrap().is_none() && Instant::now() < deadline, "PostgreSQL does not start");
        std::thread::sleep(Duration::from_millis(50));
    }
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

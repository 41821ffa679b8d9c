//! A web site on this machine that says what a test wants it to say.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What is said to a request.
#[derive(Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// Waits so long before each hundred bytes of the body.
    pause: Duration,
}

impl Reply {
    /// A page of HTML.
    pub(crate) fn html(body: &str) -> Self {
        Self::new(200, body.as_bytes()).header("content-type", "text/html; charset=utf-8")
    }

    pub(crate) fn new(status: u16, body: &[u8]) -> Self {
        Self { status, headers: Vec::new(), body: body.to_vec(), pause: Duration::ZERO }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn slowly(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Default)]
struct State {
    replies: HashMap<String, Vec<Reply>>,
    asked: Vec<(Instant, String)>,
}

/// The site; it ends with the test.
#[derive(Clone)]
pub(crate) struct FakeSite {
    address: String,
    state: Arc<Mutex<State>>,
}

impl FakeSite {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let state = Arc::clone(&shared);
                // Whoever asks may hang up at any time.
                std::thread::spawn(move || connection.and_then(|connection| answer(connection, &state)));
            }
        });
        Self { address, state }
    }

    /// The address of a page.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// Says this at a path from now on.
    pub(crate) fn says(&self, path: &str, reply: Reply) {
        self.says_in_turn(path, [reply]);
    }

    /// Says these at a path, one after the other; the last one for ever.
    pub(crate) fn says_in_turn(&self, path: &str, replies: impl IntoIterator<Item = Reply>) {
        let mut replies: Vec<Reply> = replies.into_iter().collect();
        replies.reverse();
        self.state.lock().unwrap().replies.insert(path.to_owned(), replies);
    }

    /// The requests so far: the path, and the headers that matter.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.state.lock().unwrap().asked.iter().map(|(_, asked)| asked.clone()).collect()
    }

    /// When each request came.
    pub(crate) fn moments(&self) -> Vec<Instant> {
        self.state.lock().unwrap().asked.iter().map(|(at, _)| *at).collect()
    }

    /// How often a path was asked for.
    pub(crate) fn times(&self, path: &str) -> usize {
        self.asked().iter().filter(|asked| asked.split(' ').next() == Some(path)).count()
    }
}

fn answer(mut connection: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut lines = BufReader::new(connection.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let path = first.split(' ').nth(1).unwrap_or("/").to_owned();
    let mut headers = String::new();
    let (mut known, mut since) = (None, None);
    for line in lines {
        let line = line?;
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(": ") {
            match name.to_lowercase().as_str() {
                "if-none-match" => known = Some(value.to_owned()),
                "if-modified-since" => since = Some(value.to_owned()),
                "user-agent" => headers.push_str(&format!(" {value}")),
                _ => {}
            }
        }
    }
    let reply = {
        let mut state = state.lock().unwrap();
        state.asked.push((Instant::now(), format!("{path}{headers}")));
        match state.replies.get_mut(&path) {
            Some(replies) if replies.len() > 1 => replies.pop().unwrap(),
            Some(replies) => replies[0].clone(),
            None => Reply::new(404, b"nothing here"),
        }
    };
    let is_known = |of: &Option<String>, name: &str| of.is_some() && of.as_deref() == reply.value(name);
    if is_known(&known, "etag") || known.is_none() && is_known(&since, "last-modified") {
        return connection.write_all(b"HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n");
    }
    let mut head = format!("HTTP/1.1 {} Said\r\nconnection: close\r\n", reply.status);
    if reply.value("content-length").is_none() {
        head.push_str(&format!("content-length: {}\r\n", reply.body.len()));
    }
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    connection.write_all(format!("{head}\r\n").as_bytes())?;
    if reply.pause.is_zero() {
        return connection.write_all(&reply.body);
    }
    for piece in reply.body.chunks(100) {
        std::thread::sleep(reply.pause);
        connection.write_all(piece)?;
    }
    Ok(())
}

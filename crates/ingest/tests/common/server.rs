//! A small server of files over HTTP/1.1 that misbehaves on demand.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// What the server does with a request of one path.
#[derive(Clone)]
pub enum Answer {
    /// Sends the file, or the part of it that is asked for.
    File(Vec<u8>),
    /// Sends the file, whatever part is asked for.
    Whole(Vec<u8>),
    /// Announces the file, or the part asked for, and closes after so many bytes of it.
    Cut(Vec<u8>, usize),
    /// Only a status.
    Status(u16),
    /// Sends elsewhere.
    Redirect(String),
}

/// A request: its path and the range that it asked for.
pub type Request = (String, Option<String>);

#[derive(Default)]
struct State {
    answers: BTreeMap<String, Vec<Answer>>,
    requests: Vec<Request>,
}

pub struct Server {
    address: String,
    state: Arc<Mutex<State>>,
}

impl Server {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                thread::spawn(move || while serve(&stream, &state).is_some() {});
            }
        });
        Self { address, state }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// Answers requests of a path with these, one after the other, and with the last ever after.
    pub fn answer(&self, path: &str, answers: &[Answer]) {
        self.state.lock().unwrap().answers.insert(path.to_owned(), answers.to_vec());
    }

    /// The requests so far, which are forgotten.
    pub fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.state.lock().unwrap().requests)
    }
}

/// Answers one request; `None` when the connection is over.
fn serve(stream: &TcpStream, state: &Mutex<State>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|&bytes| bytes > 0)?;
    let path = line.split_whitespace().nth(1)?.to_owned();
    let mut range = None;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let header = header.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("range: ") {
            range = Some(value.to_owned());
        }
    }
    let answer = {
        let mut state = state.lock().unwrap();
        state.requests.push((path.clone(), range.clone()));
        match state.answers.get_mut(&path) {
            Some(answers) if answers.len() > 1 => answers.remove(0),
            Some(answers) => answers[0].clone(),
            None => Answer::Status(404),
        }
    };
    let from: usize = range
        .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok())
        .unwrap_or_default();
    let mut stream = stream;
    match answer {
        Answer::Status(status) => write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n").ok(),
        Answer::Redirect(to) => {
            write!(stream, "HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").ok()
        }
        Answer::Whole(bytes) => send(stream, &bytes, 0, bytes.len()),
        Answer::File(bytes) => send(stream, &bytes, from, bytes.len()),
        Answer::Cut(bytes, after) => {
            send(stream, &bytes, from, after);
            let _ = stream.shutdown(Shutdown::Both);
            None
        }
    }
}

/// Announces the bytes from `from` on, and sends at most `most` of them.
fn send(mut stream: &TcpStream, bytes: &[u8], from: usize, most: usize) -> Option<()> {
    let total = bytes.len();
    if from >= total && from > 0 {
        return write!(
            stream,
            "HTTP/1.1 416 X\r\ncontent-range: bytes */{total}\r\ncontent-length: 0\r\n\r\n"
        )
        .ok();
    }
    let rest = &bytes[from..];
    let status = if from > 0 { "206 Partial Content" } else { "200 OK" };
    let range = if from > 0 {
        format!("content-range: bytes {from}-{}/{total}\r\n", total - 1)
    } else {
        String::new()
    };
    write!(stream, "HTTP/1.1 {status}\r\n{range}content-length: {}\r\n\r\n", rest.len()).ok()?;
    stream.write_all(&rest[..rest.len().min(most)]).ok()
}

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use ureq::{
    Agent, Body, Error as HttpError,
    http::{Response, StatusCode, header},
};

use super::{
    digests::{Digest, Digests, Origin},
    plan::{Address, PlannedFile},
};
use crate::IngestError;

/// Most bytes of a file whose length is not known beforehand; the largest known one has 3.2 MB.
const LARGEST_FILE: u64 = 256 << 20;

/// Longest wait for a connection, for an answer, and for each next piece of it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Longest pause that a server may ask for.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Most redirections of one request.
const MOST_REDIRECTIONS: u32 = 5;

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fetched {
    /// It was there, and right.
    Present,
    /// It came from the server.
    Downloaded {
        /// Bytes that came.
        bytes: u64,
        /// Bytes that an earlier, interrupted download had brought.
        resumed: u64,
    },
    /// The server has none, and a bundle may lack it.
    Absent,
}

impl fmt::Display for Fetched {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Present => write!(formatter, "already there"),
            Self::Downloaded { bytes, resumed: 0 } => write!(formatter, "{bytes} bytes"),
            Self::Downloaded { bytes, resumed } => {
                write!(formatter, "{bytes} bytes, after {resumed} earlier ones")
            }
            Self::Absent => write!(formatter, "not released"),
        }
    }
}

/// Downloads files one after the other over kept connections.
pub(super) struct Downloader<'a> {
    agent: Agent,
    address: &'a Address,
    retries: u32,
    first_pause: Duration,
}

/// Why an attempt failed.
enum Failure {
    /// It may help to try again, after a pause that the server may have named.
    Passing { reason: String, pause: Option<Duration> },
    /// It will not.
    Lasting(IngestError),
}

impl From<IngestError> for Failure {
    fn from(error: IngestError) -> Self {
        Self::Lasting(error)
    }
}

impl<'a> Downloader<'a> {
    pub(super) fn new(address: &'a Address, retries: u32, first_pause: Duration) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .https_only(address.is_encrypted())
            .max_redirects(MOST_REDIRECTIONS)
            .user_agent(concat!("lamina-ingest/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .timeout_connect(Some(PATIENCE))
            .timeout_recv_response(Some(PATIENCE))
            .timeout_per_read(Some(PATIENCE))
            .build();
        Self { agent: config.new_agent(), address, retries, first_pause }
    }

    /// Brings one file to its place in `output`, unless it is there already.
    ///
    /// # Errors
    /// [`IngestError::Download`], or what the disk refuses. What came so far stays beside the file's place,
    /// for the next attempt to go on from.
    pub(super) fn fetch(
        &self,
        file: &PlannedFile,
        output: &Path,
        digests: &mut Digests,
    ) -> Result<Fetched, IngestError> {
        let place = output.join(file.local());
        let expected = digests.expected(file.local()).map(|(digest, origin)| (digest.clone(), origin));
        if place.is_file() {
            let found = Digest::of_file(&place)?;
            if expected.as_ref().is_none_or(|(digest, _)| *digest == found) {
                digests.record(file.local(), found)?;
                return Ok(Fetched::Present);
            }
        }
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent).map_err(IngestError::io("create", parent))?;
        }
        let part = part_of(&place);
        let url = self.address.of(file);
        let length = expected.as_ref().map(|(digest, _)| digest.bytes);
        let resumed = length_of(&part);
        if !self.persist(&url, &part, length, file.is_required())? {
            return Ok(Fetched::Absent);
        }
        let mut found = Digest::of_file(&part)?;
        let mut resumed = resumed.min(found.bytes);
        let differs = |found: &Digest| expected.as_ref().is_some_and(|(digest, _)| digest != found);
        if differs(&found) && resumed > 0 {
            // The earlier part may be of another file: once more from the start.
            remove(&part)?;
            resumed = 0;
            self.persist(&url, &part, length, file.is_required())?;
            found = Digest::of_file(&part)?;
        }
        if let Some((digest, origin)) = expected.filter(|(digest, _)| *digest != found) {
            remove(&part)?;
            return Err(wrong_digest(url, output, &digest, origin, &found));
        }
        fs::rename(&part, &place).map_err(IngestError::io("replace", &place))?;
        let bytes = found.bytes - resumed;
        digests.record(file.local(), found)?;
        Ok(Fetched::Downloaded { bytes, resumed })
    }

    /// Attempts a download until it is complete; false where the server has no such file and none is required.
    fn persist(
        &self,
        url: &str,
        part: &Path,
        length: Option<u64>,
        required: bool,
    ) -> Result<bool, IngestError> {
        let mut attempt = 0;
        loop {
            match self.attempt(url, part, length, required) {
                Ok(found) => return Ok(found),
                Err(Failure::Lasting(error)) => return Err(error),
                Err(Failure::Passing { reason, .. }) if attempt == self.retries => {
                    let attempts = attempt + 1;
                    let reason = format!(
                        "{reason} ({attempts} attempts); `ingest fetch` goes on from here, and --mirror names another server"
                    );
                    return Err(IngestError::Download { url: url.to_owned(), reason });
                }
                Err(Failure::Passing { pause, .. }) => {
                    let doubled = self.first_pause.saturating_mul(1 << attempt.min(10));
                    thread::sleep(pause.unwrap_or(doubled).min(LONGEST_PAUSE));
                    attempt += 1;
                }
            }
        }
    }

    /// Asks for what is missing of a file, and appends it.
    fn attempt(&self, url: &str, part: &Path, length: Option<u64>, required: bool) -> Result<bool, Failure> {
        let have = length_of(part);
        if have > 0 && Some(have) == length {
            return Ok(true);
        }
        let mut request = self.agent.get(url);
        if have > 0 {
            request = request.header(header::RANGE, format!("bytes={have}-"));
        }
        let response = request.call().map_err(|error| failure(url, &error))?;
        let status = response.status();
        match status {
            StatusCode::OK => receive(response, url, part, 0, length),
            StatusCode::PARTIAL_CONTENT if begins_at(&response, have) => {
                receive(response, url, part, have, length)
            }
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE if have > 0 => {
                remove(part)?;
                Err(passing("the server cannot go on from where an earlier download ended"))
            }
            StatusCode::NOT_FOUND | StatusCode::GONE if !required => Ok(false),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Err(busy(&response)),
            _ if status.is_server_error() => Err(busy(&response)),
            _ => {
                let remedy = "the bundle has changed or the mirror lacks it; --mirror names another server";
                Err(Failure::Lasting(refused(url, &format!("the server answered {status}; {remedy}"))))
            }
        }
    }
}

/// Writes a body behind the first `offset` bytes of a file.
fn receive(
    response: Response<Body>,
    url: &str,
    part: &Path,
    offset: u64,
    length: Option<u64>,
) -> Result<bool, Failure> {
    let announced = response.body().content_length();
    let limit = length.unwrap_or(LARGEST_FILE).saturating_sub(offset);
    if let Some(announced) = announced.filter(|&announced| announced > limit) {
        let reason = format!("it has {} bytes, at most {} are expected", announced + offset, limit + offset);
        return Err(refused(url, &reason).into());
    }
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(part)
        .map_err(IngestError::io("open", part))?;
    file.set_len(offset).map_err(IngestError::io("write", part))?;
    io::Seek::seek(&mut file, io::SeekFrom::Start(offset)).map_err(IngestError::io("write", part))?;
    let mut body = response.into_body().into_reader().take(limit + 1);
    let received = copy(&mut body, &mut file, part)?;
    file.sync_all().map_err(IngestError::io("write", part))?;
    if received > limit {
        drop(file);
        remove(part)?;
        return Err(refused(url, &format!("it has more than the {} bytes expected", limit + offset)).into());
    }
    // What the server announces: a whole file of another length is for its digest to tell.
    let complete = announced.or(length.map(|length| length - offset));
    match complete {
        Some(complete) if received < complete => {
            Err(passing(&format!("the connection ended after {received} of {complete} bytes")))
        }
        _ => Ok(true),
    }
}

/// Copies a body; a failure of the network may pass, one of the disk will not.
fn copy(body: &mut impl Read, file: &mut File, part: &Path) -> Result<u64, Failure> {
    let mut buffer = vec![0; 1 << 16];
    let mut received = 0;
    loop {
        match body.read(&mut buffer) {
            Ok(0) => return Ok(received),
            Ok(count) => {
                file.write_all(&buffer[..count]).map_err(IngestError::io("write", part))?;
                received += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                return Err(passing(&format!("the connection failed after {received} bytes: {error}")));
            }
        }
    }
}

/// Whether a partial answer begins where it was asked to: `Content-Range: bytes FROM-TO/TOTAL`.
fn begins_at(response: &Response<Body>, offset: u64) -> bool {
    let range = response.headers().get(header::CONTENT_RANGE).and_then(|value| value.to_str().ok());
    let first = range.and_then(|range| range.strip_prefix("bytes ")?.split_once('-')?.0.trim().parse().ok());
    first == Some(offset)
}

fn busy(response: &Response<Body>) -> Failure {
    let asked =
        response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    Failure::Passing {
        reason: format!("the server answered {}", response.status()),
        pause: asked.map(Duration::from_secs),
    }
}

/// Sorts the errors of a request into those that may pass and those that will not.
fn failure(url: &str, error: &HttpError) -> Failure {
    match error {
        HttpError::Io(_) | HttpError::Timeout(_) | HttpError::ConnectionFailed | HttpError::Protocol(_) => {
            passing(&format!("the server cannot be reached: {error}"))
        }
        HttpError::HostNotFound => Failure::Lasting(refused(
            url,
            "its server is not known here: is there a network? --mirror names another one",
        )),
        _ => Failure::Lasting(refused(url, &format!("it cannot be downloaded: {error}"))),
    }
}

fn passing(reason: &str) -> Failure {
    Failure::Passing { reason: reason.to_owned(), pause: None }
}

fn refused(url: &str, reason: &str) -> IngestError {
    IngestError::Download { url: url.to_owned(), reason: reason.to_owned() }
}

fn wrong_digest(
    url: String,
    output: &Path,
    expected: &Digest,
    origin: Origin,
    found: &Digest,
) -> IngestError {
    let (known, remedy) = match origin {
        Origin::Released => (
            "the released file",
            "the server does not hold the released bundle; use another --mirror".to_owned(),
        ),
        Origin::Recorded => (
            "the file recorded at its first download",
            format!("if the bundle may have changed, remove {}", output.join("DIGESTS").display()),
        ),
    };
    let reason = format!(
        "its BLAKE3 digest is {:.16}… ({} bytes), but {known} has {:.16}… ({} bytes); {remedy}",
        found.blake3, found.bytes, expected.blake3, expected.bytes
    );
    IngestError::Download { url, reason }
}

/// The hidden file beside a place that a download grows in.
fn part_of(place: &Path) -> PathBuf {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    place.with_file_name(format!(".{name}.part"))
}

fn length_of(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

fn remove(path: &Path) -> Result<(), IngestError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(IngestError::io("remove", path)(error)),
        _ => Ok(()),
    }
}

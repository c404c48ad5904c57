//! Downloading, against a server of the tests that breaks off, redirects, and hands out wrong files.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use common::{
    HandMade, assert_said,
    server::{Answer, Server},
};
use tempfile::TempDir;

/// A field whose digests the program does not know.
const FIELD: &str = "4_7_4";

/// A server with the hand-made field under the name of a released one, and a folder to fetch it to.
struct Mirror {
    server: Server,
    folder: TempDir,
    files: Vec<(String, Vec<u8>)>,
}

impl Mirror {
    fn new() -> Self {
        let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
        let bundle = HandMade::new();
        let files: Vec<(String, Vec<u8>)> = fs::read_dir(bundle.path().join("1_2_3"))
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap().replace("1_2_3", FIELD);
                (name, fs::read(&path).unwrap())
            })
            .collect();
        assert_eq!(files.len(), 9);
        for (name, bytes) in &files {
            server.answer(&format!("/{FIELD}/{name}"), &[Answer::File(bytes.clone())]);
        }
        Self { server, folder, files }
    }

    fn output(&self) -> PathBuf {
        self.folder.path().join("bundle")
    }

    fn place(&self, name: &str) -> PathBuf {
        self.output().join(FIELD).join(name)
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        self.files.iter().find(|(file, _)| file == name).unwrap().1.clone()
    }

    /// Answers requests of one of the field's files with these.
    fn answer(&self, name: &str, answers: &[Answer]) {
        self.server.answer(&format!("/{FIELD}/{name}"), answers);
    }

    fn fetch(&self) -> Output {
        fetch(&self.output(), &["--field", FIELD, "--mirror", self.server.address(), "--retries", "2"])
    }

    /// Ranges that were asked for of one file since the last call, the first one `None`.
    fn ranges(&self, name: &str) -> Vec<Option<String>> {
        let path = format!("/{FIELD}/{name}");
        self.server
            .take_requests()
            .into_iter()
            .filter(|(asked, _)| *asked == path)
            .map(|(_, range)| range)
            .collect()
    }

    #[track_caller]
    fn assert_whole(&self) {
        for (name, bytes) in &self.files {
            assert_eq!(&fs::read(self.place(name)).unwrap(), bytes, "{name}");
        }
        let hidden = fs::read_dir(self.output().join(FIELD)).unwrap().flatten();
        let hidden: Vec<_> =
            hidden.filter(|entry| entry.file_name().to_str().unwrap().starts_with('.')).collect();
        assert!(hidden.is_empty(), "{hidden:?}");
    }
}

fn fetch(output: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ingest"))
        .args(["fetch", "--output", output.to_str().unwrap()])
        .args(arguments)
        .env("NO_PROXY", "127.0.0.1")
        .env_remove("LAMINA_BUNDLE_MIRROR")
        .output()
        .unwrap()
}

#[test]
fn a_field_is_fetched_read_and_recorded_and_then_left_alone() {
    let mirror = Mirror::new();
    let output = mirror.fetch();
    assert_said(&output, 0, "4_7_4: 4 neurons, 3 connections");
    assert_said(&output, 0, "digests as recorded at first download");
    mirror.assert_whole();
    assert_eq!(fs::read_to_string(mirror.output().join("DIGESTS")).unwrap().lines().count(), 9);
    assert!(!mirror.server.take_requests().is_empty());
    assert_said(&mirror.fetch(), 0, ": 0 bytes downloaded");
    let again: Vec<String> = mirror.server.take_requests().into_iter().map(|(path, _)| path).collect();
    assert_eq!(again, ["/INF.md", "/LICENSE"], "only what the server lacks is asked for again");
}

#[test]
fn a_connection_that_is_cut_is_taken_up_where_it_ended() {
    let mirror = Mirror::new();
    let bytes = mirror.bytes("positions_4_7_4.npy");
    mirror.answer(
        "positions_4_7_4.npy",
        &[Answer::Cut(bytes.clone(), 100), Answer::Cut(bytes.clone(), 50), Answer::File(bytes)],
    );
    assert_said(&mirror.fetch(), 0, "4 neurons");
    mirror.assert_whole();
    let ranges = mirror.ranges("positions_4_7_4.npy");
    assert_eq!(ranges, [None, Some("bytes=100-".to_owned()), Some("bytes=150-".to_owned())]);
}

#[test]
fn a_later_fetch_goes_on_where_an_earlier_one_was_given_up() {
    let mirror = Mirror::new();
    let bytes = mirror.bytes("positions_4_7_4.npy");
    mirror.answer("positions_4_7_4.npy", &[Answer::Cut(bytes.clone(), 10)]);
    assert_said(&mirror.fetch(), 1, "positions_4_7_4.npy: the connection failed after 10 bytes");
    assert!(!mirror.place("positions_4_7_4.npy").exists(), "nothing half-written under its name");
    mirror.answer("positions_4_7_4.npy", &[Answer::File(bytes)]);
    mirror.server.take_requests();
    assert_said(&mirror.fetch(), 0, "after 30 earlier ones");
    assert_eq!(mirror.ranges("positions_4_7_4.npy"), [Some("bytes=30-".to_owned())]);
    mirror.assert_whole();
}

#[test]
fn a_server_that_sends_only_whole_files_is_asked_for_them() {
    let mirror = Mirror::new();
    let bytes = mirror.bytes("positions_4_7_4.npy");
    mirror.answer("positions_4_7_4.npy", &[Answer::Cut(bytes.clone(), 100), Answer::Whole(bytes)]);
    assert_said(&mirror.fetch(), 0, "4 neurons");
    mirror.assert_whole();
}

#[test]
fn a_file_that_changed_since_it_was_recorded_is_refused_with_both_digests() {
    let mirror = Mirror::new();
    assert_said(&mirror.fetch(), 0, "4 neurons");
    fs::remove_file(mirror.place("corr_matrix.npy")).unwrap();
    mirror.answer("corr_matrix.npy", &[Answer::File(mirror.bytes("sttc_matrix.npy"))]);
    let output = mirror.fetch();
    assert_said(&output, 1, "corr_matrix.npy: its BLAKE3 digest is ");
    assert_said(&output, 1, "but the file recorded at its first download has ");
    assert!(!mirror.place("corr_matrix.npy").exists());
    let mut longer = mirror.bytes("corr_matrix.npy");
    longer.push(0);
    mirror.answer("corr_matrix.npy", &[Answer::File(longer)]);
    assert_said(&mirror.fetch(), 1, "it has 199 bytes, at most 198 are expected");
    mirror.answer("corr_matrix.npy", &[Answer::File(mirror.bytes("corr_matrix.npy"))]);
    assert_said(&mirror.fetch(), 0, "4 neurons");
    mirror.assert_whole();
}

#[test]
fn a_file_that_was_damaged_on_the_disk_is_fetched_again() {
    let mirror = Mirror::new();
    assert_said(&mirror.fetch(), 0, "4 neurons");
    fs::write(mirror.place("corr_matrix.npy"), b"damaged").unwrap();
    assert_said(&mirror.fetch(), 0, "corr_matrix.npy: 198 bytes");
    mirror.assert_whole();
}

#[test]
fn a_part_of_another_file_is_given_up_where_the_digest_is_known() {
    let mirror = Mirror::new();
    assert_said(&mirror.fetch(), 0, "4 neurons");
    fs::remove_file(mirror.place("corr_matrix.npy")).unwrap();
    fs::write(mirror.place(".corr_matrix.npy.part"), [7; 40]).unwrap();
    assert_said(&mirror.fetch(), 0, "4 neurons");
    fs::remove_file(mirror.place("corr_matrix.npy")).unwrap();
    fs::write(mirror.place(".corr_matrix.npy.part"), [7; 4000]).unwrap();
    assert_said(&mirror.fetch(), 0, "4 neurons");
    mirror.assert_whole();
}

#[test]
fn digests_that_the_program_knows_are_held_against_every_server() {
    let mirror = Mirror::new();
    let bytes = mirror.bytes("connectome_4_7_4.csv");
    mirror.server.answer("/6_6_2/connectome_6_6_2.csv", &[Answer::File(bytes)]);
    let output = fetch(&mirror.output(), &["--field", "6_6_2", "--mirror", mirror.server.address()]);
    assert_said(&output, 1, "but the released file has ");
    assert_said(&output, 1, "the server does not hold the released bundle");
    assert!(!mirror.output().join("6_6_2/connectome_6_6_2.csv").exists());
}

#[test]
fn a_missing_file_is_an_error_unless_a_field_can_do_without_it() {
    let mirror = Mirror::new();
    mirror.answer("spikes_4_7_4.npy", &[Answer::Status(404)]);
    let output = mirror.fetch();
    assert_said(&output, 0, "spikes_4_7_4.npy: not released");
    assert_said(&output, 0, "0 events");
    let mirror = Mirror::new();
    mirror.answer("root_ids_4_7_4.npy", &[Answer::Status(404)]);
    let output = mirror.fetch();
    assert_said(&output, 1, "/4_7_4/root_ids_4_7_4.npy: the server answered 404");
    assert_eq!(mirror.ranges("root_ids_4_7_4.npy").len(), 1, "it is not asked for again");
    assert_eq!(
        String::from_utf8_lossy(&output.stderr).lines().last().unwrap().matches("ingest: ").count(),
        1
    );
}

#[test]
fn a_server_that_is_busy_is_asked_again_and_one_that_stays_so_is_named() {
    let mirror = Mirror::new();
    let bytes = mirror.bytes("corr_matrix.npy");
    mirror.answer("corr_matrix.npy", &[Answer::Status(503), Answer::Status(429), Answer::File(bytes)]);
    assert_said(&mirror.fetch(), 0, "4 neurons");
    let mirror = Mirror::new();
    mirror.answer("corr_matrix.npy", &[Answer::Status(500)]);
    assert_said(&mirror.fetch(), 1, "corr_matrix.npy: the server answered 500");
    assert_said(&mirror.fetch(), 1, "(3 attempts)");
}

#[test]
fn redirections_are_followed_but_not_for_ever() {
    let mirror = Mirror::new();
    let elsewhere = Server::start();
    elsewhere.answer("/moved", &[Answer::File(mirror.bytes("corr_matrix.npy"))]);
    mirror.answer("corr_matrix.npy", &[Answer::Redirect(format!("{}/moved", elsewhere.address()))]);
    assert_said(&mirror.fetch(), 0, "4 neurons");
    mirror.assert_whole();
    let mirror = Mirror::new();
    mirror.answer("corr_matrix.npy", &[Answer::Redirect(format!("/{FIELD}/corr_matrix.npy"))]);
    assert_said(&mirror.fetch(), 1, "corr_matrix.npy: it cannot be downloaded: ");
}

#[test]
fn a_page_in_the_place_of_a_file_is_refused_when_the_field_is_read() {
    let mirror = Mirror::new();
    mirror.answer("root_ids_4_7_4.npy", &[Answer::File(b"<html>sign in</html>".to_vec())]);
    assert_said(&mirror.fetch(), 1, "root_ids_4_7_4.npy: it is no .npy file");
}

#[test]
fn names_and_addresses_that_are_none_are_refused_before_anything_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    assert_said(&fetch(folder.path(), &["--field", "6_6_3"]), 2, "the study released no field 6_6_3");
    assert_said(&fetch(folder.path(), &["--field", "../6_6_2"]), 2, "cannot name a field");
    assert_said(&fetch(folder.path(), &["--mirror", "file:///etc"]), 2, "is no address of a mirror");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let address = format!("http://{closed}");
    let arguments = ["--mirror", &address, "--retries", "0"];
    assert_said(&fetch(folder.path(), &arguments), 1, "/INF.md: the server cannot be reached");
}

#[test]
fn the_mirror_can_be_named_by_the_environment() {
    let mirror = Mirror::new();
    let output = Command::new(env!("CARGO_BIN_EXE_ingest"))
        .args(["fetch", "--field", FIELD, "--output", mirror.output().to_str().unwrap()])
        .env("NO_PROXY", "127.0.0.1")
        .env("LAMINA_BUNDLE_MIRROR", mirror.server.address())
        .output()
        .unwrap();
    assert_said(&output, 0, "4 neurons");
}

#[test]
fn the_real_fields_have_the_digests_that_the_program_knows() {
    let Some(bundle) = fixtures::microns_folder() else { return };
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let serve = |local: String| {
        if let Ok(bytes) = fs::read(bundle.join(&local)) {
            server.answer(&format!("/{local}"), &[Answer::File(bytes)]);
        }
    };
    let fields = ["4_7_2", "5_3_4", "5_3_8", "5_6_8", "6_6_2", "9_3_2"];
    serve("INF.md".to_owned());
    serve("LICENSE".to_owned());
    for field in fields {
        for file in fs::read_dir(bundle.join(field)).unwrap().flatten() {
            serve(format!("{field}/{}", file.file_name().to_str().unwrap()));
        }
    }
    let named: Vec<&str> = fields.iter().flat_map(|field| ["--field", field]).collect();
    let arguments = [&["--mirror", server.address()], &named[..]].concat();
    let output = fetch(folder.path(), &arguments);
    assert_said(&output, 0, "6_6_2: 312 neurons");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(text.matches("digests as released").count(), 6, "{text}");
    assert!(!folder.path().join("DIGESTS").exists());
}

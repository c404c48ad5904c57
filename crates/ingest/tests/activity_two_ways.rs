//! The same activity in every shape of table gives the same events; what cannot be used is refused by its row.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
};

use tempfile::TempDir;

/// Three units of scan 5_6, field 2, and tables of their activity.
struct Tables {
    folder: TempDir,
}

/// Amplitudes of units 11 and 12 in eight frames; no table tells of unit 13.
const TRACES: [[f64; 8]; 2] =
    [[0.0, 2.0, 3.0, 0.5, 0.0, 4.0, 4.0, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 5.0, 6.0]];

/// Frames a second: every frame is at a quarter of a second.
const RATE: &str = "frame_rate = 4.0";

impl Tables {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tables = Self { folder };
        fs::create_dir(tables.place()).unwrap();
        let units = "session,scan_idx,unit_id,field,target_id,pt_root_id,pt_position\n\
                     5,6,11,2,101,864691135000000011,[100 200 300]\n\
                     5,6,12,2,102,864691135000000012,[110 210 310]\n\
                     5,6,13,2,103,864691135000000013,[120 220 320]\n";
        tables.with("coregistration.csv", units)
    }

    fn place(&self) -> PathBuf {
        self.folder.path().join("tables")
    }

    fn with(self, name: &str, text: &str) -> Self {
        fs::write(self.place().join(name), text).unwrap();
        self
    }

    fn run(&self, activity: &str) -> Output {
        let artifacts = self.folder.path().join("artifacts").display().to_string();
        let config = self.folder.path().join("pipeline.toml");
        let path = self.place().display().to_string();
        let text = format!(
            "artifacts = {artifacts:?}\n[source]\nkind = \"tables\"\npath = {path:?}\nfields = [\"5_6_2\"]\nwiring = \"none\"\n\
             [source.activity]\n{activity}\n[[arm]]\nname = \"main\"\n"
        );
        fs::write(&config, text).unwrap();
        Command::new(env!("CARGO_BIN_EXE_ingest"))
            .args(["run", "--force", "--config", config.to_str().unwrap()])
            .output()
            .unwrap()
    }

    /// Event trains of the three units.
    #[track_caller]
    fn trains(&self, activity: &str) -> Vec<Vec<f64>> {
        let output = self.run(activity);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let place = self.folder.path().join("artifacts/ingest/5_6_2");
        let artifact = artifact::Artifact::open(&place, artifact::Kind::Field).unwrap();
        artifact::read_field(&artifact, &"5_6_2".parse().unwrap()).unwrap().event_trains()
    }

    /// The one line that a run is refused with.
    #[track_caller]
    fn refusal(&self, activity: &str) -> String {
        let output = self.run(activity);
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stderr).unwrap().lines().last().unwrap().to_owned()
    }
}

/// The traces in one of the shapes of tables.
fn table(shape: &str) -> String {
    let frames = 0..TRACES[0].len();
    let join = |words: Vec<String>| words.join(",");
    let unit = |index: usize| 11 + index;
    match shape {
        "long" => {
            let rows = frames.rev().flat_map(|frame| {
                TRACES
                    .iter()
                    .enumerate()
                    .map(move |(index, trace)| format!("5,6,{},{frame},{}\n", unit(index), trace[frame]))
            });
            format!("session,scan_idx,unit_id,frame,amplitude\n{}", rows.collect::<String>())
        }
        "lists" => {
            let rows = TRACES.iter().enumerate().map(|(index, trace)| {
                let words: Vec<String> = trace.iter().map(f64::to_string).collect();
                format!("5,6,{},\"[{}\n]\"\n", unit(index), words.join(" "))
            });
            format!("session,scan_idx,unit_id,trace\n{}", rows.collect::<String>())
        }
        "units" => {
            let head = join(frames.map(|frame| frame.to_string()).collect());
            let rows = TRACES.iter().enumerate().map(|(index, trace)| {
                format!("5,6,{},{}\n", unit(index), join(trace.iter().map(f64::to_string).collect()))
            });
            format!("session,scan_idx,unit_id,{head}\n{}", rows.collect::<String>())
        }
        "frames" => {
            let rows =
                frames.map(|frame| format!("5,6,{frame},{},7,{}\n", TRACES[0][frame], TRACES[1][frame]));
            format!("session,scan_idx,frame,11,999,12\n{}", rows.collect::<String>())
        }
        "times" => {
            let rows = frames
                .map(|frame| format!("{},{},{}\n", frame as f64 / 4.0, TRACES[0][frame], TRACES[1][frame]));
            format!("time_s,5_6_11,5_6_12\n{}", rows.collect::<String>())
        }
        other => panic!("{other}"),
    }
}

const SHAPES: [&str; 5] = ["long", "lists", "units", "frames", "times"];

#[test]
fn traces_of_every_shape_give_the_same_events() {
    // Mean and deviation of the traces, by NumPy: 1.6875 ± 1.6760, 1.5 ± 2.3452; peaks above 3.3635 and 3.8452.
    let peaks = vec![vec![1.25], vec![1.75], vec![]];
    let low_peaks = vec![vec![0.5, 1.25], vec![0.0, 1.75], vec![]];
    let onsets = vec![vec![0.25, 1.25], vec![1.5], vec![]];
    let frames = vec![vec![0.25, 0.5, 1.25, 1.5], vec![1.5, 1.75], vec![]];
    for shape in SHAPES {
        let tables = Tables::new().with("activity.csv", &table(shape));
        assert_eq!(tables.trains(RATE), peaks, "{shape}");
        let with =
            |settings: &str| tables.trains(&format!("{RATE}\nthreshold_in = \"amplitude\"\n{settings}"));
        assert_eq!(with("threshold = 0.6"), low_peaks, "{shape}");
        assert_eq!(with("events = \"onsets\"\nthreshold = 1.5"), onsets, "{shape}");
        assert_eq!(with("events = \"frames\"\nthreshold = 1.5"), frames, "{shape}");
    }
}

#[test]
fn a_units_delay_is_added_to_its_frames_but_not_to_its_events() {
    let delays = "session,scan_idx,unit_id,field,ms_delay\n5,6,11,2,50\n5,6,12,2,125.0\n4,7,11,2,9\n";
    for shape in SHAPES {
        let tables = Tables::new().with("activity.csv", &table(shape)).with("scan_unit.csv", delays);
        assert_eq!(tables.trains(RATE), [vec![1.3], vec![1.875], vec![]], "{shape}");
        assert_eq!(
            tables.trains(&format!("{RATE}\ndelays = false")),
            [vec![1.25], vec![1.75], vec![]],
            "{shape}"
        );
    }
    let events = "session,scan_idx,unit_id,time_s\n5,6,12,2.5\n5,6,11,0.25\n5,6,12,1\n9,9,12,7\n";
    let tables = Tables::new().with("activity.csv", events).with("scan_unit.csv", delays);
    assert_eq!(tables.trains(""), [vec![0.25], vec![1.0, 2.5], vec![]]);
    let events = "session,scan_idx,unit_id,time_s,ms_delay\n5,6,12,2.5,500\n5,6,11,0.25,\n";
    assert_eq!(Tables::new().with("activity.csv", events).trains(""), [vec![0.25], vec![3.0], vec![]]);
}

#[test]
fn what_was_decided_is_noted() {
    let output = Tables::new().with("traces.csv", &table("frames")).run(RATE);
    let said = String::from_utf8(output.stderr).unwrap();
    let note = "traces.csv: events are local maxima of traces above their mean and 1 standard deviations, of 2 units";
    assert!(said.contains(note), "{said}");
    assert!(said.contains("1 of 3 neurons have no functional activity in the tables"), "{said}");
}

#[test]
fn what_cannot_be_used_is_refused_by_its_row() {
    let refusal = |text: &str| Tables::new().with("activity.csv", text).refusal(RATE);
    let events = "session,scan_idx,unit_id,time_s\n5,6,11,1\n";
    for (text, words) in [
        (format!("{events}5,6,11,-1\n"), "activity.csv: row 2: it tells no time or frame"),
        (format!("{events}5,6,11,\n"), "row 2: it tells no time or frame"),
        (format!("{events}5,6,11,soon\n"), "column time_s: `soon` is no finite number"),
        (format!("{events}5,,11,1\n"), "row 2: it names no session, scan and unit"),
        (format!("{}5,6,11,3,1\n", table("long")), "unit 11 has two amplitudes at 0.75 s"),
        (table("frames") + "5,6,3,0,0,0\n", "row 9: it is at 0.75 s, no later than the row before"),
        (table("frames") + "5,6,8.5,0,0,0\n", "row 9: it tells no time or frame"),
        (table("units") + "5,6,11,0,0,0,0,0,0,0,0\n", "row 3: it has another trace of unit 11 of scan 5_6"),
        (table("lists") + "5,6,13,[0. 1. ... 0. 0.]\n", "row 3: its trace was shortened to `...`"),
        (table("lists") + "5,6,13,[0. x]\n", "row 3: `x` of its trace is no number"),
        (table("times") + "2,0\n", "row 9: it has 2 cells, the header 3"),
    ] {
        let refusal = refusal(&text);
        assert!(refusal.contains(words), "`{words}` is not in:\n{refusal}");
    }
    let tables = Tables::new().with("one.csv", &table("long")).with("other.csv", &table("units"));
    assert!(
        tables.refusal(RATE).contains("both tell the activity of unit 11 of scan 5_6"),
        "{}",
        tables.refusal(RATE)
    );
    let refusal = Tables::new().with("activity.csv", &table("units")).refusal("");
    assert!(refusal.contains("set source.activity.frame_rate"), "{refusal}");
    let delays = "session,scan_idx,unit_id,ms_delay\n5,6,11,50\n5,6,11,60\n";
    let refusal = Tables::new().with("units.csv", delays).with("activity.csv", events).refusal("");
    assert!(refusal.contains("row 2: it tells another ms_delay"), "{refusal}");
}

//! A scan in an NWB file that h5py wrote, through the whole program: `cargo test --features ingest/nwb`.
#![cfg(feature = "nwb")]
#![allow(clippy::unwrap_used, missing_docs)]

use std::{fs, path::PathBuf, process::Command};

#[test]
fn events_of_an_nwb_scan_are_those_of_its_deconvolved_amplitudes() {
    let folder = tempfile::tempdir().unwrap();
    let tables = folder.path().join("tables");
    fs::create_dir(&tables).unwrap();
    let name = "sub-17797_ses-5-scan-6_v110.nwb";
    let fixture = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../nwb/tests/fixtures").join(name);
    fs::copy(fixture, tables.join(name)).unwrap();
    let units = "session,scan_idx,unit_id,field,target_id,pt_root_id,pt_position\n\
                 5,6,101,2,1,864691135000000011,[100 200 300]\n\
                 5,6,105,2,2,864691135000000012,[110 210 310]\n\
                 5,6,106,2,3,864691135000000013,[120 220 320]\n";
    fs::write(tables.join("coregistration.csv"), units).unwrap();
    let (artifacts, path) =
        (folder.path().join("artifacts").display().to_string(), tables.display().to_string());
    let config = folder.path().join("pipeline.toml");
    let text = format!(
        "artifacts = {artifacts:?}\n[source]\nkind = \"tables\"\npath = {path:?}\nfields = [\"5_6_2\"]\nwiring = \"none\"\n\
         [source.activity]\nthreshold = 0.8\nthreshold_in = \"amplitude\"\n[[arm]]\nname = \"main\"\n"
    );
    fs::write(&config, text).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_ingest"))
        .args(["run", "--config", config.to_str().unwrap()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let place = folder.path().join("artifacts/ingest/5_6_2");
    let artifact = artifact::Artifact::open(&place, artifact::Kind::Field).unwrap();
    let trains = artifact::read_field(&artifact, &"5_6_2".parse().unwrap()).unwrap().event_trains();
    // Peaks above 0.8 of the traces that `make.py` printed: frames 0, 6 and 11 of unit 101, 0, 2 and 6 of unit 105.
    let at = |frames: &[usize]| frames.iter().map(|&frame| frame as f64 * 0.16 + 0.05).collect::<Vec<_>>();
    assert_eq!(trains, [at(&[0, 6, 11]), at(&[0, 2, 6]), vec![]]);
}

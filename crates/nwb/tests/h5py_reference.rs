//! Files that h5py wrote (`fixtures/make.py`) against the numbers that NumPy put into them.
#![cfg(feature = "hdf5")]
#![allow(clippy::unwrap_used, missing_docs)]

use std::{fs, path::PathBuf};

use nwb::Recording;

/// `make.py` printed, of DeconvolvedActivity2, `data.T.tolist()`; columns are units 110, 105 and 101.
const PLANE_2: [[f64; 12]; 3] = [
    [0.621, 3.3, 1.657, 0.0, 1.798, 0.0, 0.677, 1.751, 0.098, 0.255, 0.0, 1.025],
    [0.854, 0.0, 3.674, 0.703, 0.0, 0.0, 0.827, 0.159, 0.0, 0.797, 0.0, 0.0],
    [2.27, 0.0, 0.0, 0.0, 0.0, 0.0, 0.844, 0.627, 0.0, 0.795, 0.0, 2.039],
];

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

#[test]
fn planes_of_both_generations_of_files_hold_what_was_written() {
    for name in [
        "sub-17797_ses-5-scan-6_earliest.nwb",
        "sub-17797_ses-5-scan-6_v110.nwb",
        "sub-17797_ses-5-scan-6_unnamed.nwb",
    ] {
        let recording = Recording::open(&fixture(name)).unwrap();
        assert_eq!((recording.session(), recording.scan()), (5, 6), "{name}");
        let planes = recording.planes().unwrap();
        let units: Vec<(u32, &[i64])> = planes.iter().map(|plane| (plane.field(), plane.units())).collect();
        assert_eq!(units, [(2, &[110, 105, 101][..]), (4, &[8, 7][..])], "{name}");
        let mut frames = Vec::new();
        planes[0].each_frame(|time_s, amplitudes| frames.push((time_s, amplitudes.to_vec()))).unwrap();
        assert_eq!(frames.len(), 12);
        for (frame, (time_s, amplitudes)) in frames.iter().enumerate() {
            assert_eq!(*time_s, frame as f64 * 0.16 + 0.05, "{name}");
            assert_eq!(*amplitudes, [0, 1, 2].map(|unit| PLANE_2[unit][frame]), "{name}");
        }
    }
}

#[test]
fn fluorescence_alone_is_refused_with_the_remedy() {
    let file = fs::read(fixture("fluorescence.nwb")).unwrap();
    let folder = std::env::temp_dir().join(format!("nwb-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("sub-1_ses-5-scan-6.nwb");
    fs::write(&path, file).unwrap();
    let refusal = Recording::open(&path).unwrap().planes().unwrap_err().to_string();
    fs::remove_dir_all(&folder).unwrap();
    assert!(
        refusal.contains("RoiResponseSeries2") && refusal.contains("no DeconvolvedActivity"),
        "{refusal}"
    );
}

#[test]
fn files_cut_or_changed_anywhere_are_read_or_refused_but_never_a_panic() {
    let whole = fs::read(fixture("sub-17797_ses-5-scan-6_v110.nwb")).unwrap();
    let folder = std::env::temp_dir().join(format!("nwb-damaged-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("sub-1_ses-5-scan-6.nwb");
    let mut read = 0;
    for place in (0..whole.len()).step_by(61) {
        let mut changed = whole.clone();
        changed[place] ^= 0x11;
        for bytes in [&changed[..], &whole[..place]] {
            fs::write(&path, bytes).unwrap();
            let planes = Recording::open(&path).and_then(|recording| recording.planes());
            read += planes.map_or(0, |planes| {
                planes.iter().filter(|plane| plane.each_frame(|_, _| ()).is_ok()).count()
            });
        }
    }
    fs::remove_dir_all(&folder).unwrap();
    assert!(read > 0, "changes outside the data that are read make no difference");
}

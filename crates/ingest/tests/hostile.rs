//! Files that lie about themselves: each is refused in the one line that docs/ingest.md shows, before memory is given to it.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::{fs, io::Write, path::Path, process::Command, sync::Arc};

use arrow::array::{ArrayRef, Int64Array, RecordBatch};
use common::{HandMade, fixture_bytes, npy, npy_f64, npy_i64, object_npy};
use flate2::{Compression, write::GzEncoder};
use parquet::{arrow::ArrowWriter, file::properties::WriterProperties};

#[track_caller]
fn assert_bundle_refused(file: &str, bytes: &[u8], reason: &str) {
    let message = HandMade::new().with(file, bytes).refusal();
    assert!(message.contains(file) && message.ends_with(reason), "{message}");
}

#[test]
fn huge_declared_shapes() {
    let huge = npy("<f8", "(1000000000, 1000000000)", false, &[0; 64]);
    assert_bundle_refused(
        "corr_matrix.npy",
        &huge,
        "corr_matrix.npy: 64 bytes of elements, but the shape [1000000000, 1000000000] needs 8000000000000000000; \
         the file is truncated or damaged",
    );
    let rows = npy("|O", "(4000000000,)", false, &object_npy_pickle());
    assert_bundle_refused(
        "positions_1_2_3.npy",
        &rows,
        "its pickle has the shape [4] but its header [4000000000]",
    );
}

/// The pickle of the fixture with four positions.
fn object_npy_pickle() -> Vec<u8> {
    fixture_bytes("positions.npy")[128..].to_vec()
}

#[test]
fn nested_pickles() {
    let deep = [b"\x80\x04]".to_vec(), vec![0x85; 1_000_000], b".".to_vec()].concat();
    assert_bundle_refused("positions_1_2_3.npy", &object_npy(&deep), "its pickle is no array of objects");
    // A pickle within a pickle: bytes that would be unpickled by nobody.
    let within = [b"\x80\x04\x8c\x07_pickle\x8c\x05loads\x93".as_slice(), &object_npy_pickle()].concat();
    let message = HandMade::new().with("positions_1_2_3.npy", &object_npy(&within)).refusal();
    assert!(
        message.contains("its pickle names `_pickle.loads`")
            && message.contains("nothing of it was executed")
    );
}

#[test]
fn wrong_endianness() {
    // Little-endian positions under a big-endian header: 142704 becomes 8.1e18 or so, which is no voxel.
    let swapped: Vec<i64> = [142_704_i64, 113_472, 18_156].iter().map(|value| value.swap_bytes()).collect();
    let rows: Vec<i64> = (0..4).flat_map(|_| swapped.clone()).collect();
    let message =
        HandMade::new().with("positions_1_2_3.npy", &npy_i64("<i8", "(4, 3)", false, &rows)).refusal();
    assert!(message.contains("positions_1_2_3.npy: row 0 has the coordinate "), "{message}");
    assert!(message.ends_with("; voxels are expected"), "{message}");
    // A true big-endian file is read as what it says.
    let bundle =
        HandMade::new().with("unit_ids_1_2_3.npy", &npy_i64(">i8", "(4,)", false, &[11, 12, 13, 14]));
    let units: Vec<i64> = bundle.read().unwrap().field.neurons.iter().map(|neuron| neuron.unit.0).collect();
    assert_eq!(units, [11, 12, 13, 14]);
}

#[test]
fn fortran_order() {
    let columns: Vec<f64> = (0..16).map(|index| f64::from(index % 4 * 4 + index / 4)).collect();
    let data: Vec<u8> = columns.iter().flat_map(|value| value.to_le_bytes()).collect();
    let bundle = HandMade::new().with("corr_matrix.npy", &npy("<f8", "(4, 4)", true, &data));
    let rows: Vec<f64> = (0..16).map(f64::from).collect();
    assert_eq!(bundle.read().unwrap().released.f64("correlation", &[4, 4]).unwrap(), rows);
    let vector = npy("<i8", "(2, 2)", true, &[0; 32]);
    assert_bundle_refused("root_ids_1_2_3.npy", &vector, "its shape is [2, 2], expected [N]");
}

#[test]
fn zero_neurons() {
    assert_bundle_refused(
        "positions_1_2_3.npy",
        &npy_f64("(0, 3)", &[]),
        "positions_1_2_3.npy: it holds no neurons",
    );
    let header = "session,scan_idx,unit_id,field,target_id,pt_root_id,pt_position\n";
    let message = refusal_of_tables(&[("coregistration.csv", header.as_bytes())]);
    assert!(message.contains("5_6_2"), "{message}");
}

/// The line that ingesting field 5_6_2 of a folder of tables ends with.
#[track_caller]
fn refusal_of_tables(tables: &[(&str, &[u8])]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("tables");
    fs::create_dir(&place).unwrap();
    for (name, bytes) in tables {
        fs::write(place.join(name), bytes).unwrap();
    }
    let (code, said) = run(folder.path(), &place);
    assert_eq!(code, Some(1), "{said}");
    said.lines().last().unwrap().to_owned()
}

fn run(folder: &Path, tables: &Path) -> (Option<i32>, String) {
    let config = folder.join("pipeline.toml");
    let artifacts = folder.join("artifacts").display().to_string();
    let tables = tables.display().to_string();
    let text = format!(
        "artifacts = {artifacts:?}\n[source]\nkind = \"tables\"\npath = {tables:?}\nfields = [\"5_6_2\"]\n[[arm]]\nname = \"main\"\n"
    );
    fs::write(&config, text).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_ingest"))
        .args(["run", "--config", config.to_str().unwrap()])
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

const UNITS: &str = "session,scan_idx,unit_id,field,target_id,pt_root_id,pt_position\n\
                     5,6,11,2,101,864691135000000011,[100 200 300]\n\
                     5,6,12,2,102,864691135000000012,[110 210 310]\n";

#[test]
fn duplicate_keys() {
    let other = format!("{UNITS}5,6,12,2,103,864691135000000013,[120 220 320]\n");
    let message = refusal_of_tables(&[("coregistration.csv", other.as_bytes())]);
    assert!(message.contains("coregistration.csv") && message.contains("12"), "{message}");
    eprintln!("{message}");
}

#[test]
fn mixed_materialisation_versions() {
    let synapses = "id,pre_pt_root_id,post_pt_root_id\n1,864691136000000001,864691136000000002\n2,864691136000000003,864691136000000001\n";
    let message =
        refusal_of_tables(&[("coregistration.csv", UNITS.as_bytes()), ("synapses.csv", synapses.as_bytes())]);
    assert!(
        message.contains(
            "synapses.csv knows no segment of any unit: root ids change with every materialisation"
        )
    );
    eprintln!("{message}");
}

#[test]
fn decompression_bombs() {
    // 64 MB in 64 kB of gzip, without an end of the record.
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(b"session,scan_idx,unit_id,time_s\n5,6,11,").unwrap();
    bomb.write_all(&vec![b'1'; 1 << 26]).unwrap();
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 1 << 17);
    let wiring = (
        "synapses.csv",
        &b"id,pre_pt_root_id,post_pt_root_id\n1,864691135000000011,864691135000000012\n"[..],
    );
    let message =
        refusal_of_tables(&[("coregistration.csv", UNITS.as_bytes()), ("activity.csv.gz", &bomb), wiring]);
    assert!(message.contains("activity.csv.gz: row 1: "), "{message}");
    let mut header = GzEncoder::new(Vec::new(), Compression::best());
    header.write_all(&vec![b'a'; 1 << 26]).unwrap();
    let header = header.finish().unwrap();
    let message = refusal_of_tables(&[("coregistration.csv", UNITS.as_bytes()), ("other.csv.gz", &header)]);
    assert!(message.contains("other.csv.gz: its first record does not end"), "{message}");
}

/// Synapses as Parquet: one row group, a page a column, and dictionaries if asked for.
fn synapses_parquet(rows: i64, compression: parquet::basic::Compression, dictionary: bool) -> Vec<u8> {
    let column = |first: i64| -> ArrayRef {
        let ids = (0..rows).map(|row| 864_691_135_000_000_011 + (row + first) % 5);
        Arc::new(Int64Array::from_iter_values(ids))
    };
    let columns = [("pre_pt_root_id", column(0)), ("post_pt_root_id", column(1))];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .set_dictionary_enabled(dictionary)
        .set_data_page_row_count_limit(usize::MAX)
        .set_data_page_size_limit(usize::MAX)
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

/// Puts another number in place of one of the first page's header, whose fields are numbers in zigzag encoding.
fn declare(parquet: &[u8], field: usize, number: u64) -> Vec<u8> {
    let end_of_number =
        |start: usize| start + 1 + parquet[start..].iter().position(|byte| byte & 0x80 == 0).unwrap();
    // Type, size, compressed size; then a structure that begins with the number of values. Each behind its field's byte.
    let mut start = 4 + 1;
    for _ in 0..field {
        start = end_of_number(start) + 1;
        start += usize::from(parquet[start - 1] & 0x0f == 12);
    }
    let mut encoded = Vec::new();
    let mut rest = number << 1;
    while rest >= 0x80 {
        encoded.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    encoded.push(rest as u8);
    [&parquet[..start], &encoded, &parquet[end_of_number(start)..]].concat()
}

#[test]
fn parquet_that_declares_what_it_does_not_hold() {
    let refusal = |synapses: &[u8]| {
        refusal_of_tables(&[("coregistration.csv", UNITS.as_bytes()), ("synapses.parquet", synapses)])
    };
    let plain = synapses_parquet(1000, parquet::basic::Compression::SNAPPY, false);
    let message = refusal(&declare(&plain, 1, (1 << 31) - 1));
    assert!(
        message.contains(
            "synapses.parquet: column pre_pt_root_id: a page declares 2147483647 bytes, at most 268435456"
        ),
        "{message}"
    );
    let message = refusal(&declare(&plain, 3, (1 << 31) - 1));
    assert!(message.contains("2147483647 values are declared, too many for a file of"), "{message}");
    let dictionary = synapses_parquet(1000, parquet::basic::Compression::SNAPPY, true);
    let message = refusal(&declare(&dictionary, 3, (1 << 31) - 1));
    assert!(message.contains("a dictionary declares 2147483647 values in 40 bytes"), "{message}");
    // 8 MB of equal numbers, of which the page declares 100 bytes: the reader would decompress them all.
    let gzip = parquet::basic::Compression::GZIP(parquet::basic::GzipLevel::default());
    let bomb = declare(&synapses_parquet(1_000_000, gzip, false), 1, 100);
    let message = refusal(&bomb);
    assert!(message.contains("a page has more than the 100 bytes it declares"), "{message}");
    let message = refusal(&plain[..plain.len() - 1]);
    assert!(message.contains("synapses.parquet"), "{message}");
}

#[test]
fn parquet_of_every_codec_is_read_where_it_is_honest() {
    use parquet::basic::{Compression as Codec, GzipLevel, ZstdLevel};
    for codec in [
        Codec::UNCOMPRESSED,
        Codec::SNAPPY,
        Codec::GZIP(GzipLevel::default()),
        Codec::LZ4_RAW,
        Codec::ZSTD(ZstdLevel::default()),
    ] {
        for dictionary in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let place = folder.path().join("tables");
            fs::create_dir(&place).unwrap();
            fs::write(place.join("coregistration.csv"), UNITS).unwrap();
            fs::write(place.join("synapses.parquet"), synapses_parquet(100_000, codec, dictionary)).unwrap();
            let (code, said) = run(folder.path(), &place);
            assert_eq!(code, Some(0), "{codec}: {said}");
        }
    }
}

#[test]
fn pipes_and_devices_are_no_tables() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("tables");
    fs::create_dir(&place).unwrap();
    std::os::unix::fs::symlink("/dev/zero", place.join("coregistration.csv")).unwrap();
    assert!(Command::new("mkfifo").arg(place.join("synapses.csv")).status().unwrap().success());
    let (code, said) = run(folder.path(), &place);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("it holds no table"), "{said}");
}

#[cfg(not(feature = "nwb"))]
#[test]
fn an_nwb_file_names_the_feature_that_reads_it() {
    let wiring = (
        "synapses.csv",
        &b"id,pre_pt_root_id,post_pt_root_id\n1,864691135000000011,864691135000000012\n"[..],
    );
    let message =
        refusal_of_tables(&[("coregistration.csv", UNITS.as_bytes()), ("scan.nwb", b"\x89HDF"), wiring]);
    assert!(message.contains("scan.nwb: this program was built without the reader of NWB"), "{message}");
}

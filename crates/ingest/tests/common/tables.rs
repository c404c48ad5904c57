//! A folder of tables of a few units, to be written in any dialect.
#![allow(dead_code, unreachable_pub)]

use std::{fs, io::Write, path::PathBuf, sync::Arc};

use arrow::{
    array::{ArrayRef, RecordBatch},
    datatypes::Schema,
};
use config::TableSettings;
use flate2::{Compression, write::GzEncoder};
use ingest::{CleanField, Tables};
use parquet::{
    arrow::ArrowWriter,
    file::{metadata::KeyValue, properties::WriterProperties},
};
use stage::Console;
use tempfile::TempDir;

use crate::common::name;

/// Session, scan, unit, field, nucleus, root, position: three neurons of 1_2_3 and one without a segment, another plane
/// that has one of them again, another session.
pub const UNITS: [[i64; 9]; 6] = [
    [1, 2, 14, 3, 24, 864_691_135_464_074_909, 142_704, 113_472, 18_156],
    [1, 2, 11, 3, 21, 864_691_135_619_077_263, 208_096, 103_216, 17_569],
    [1, 2, 13, 3, 23, 0, 142_784, 113_552, 18_159],
    [1, 2, 12, 3, 22, 864_691_135_455_103_338, 100_000, 99_000, 18_000],
    [1, 2, 20, 5, 21, 864_691_135_619_077_263, 208_096, 103_216, 17_569],
    [7, 2, 11, 3, 29, 864_691_135_000_000_007, 1, 2, 3],
];

/// Root of the neuron of unit 11, 12 and 14 of 1_2_3.
pub const ROOT_11: i64 = UNITS[1][5];
pub const ROOT_12: i64 = UNITS[3][5];
pub const ROOT_14: i64 = UNITS[0][5];

/// A folder of tables.
pub struct TableFolder {
    folder: TempDir,
    pub settings: TableSettings,
}

impl TableFolder {
    pub fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), settings: TableSettings::default() }
    }

    /// A coregistration table as the client writes it, and synapses 11 → 12 twice and 14 → 11.
    pub fn new() -> Self {
        let synapses = format!(
            "id,pre_pt_root_id,post_pt_root_id\n1,{ROOT_11},{ROOT_12}\n2,{ROOT_14},{ROOT_11}\n3,{ROOT_11},{ROOT_12}\n4,{ROOT_12},5\n"
        );
        Self::empty().text("coregistration.csv", &coregistration()).text("synapses.csv", &synapses)
    }

    pub fn text(self, file: &str, text: &str) -> Self {
        fs::write(self.folder.path().join(file), text).unwrap();
        self
    }

    pub fn gzip(self, file: &str, text: &str) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        fs::write(self.folder.path().join(file), encoder.finish().unwrap()).unwrap();
        self
    }

    /// Writes Parquet in row groups of `group` rows, with pandas' metadata where given.
    pub fn parquet(
        self,
        file: &str,
        columns: Vec<(&str, ArrayRef)>,
        group: usize,
        pandas: Option<&str>,
    ) -> Self {
        let batch = RecordBatch::try_from_iter_with_nullable(
            columns.into_iter().map(|(name, array)| (name, array, true)),
        );
        let batch = batch.unwrap();
        let schema: Arc<Schema> = batch.schema();
        let metadata = pandas.map(|text| vec![KeyValue::new("pandas".to_owned(), text.to_owned())]);
        let properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(group))
            .set_key_value_metadata(metadata)
            .build();
        let output = fs::File::create(self.folder.path().join(file)).unwrap();
        let mut writer = ArrowWriter::try_new(output, schema, Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        self
    }

    pub fn without(self, file: &str) -> Self {
        fs::remove_file(self.folder.path().join(file)).unwrap();
        self
    }

    pub fn set(mut self, change: impl FnOnce(&mut TableSettings)) -> Self {
        change(&mut self.settings);
        self
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub fn tables(&self) -> Result<Tables, String> {
        Tables::open(self.folder.path(), &self.settings).map_err(|error| error.to_string())
    }

    /// Reads one field.
    pub fn try_read(&self, field: &str) -> Result<CleanField, String> {
        let mut fields =
            self.tables()?.read(&[name(field)], Console::new(true)).map_err(|error| error.to_string())?;
        fields.remove(0).map_err(|error| error.to_string())
    }

    #[track_caller]
    pub fn read(&self, field: &str) -> CleanField {
        self.try_read(field).unwrap()
    }

    /// The message that reading ends with.
    #[track_caller]
    pub fn refusal(&self, field: &str) -> String {
        let message = self.try_read(field).expect_err("the tables should be refused");
        assert!(!message.contains('\n'), "{message}");
        message
    }
}

/// The units as `query_table(...).to_csv()` writes them.
pub fn coregistration() -> String {
    let rows = UNITS.iter().enumerate().map(|(row, [session, scan, unit, field, nucleus, root, x, y, z])| {
        format!("{row},{session},{scan},{unit},{field},{nucleus},{root},[{x} {y}  {z}]\n")
    });
    ",session,scan_idx,unit_id,field,target_id,pt_root_id,pt_position\n".to_owned()
        + &rows.collect::<String>()
}

/// Units, nuclei, roots and voxels of the neurons.
pub fn neurons(clean: &CleanField) -> Vec<(i64, i64, Option<i64>, [i64; 3])> {
    clean
        .field
        .neurons
        .iter()
        .map(|neuron| {
            (neuron.unit.0, neuron.nucleus.0, neuron.root.map(|root| root.0), neuron.position_voxel)
        })
        .collect()
}

/// Pre, post and count of the connections.
pub fn connections(clean: &CleanField) -> Vec<(u32, u32, u32)> {
    clean.field.connections.iter().map(|pair| (pair.pre, pair.post, pair.count)).collect()
}

/// Rows that were counted for reasons that hold these words.
pub fn counted(clean: &CleanField, words: &str) -> u64 {
    clean.counts.iter().filter(|count| count.reason.contains(words)).map(|count| count.rows).sum()
}

#[track_caller]
pub fn assert_noted(clean: &CleanField, words: &str) {
    assert!(clean.notes.iter().any(|note| note.contains(words)), "`{words}` is not among {:#?}", clean.notes);
}

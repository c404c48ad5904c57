use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray, UInt32Array},
    compute::concat_batches,
    datatypes::{DataType, Field, Float64Type, Int64Type, Schema, UInt32Type},
};
use parquet::{
    arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder},
    basic::Compression,
    file::properties::WriterProperties,
};

use crate::{ArtifactError, check_pages};

/// One column of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Counts and indexes.
    U32(Vec<u32>),
    /// Ids.
    I64(Vec<i64>),
    /// Ids that may be unknown.
    OptionalI64(Vec<Option<i64>>),
    /// Measures.
    F64(Vec<f64>),
    /// Measures that may be undefined: null, never NaN.
    OptionalF64(Vec<Option<f64>>),
    /// Names.
    Text(Vec<String>),
    /// Names that may be absent.
    OptionalText(Vec<Option<String>>),
}

/// A table of named columns of equal length, in order; a Parquet file in memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    columns: Vec<(String, Column)>,
}

impl Column {
    fn len(&self) -> usize {
        match self {
            Self::U32(values) => values.len(),
            Self::I64(values) => values.len(),
            Self::OptionalI64(values) => values.len(),
            Self::F64(values) => values.len(),
            Self::OptionalF64(values) => values.len(),
            Self::Text(values) => values.len(),
            Self::OptionalText(values) => values.len(),
        }
    }

    fn type_name(&self) -> &'static str {
        match self {
            Self::U32(_) => "u32",
            Self::I64(_) | Self::OptionalI64(_) => "i64",
            Self::F64(_) | Self::OptionalF64(_) => "f64",
            Self::Text(_) | Self::OptionalText(_) => "text",
        }
    }

    fn to_arrow(&self) -> (DataType, bool, ArrayRef) {
        match self {
            Self::U32(values) => (DataType::UInt32, false, Arc::new(UInt32Array::from(values.clone()))),
            Self::I64(values) => (DataType::Int64, false, Arc::new(Int64Array::from(values.clone()))),
            Self::OptionalI64(values) => (DataType::Int64, true, Arc::new(Int64Array::from(values.clone()))),
            Self::F64(values) => (DataType::Float64, false, Arc::new(Float64Array::from(values.clone()))),
            Self::OptionalF64(values) => {
                (DataType::Float64, true, Arc::new(Float64Array::from(values.clone())))
            }
            Self::Text(values) => (DataType::Utf8, false, Arc::new(StringArray::from_iter_values(values))),
            Self::OptionalText(values) => {
                (DataType::Utf8, true, Arc::new(values.iter().map(Option::as_deref).collect::<StringArray>()))
            }
        }
    }

    fn from_arrow(array: &ArrayRef, nullable: bool) -> Option<Self> {
        let column = match (array.data_type(), nullable) {
            (DataType::UInt32, _) if array.null_count() == 0 => {
                Self::U32(array.as_primitive::<UInt32Type>().values().to_vec())
            }
            (DataType::Int64, false) => Self::I64(array.as_primitive::<Int64Type>().values().to_vec()),
            (DataType::Int64, true) => Self::OptionalI64(array.as_primitive::<Int64Type>().iter().collect()),
            (DataType::Float64, false) => Self::F64(array.as_primitive::<Float64Type>().values().to_vec()),
            (DataType::Float64, true) => {
                Self::OptionalF64(array.as_primitive::<Float64Type>().iter().collect())
            }
            (DataType::Utf8, false) => Self::Text(
                array.as_string::<i32>().iter().map(|text| text.unwrap_or_default().to_owned()).collect(),
            ),
            (DataType::Utf8, true) => Self::OptionalText(
                array.as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect(),
            ),
            _ => return None,
        };
        Some(column)
    }
}

/// Defines one reader of [`Table`]: the column of that name in that type, or an error naming both.
macro_rules! typed_reader {
    ($(#[$doc:meta])* $method:ident, $variant:ident, $element:ty) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// [`ArtifactError::Content`] if there is no such column or it is of another type.
        pub fn $method(&self, name: &str) -> Result<&[$element], ArtifactError> {
            match self.column(name)? {
                Column::$variant(values) => Ok(values),
                other => Err(ArtifactError::content(
                    format!("column {name}"),
                    format!("found {}, expected {}", other.type_name(), stringify!($method)),
                )),
            }
        }
    };
}

impl Table {
    /// An empty table without columns.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a column at the end.
    #[must_use]
    pub fn with(mut self, name: &str, column: Column) -> Self {
        self.columns.push((name.to_owned(), column));
        self
    }

    /// Adds the columns of another table at the end.
    #[must_use]
    pub fn beside(mut self, other: Self) -> Self {
        self.columns.extend(other.columns);
        self
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.len())
    }

    /// Names of the columns, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// The column of this name.
    ///
    /// # Errors
    /// [`ArtifactError::Content`] if there is none.
    pub fn column(&self, name: &str) -> Result<&Column, ArtifactError> {
        self.columns.iter().find(|(known, _)| known == name).map(|(_, column)| column).ok_or_else(|| {
            ArtifactError::content(
                format!("column {name}"),
                format!("not among {}", self.names().collect::<Vec<_>>().join(", ")),
            )
        })
    }

    typed_reader!(
        /// A column of counts or indexes.
        u32, U32, u32
    );
    typed_reader!(
        /// A column of ids.
        i64, I64, i64
    );
    typed_reader!(
        /// A column of ids that may be unknown.
        optional_i64, OptionalI64, Option<i64>
    );
    typed_reader!(
        /// A column of measures.
        f64, F64, f64
    );
    typed_reader!(
        /// A column of measures that may be undefined.
        optional_f64, OptionalF64, Option<f64>
    );
    typed_reader!(
        /// A column of names.
        text, Text, String
    );
    typed_reader!(
        /// A column of names that may be absent.
        optional_text, OptionalText, Option<String>
    );

    /// Writes the table as Parquet: Snappy, one row group a million rows, no times, so that equal
    /// tables are equal bytes.
    ///
    /// # Errors
    /// [`ArtifactError::Content`] if columns differ in length.
    pub fn to_parquet(&self, name: &str) -> Result<Vec<u8>, ArtifactError> {
        let failed = |error: &dyn std::fmt::Display| ArtifactError::content(name, error.to_string());
        let (mut fields, mut arrays) = (Vec::new(), Vec::new());
        for (column_name, column) in &self.columns {
            let (kind, nullable, array) = column.to_arrow();
            fields.push(Field::new(column_name, kind, nullable));
            arrays.push(array);
        }
        let schema = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(schema.clone(), arrays).map_err(|error| failed(&error))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by("lamina".to_owned())
            .build();
        let mut writer =
            ArrowWriter::try_new(Vec::new(), schema, Some(properties)).map_err(|error| failed(&error))?;
        writer.write(&batch).map_err(|error| failed(&error))?;
        writer.into_inner().map_err(|error| failed(&error))
    }

    /// Reads a Parquet file whose columns are of the types of [`Column`].
    ///
    /// # Errors
    /// [`ArtifactError::Content`] if it is not such a file.
    pub fn from_parquet(name: &str, bytes: Vec<u8>) -> Result<Self, ArtifactError> {
        let failed = |error: &dyn std::fmt::Display| ArtifactError::content(name, error.to_string());
        let bytes = bytes::Bytes::from(bytes);
        let builder =
            ParquetRecordBatchReaderBuilder::try_new(bytes.clone()).map_err(|error| failed(&error))?;
        for group in 0..builder.metadata().num_row_groups() {
            check_pages(bytes.as_ref(), bytes.len() as u64, builder.metadata(), group, |_| true)
                .map_err(|reason| failed(&reason))?;
        }
        let schema = builder.schema().clone();
        let batches = builder
            .build()
            .map_err(|error| failed(&error))?
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| failed(&error))?;
        let batch = concat_batches(&schema, &batches).map_err(|error| failed(&error))?;
        let columns = schema.fields().iter().zip(batch.columns()).map(|(field, array)| {
            let column = Column::from_arrow(array, field.is_nullable()).ok_or_else(|| {
                failed(&format!("column {} has the type {}", field.name(), field.data_type()))
            })?;
            Ok((field.name().clone(), column))
        });
        Ok(Self { columns: columns.collect::<Result<_, ArtifactError>>()? })
    }
}

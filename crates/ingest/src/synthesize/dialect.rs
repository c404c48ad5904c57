use clap::ValueEnum;

/// A form in which MICrONS data reaches users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Dialect {
    /// The layout of the study's released data
    Bundle,
    /// CSV as the client writes it: an index column, positions as NumPy arrays in one column
    ClientCsv,
    /// CSV as the client writes it, positions in three columns
    SplitCsv,
    /// Parquet, positions in three columns
    SplitParquet,
    /// Parquet, positions as lists
    ListParquet,
    /// Static dumps: gzip CSV without a header, a sidecar with columns and types, booleans t and f
    Static,
}

/// Shape of the table of synapses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SynapseShape {
    /// `synapses_pni_2`: a row a synapse, with size, supervoxels and positions
    #[value(name = "synapses_pni_2")]
    Full,
    /// `id, pre_pt_root_id, post_pt_root_id`: a row a synapse
    ThreeColumn,
    /// `connections_with_nuclei`: a row a connection, with nuclei, number and summed size of synapses
    #[value(name = "connections_with_nuclei")]
    Connections,
}

/// Shape of the table of functional activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ActivityShape {
    /// A row an event
    Long,
    /// A row a frame, a column a unit: amplitude, 0 without an event
    Wide,
    /// No activity
    None,
}

/// How a table is laid out in files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) container: Container,
    pub(super) positions: Positions,
    /// An unnamed first column of row numbers.
    pub(super) index_column: bool,
    /// What booleans are written as: false, true.
    pub(super) booleans: [&'static str; 2],
}

/// The kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    Csv,
    /// Without a header, which a sidecar holds.
    GzipCsv,
    Parquet,
}

/// What a position is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Positions {
    /// A NumPy array as text.
    Array,
    /// Three columns.
    Split,
    /// A list of a Parquet column.
    List,
}

impl Dialect {
    /// The dialect's name, as on the command line.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Bundle => "bundle",
            Self::ClientCsv => "client-csv",
            Self::SplitCsv => "split-csv",
            Self::SplitParquet => "split-parquet",
            Self::ListParquet => "list-parquet",
            Self::Static => "static",
        }
    }

    /// The layout of its tables; the bundle has none.
    pub(super) fn layout(self) -> Option<Layout> {
        let layout = |container, positions, index_column, booleans| {
            Some(Layout { container, positions, index_column, booleans })
        };
        match self {
            Self::Bundle => None,
            Self::ClientCsv => layout(Container::Csv, Positions::Array, true, ["False", "True"]),
            Self::SplitCsv => layout(Container::Csv, Positions::Split, true, ["False", "True"]),
            Self::SplitParquet => layout(Container::Parquet, Positions::Split, false, ["False", "True"]),
            Self::ListParquet => layout(Container::Parquet, Positions::List, false, ["False", "True"]),
            Self::Static => layout(Container::GzipCsv, Positions::Split, false, ["f", "t"]),
        }
    }
}

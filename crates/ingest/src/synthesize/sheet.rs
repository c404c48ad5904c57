/// Some rows of a table, column by column.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sheet {
    pub(super) columns: Vec<(String, Cells)>,
}

/// The cells of one column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cells {
    Booleans(Vec<bool>),
    Integers(Vec<i64>),
    Floats(Vec<f64>),
    /// Voxels.
    Positions(Vec<[i64; 3]>),
}

impl Cells {
    fn len(&self) -> usize {
        match self {
            Self::Booleans(cells) => cells.len(),
            Self::Integers(cells) => cells.len(),
            Self::Floats(cells) => cells.len(),
            Self::Positions(cells) => cells.len(),
        }
    }

    /// The name that data bases give the type of the cells.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Booleans(_) => "boolean",
            Self::Integers(_) | Self::Positions(_) => "bigint",
            Self::Floats(_) => "double precision",
        }
    }
}

impl Sheet {
    /// A sheet without columns.
    pub(super) fn new() -> Self {
        Self { columns: Vec::new() }
    }

    /// Adds a column; all have the same length.
    pub(super) fn with(mut self, name: &str, cells: Cells) -> Self {
        debug_assert!(self.columns.is_empty() || cells.len() == self.rows());
        self.columns.push((name.to_owned(), cells));
        self
    }

    /// Number of rows.
    pub(super) fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, cells)| cells.len())
    }
}

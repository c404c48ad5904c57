use artifact::{Column, Table};
use statistics::Estimate;

use crate::Effect;

/// Makes the columns of a table from its rows.
pub(crate) struct Columns<'a, T>(pub(crate) &'a [T]);

impl<T> Columns<'_, T> {
    /// A column of names.
    pub(crate) fn text(&self, value: impl Fn(&T) -> String) -> Column {
        Column::Text(self.0.iter().map(value).collect())
    }

    /// A column of names that may be absent.
    pub(crate) fn optional_text(&self, value: impl Fn(&T) -> Option<String>) -> Column {
        Column::OptionalText(self.0.iter().map(value).collect())
    }

    /// A column of counts or indexes.
    pub(crate) fn count(&self, value: impl Fn(&T) -> usize) -> Column {
        Column::U32(self.0.iter().map(|row| value(row) as u32).collect())
    }

    /// A column of counts or indexes that may be absent.
    pub(crate) fn optional_count(&self, value: impl Fn(&T) -> Option<u32>) -> Column {
        Column::OptionalI64(self.0.iter().map(|row| value(row).map(i64::from)).collect())
    }

    /// A column of measures; what is not finite becomes null.
    pub(crate) fn number(&self, value: impl Fn(&T) -> Option<f64>) -> Column {
        let finite = |row| value(row).filter(|value| value.is_finite());
        Column::OptionalF64(self.0.iter().map(finite).collect())
    }

    /// An estimate and the ends of its interval: `NAME`, `NAME95_low`, `NAME95_high`.
    pub(crate) fn estimate(&self, name: &str, value: impl Fn(&T) -> Option<Estimate>) -> Table {
        Table::new()
            .with(name, self.number(|row| Some(value(row)?.value)))
            .with(&format!("{name}95_low"), self.number(|row| Some(value(row)?.interval?[0])))
            .with(&format!("{name}95_high"), self.number(|row| Some(value(row)?.interval?[1])))
    }

    /// An effect with its shift and the runs behind it.
    pub(crate) fn effect(&self, value: impl Fn(&T) -> Effect) -> Table {
        self.estimate("effect", |row| value(row).estimate)
            .beside(self.estimate("shift", |row| value(row).shift))
            .with("pairs", self.count(|row| value(row).pairs))
            .with("first_runs", self.count(|row| value(row).runs[0]))
            .with("second_runs", self.count(|row| value(row).runs[1]))
            .with("diverged", self.count(|row| value(row).diverged))
    }
}

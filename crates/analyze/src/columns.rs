use artifact::Column;
use statistics::Estimate;

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
}

/// The lower end of an estimate's interval.
pub(crate) fn low(estimate: Option<Estimate>) -> Option<f64> {
    Some(estimate?.interval?[0])
}

/// The upper end of an estimate's interval.
pub(crate) fn high(estimate: Option<Estimate>) -> Option<f64> {
    Some(estimate?.interval?[1])
}

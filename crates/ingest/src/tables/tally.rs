use std::collections::BTreeMap;

use artifact::{Count, Treatment};

/// Counts rows by table, treatment and reason.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally(BTreeMap<(String, Treatment, String), u64>);

impl Tally {
    /// Counts so many more rows; none leave no trace.
    pub(super) fn add(&mut self, table: &str, treatment: Treatment, reason: impl Into<String>, rows: u64) {
        if rows > 0 {
            *self.0.entry((table.to_owned(), treatment, reason.into())).or_default() += rows;
        }
    }

    /// Counts what another tally has counted as well.
    pub(super) fn extend(&mut self, other: &Self) {
        for (key, rows) in &other.0 {
            *self.0.entry(key.clone()).or_default() += rows;
        }
    }

    /// What was counted, in a fixed order.
    pub(super) fn counts(self) -> Vec<Count> {
        let count = |((table, treatment, reason), rows)| Count { table, treatment, reason, rows };
        self.0.into_iter().map(count).collect()
    }
}

//! What was done, counted.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// Counts by their names, and what had to be left out.
#[derive(Default)]
pub(crate) struct Tally {
    counts: Mutex<BTreeMap<String, usize>>,
    skipped: Mutex<Vec<String>>,
}

impl Tally {
    pub(crate) fn count(&self, name: &str, more: usize) {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner).entry(name.to_owned()).or_default() +=
            more;
    }

    /// A fault was put in, and everything held.
    pub(crate) fn survived(&self, fault: &str) {
        self.count(&format!("fault survived: {fault}"), 1);
    }

    pub(crate) fn skip(&self, reason: &str) {
        self.skipped.lock().unwrap_or_else(PoisonError::into_inner).push(reason.to_owned());
    }

    pub(crate) fn print(&self) {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, count) in counts.iter() {
            println!("{count:>8}  {name}");
        }
        let faults: usize = counts
            .iter()
            .filter(|(name, _)| name.starts_with("fault survived"))
            .map(|(_, count)| count)
            .sum();
        println!("{faults:>8}  faults injected in all");
        for reason in self.skipped.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            println!(" skipped  {reason}");
        }
    }
}

use std::collections::BTreeSet;

use artifact::{ArtifactError, Draft};

use crate::report::figure::Figure;

/// Bytes that the figures of a page may take together, so that the whole of it opens at once.
const MOST_BYTES: usize = 3_500_000;

/// The figures of a report: all of them are written as files, and shown on the page while there is room; those that come
/// first have it first.
pub(crate) struct Gallery<'a> {
    pub(crate) draft: &'a mut Draft,
    /// How many figures there are.
    pub(crate) count: usize,
    pub(crate) page: Room,
}

/// What of the page is left for figures.
pub(crate) struct Room {
    bytes: usize,
    /// Names of the figures that found no room.
    outside: BTreeSet<String>,
}

impl<'a> Gallery<'a> {
    pub(crate) fn new(draft: &'a mut Draft) -> Self {
        Self { draft, count: 0, page: Room::of(MOST_BYTES) }
    }

    /// Writes a figure, if it shows anything, and finds room for it.
    ///
    /// # Errors
    /// What the disk refuses.
    pub(crate) fn add(&mut self, figure: &Figure) -> Result<(), ArtifactError> {
        if figure.panels.is_empty() {
            return Ok(());
        }
        self.count += 1;
        self.page.take(figure);
        figure.write(self.draft)
    }
}

impl Room {
    fn of(bytes: usize) -> Self {
        Self { bytes, outside: BTreeSet::new() }
    }

    fn take(&mut self, figure: &Figure) {
        match self.bytes.checked_sub(figure.bytes()) {
            Some(left) => self.bytes = left,
            None => drop(self.outside.insert(figure.name.clone())),
        }
    }

    /// Whether a figure is on the page.
    pub(crate) fn has(&self, figure: &Figure) -> bool {
        !self.outside.contains(&figure.name)
    }
}

#[cfg(test)]
mod tests {
    use artifact::Table;
    use maud::PreEscaped;

    use super::*;
    use crate::report::figure::Panel;

    fn figure(name: &str, bytes: usize) -> Figure {
        let marks = PreEscaped("<g></g>".repeat(bytes / 7));
        Figure {
            name: name.to_owned(),
            title: String::new(),
            caption: "What it shows.".to_owned(),
            legend: Vec::new(),
            panels: vec![Panel { width: 10.0, height: 10.0, description: String::new(), marks }],
            columns: 1,
            data: Table::new(),
        }
    }

    #[test]
    fn a_figure_without_room_is_left_to_its_file_and_a_smaller_one_still_fits() {
        let mut room = Room::of(1000);
        let figures =
            [("first", 700), ("large", 700), ("small", 210)].map(|(name, bytes)| figure(name, bytes));
        for figure in &figures {
            room.take(figure);
        }
        assert_eq!([0, 1, 2].map(|index| room.has(&figures[index])), [true, false, true]);
        let page = |index: usize| figures[index].on_page(&room).into_string();
        assert!(page(0).contains("<g></g>") && page(2).contains("<g></g>"));
        assert!(!page(1).contains("<g></g>") && page(1).contains("What it shows."));
        assert!(page(1).contains("figures/large.svg"));
    }
}

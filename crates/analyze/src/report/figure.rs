use artifact::{ArtifactError, Draft, Table};
use maud::{Markup, PreEscaped, html};

use crate::report::{gallery::Room, legend::Key, scale::px, style};

/// One chart: marks in a box of its own size.
pub(crate) struct Panel {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// What it shows, for those who cannot see it.
    pub(crate) description: String,
    pub(crate) marks: Markup,
}

/// Charts that belong together, made from one table: a grid on the page, an SVG file, and the table as Parquet.
pub(crate) struct Figure {
    /// Name of its files.
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) caption: String,
    pub(crate) legend: Vec<Key>,
    pub(crate) panels: Vec<Panel>,
    /// Panels side by side in the file; on the page they take what room there is.
    pub(crate) columns: usize,
    /// Everything that the charts show, a row a mark.
    pub(crate) data: Table,
}

/// Letters of a title that fit in a small panel; longer ones are set narrower.
const LETTERS: usize = 22;

/// The first lines of a small panel: what it shows, and a note.
pub(crate) fn heading(title: &str, note: &str) -> Markup {
    let class = if title.chars().count() > LETTERS { "title narrow" } else { "title" };
    html! {
        text class=(class) x="0" y="11" { (title) }
        text class="small" x="0" y="24" { (note) }
    }
}

/// Space between the panels of a file.
const GAP: f64 = 18.0;

/// Space around everything in a file.
const MARGIN: f64 = 14.0;

impl Figure {
    /// The figure as part of the page, with legend and caption; without room only what it shows and where.
    pub(crate) fn on_page(&self, room: &Room) -> Markup {
        html! {
            figure {
                @if room.has(self) { (Key::list(&self.legend)) }
                (self.panels(room))
                figcaption { (self.caption) " " (self.files()) }
            }
        }
    }

    /// The charts with the names of their files, for figures that share a legend and a caption.
    pub(crate) fn below_shared_caption(&self, room: &Room) -> Markup {
        html! {
            figure {
                (self.panels(room))
                figcaption { (self.files()) }
            }
        }
    }

    /// Adds the figure to a draft: `figures/NAME.svg`, and `figures/NAME.parquet` with what it shows.
    pub(crate) fn write(&self, draft: &mut Draft) -> Result<(), ArtifactError> {
        draft.bytes(&format!("figures/{}.svg", self.name), self.standalone().as_bytes())?;
        draft.table(&format!("figures/{}.parquet", self.name), &self.data)
    }

    /// How many bytes its charts take.
    pub(crate) fn bytes(&self) -> usize {
        self.panels.iter().map(|panel| panel.marks.0.len()).sum()
    }

    /// Names the files beside the page.
    fn files(&self) -> Markup {
        html! {
            span class="files" {
                "Files: "
                a href={ "figures/" (self.name) ".svg" } { "figures/" (self.name) ".svg" }
                ", data "
                a href={ "figures/" (self.name) ".parquet" } { (self.name) ".parquet" }
            }
        }
    }

    fn panels(&self, room: &Room) -> Markup {
        if !room.has(self) {
            return html! { p class="note" { "Not shown here, where it would make the page slow to open: see its file." } };
        }
        let class = match self.panels.first() {
            Some(panel) if panel.width < 170.0 => "panels narrow",
            Some(panel) if panel.width < 200.0 => "panels medium",
            Some(panel) if panel.width > 340.0 => "panels wide",
            _ => "panels",
        };
        html! {
            div class=(class) {
                @for panel in &self.panels {
                    svg viewBox=(format!("0 0 {} {}", px(panel.width), px(panel.height))) role="img"
                        aria-label=(panel.description) { (panel.marks) }
                }
            }
        }
    }

    /// The figure as an SVG file of its own.
    fn standalone(&self) -> String {
        let columns = self.columns.min(self.panels.len()).max(1);
        let cell_width = self.panels.iter().map(|panel| panel.width).fold(0.0, f64::max);
        let cell_height = self.panels.iter().map(|panel| panel.height).fold(0.0, f64::max);
        let rows = self.panels.len().div_ceil(columns);
        let inner = (columns as f64 * (cell_width + GAP) - GAP).max(420.0);
        let (legend, legend_height) = Key::row(&self.legend, inner);
        let top = MARGIN + 22.0 + legend_height;
        let (width, height) = (inner + 2.0 * MARGIN, top + rows as f64 * (cell_height + GAP) + MARGIN - GAP);
        let markup = html! {
            svg xmlns="http://www.w3.org/2000/svg" role="img" width=(px(width)) height=(px(height))
                viewBox=(format!("0 0 {} {}", px(width), px(height)))
                font-family="Helvetica, Arial, 'Liberation Sans', sans-serif" {
                title { (self.title) }
                desc { (self.caption) }
                style { (PreEscaped(style::standalone())) }
                rect width="100%" height="100%" fill="#ffffff" {}
                text class="title" x=(px(MARGIN)) y=(px(MARGIN + 10.0)) { (self.title) }
                g transform=(format!("translate({} {})", px(MARGIN), px(MARGIN + 22.0))) { (legend) }
                @for (index, panel) in self.panels.iter().enumerate() {
                    @let x = MARGIN + (index % columns) as f64 * (cell_width + GAP);
                    @let y = top + (index / columns) as f64 * (cell_height + GAP);
                    g transform=(format!("translate({} {})", px(x), px(y))) { (panel.marks) }
                }
            }
        };
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", markup.into_string())
    }
}

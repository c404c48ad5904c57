use maud::{Markup, html};

/// Sets a table that may be wider than the page in a box that scrolls, by keys too.
pub(crate) fn scroll(label: &str, table: &Markup) -> Markup {
    html! {
        div class="scroll" role="group" aria-label=(label) tabindex="0" { (table) }
    }
}

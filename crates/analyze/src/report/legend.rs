use cortex::{Initialiser, Protocol, Variant};
use maud::{Markup, html};

use crate::report::{scale::px, style, words};

/// An entry of a legend: a mark in a box of 22 × 14 and what it means.
#[derive(Clone)]
pub(crate) struct Key {
    mark: Markup,
    meaning: String,
}

const MARK_WIDTH: f64 = 22.0;

/// Height of a line of a legend in a file.
const LINE: f64 = 18.0;

impl Key {
    pub(crate) fn new(mark: Markup, meaning: impl Into<String>) -> Self {
        Self { mark, meaning: meaning.into() }
    }

    /// Keys of the initialisers among some variants: their colours. Controls share one.
    pub(crate) fn initialisers(variants: &[Variant], protocol: Protocol) -> Vec<Self> {
        let mut present: Vec<Initialiser> = variants.iter().map(|variant| variant.initialiser).collect();
        present.sort_by_key(|&initialiser| style::rank(initialiser));
        present.dedup_by_key(|initialiser| style::class(*initialiser));
        let key = |initialiser: Initialiser| {
            let mark = html! {
                g class=(style::class(initialiser)) {
                    rect class="named" x="5" y="2" width="12" height="10" rx="2" {}
                }
            };
            let meaning = words::initialiser(initialiser, protocol);
            let text = if initialiser.is_published() {
                format!("{initialiser} {meaning}")
            } else {
                "W~ a control, by its name".to_owned()
            };
            Self::new(mark, text)
        };
        present.into_iter().map(key).collect()
    }

    /// The legend of the page; nothing if there are no keys.
    pub(crate) fn list(keys: &[Self]) -> Markup {
        html! {
            @if !keys.is_empty() {
                ul class="legend" {
                    @for key in keys {
                        li {
                            svg viewBox="0 0 22 14" aria-hidden="true" { (key.mark) }
                            span { (key.meaning) }
                        }
                    }
                }
            }
        }
    }

    /// The legend of a file, in lines of at most `width`, and its height.
    pub(crate) fn row(keys: &[Self], width: f64) -> (Markup, f64) {
        let (mut x, mut y) = (0.0, 0.0);
        let placed: Vec<(f64, f64, &Self)> = keys
            .iter()
            .map(|key| {
                // Letters of 10 px are about half as wide as high.
                let length = MARK_WIDTH + 6.0 + 4.9 * key.meaning.chars().count() as f64 + 16.0;
                if x > 0.0 && x + length > width {
                    (x, y) = (0.0, y + LINE);
                }
                let place = (x, y, key);
                x += length;
                place
            })
            .collect();
        let markup = html! {
            @for (x, y, key) in placed {
                g transform=(format!("translate({} {})", px(x), px(y))) {
                    (key.mark)
                    text class="small" x=(px(MARK_WIDTH + 5.0)) y="10.5" { (key.meaning) }
                }
            }
        };
        (markup, if keys.is_empty() { 0.0 } else { y + LINE + 8.0 })
    }
}

use artifact::ArtifactError;
use cortex::Variant;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{
    ArmResults, FieldPriors, Metric, Verdict,
    report::{
        Provenance, accuracy, claims, description, diverged,
        figure::Figure,
        gallery::{Gallery, Room},
        graph_metrics, learning,
        legend::Key,
        networks::ShownNetworks,
        neuron_order::NeuronOrder,
        overview::{self, Overview},
        priors::PriorsSection,
        provenance::{artifacts, settings},
        scroll::scroll,
        style, words,
    },
};

/// What the page says of one arm of one field.
pub(crate) struct Section<'a> {
    results: &'a ArmResults,
    name: String,
    accuracy: Figure,
    learning: Vec<Figure>,
    /// A figure a task, in the order of the tasks.
    graph_metrics: Vec<Figure>,
    /// What it shows of trained networks.
    networks: Markup,
}

impl<'a> Section<'a> {
    pub(crate) fn of(results: &'a ArmResults) -> Self {
        let name = format!("{}.{}", results.field, results.arm.name);
        let tasks = results.tasks();
        Self {
            accuracy: accuracy::figure(results, &name),
            learning: tasks.iter().map(|&task| learning::figure(results, task, &name)).collect(),
            graph_metrics: tasks.iter().map(|&task| graph_metrics::figure(results, task, &name)).collect(),
            networks: Markup::default(),
            results,
            name,
        }
    }

    /// Adds the figures of all arms: those of one kind before those of the next, so that where room is short every arm has
    /// the first kind.
    ///
    /// # Errors
    /// What the disk refuses.
    pub(crate) fn add_figures(sections: &[Self], gallery: &mut Gallery<'_>) -> Result<(), ArtifactError> {
        let all = sections.iter();
        let mut figures = all
            .clone()
            .map(|section| &section.accuracy)
            .chain(all.clone().flat_map(|section| &section.learning))
            .chain(all.flat_map(|section| &section.graph_metrics));
        figures.try_for_each(|figure| gallery.add(figure))
    }

    /// Adds the figures of an arm's trained networks, which are as large as its field's matrices and are not kept.
    ///
    /// # Errors
    /// A damaged file of weights, or what the disk refuses.
    pub(crate) fn add_networks(
        &mut self,
        fields: &[(&FieldPriors, NeuronOrder)],
        gallery: &mut Gallery<'_>,
    ) -> Result<(), ArtifactError> {
        let field = fields.iter().find(|(priors, _)| priors.name == self.results.field);
        let figures = ShownNetworks::open(self.results, field)?.map(|networks| networks.figures(&self.name));
        let figures = figures.unwrap_or_default();
        figures.iter().try_for_each(|(_, figure)| gallery.add(figure))?;
        self.networks = html! {
            @if figures.is_empty() { p { "No network was trained to its end and has its weights kept." } }
            @for (title, figure) in &figures {
                h4 { (title) }
                (figure.on_page(&gallery.page))
            }
        };
        Ok(())
    }

    fn markup(&self, room: &Room) -> Markup {
        let results = self.results;
        html! {
            section id=(self.name) {
                h2 { "Field " (results.field) ", arm " (results.arm.name) }
                @if results.runs.is_empty() {
                    p { "This arm has no runs." }
                } @else {
                    (description::arm(results))
                    h3 { "Accuracy" }
                    (self.accuracy.on_page(room))
                    (accuracy::table(results))
                    h3 { "Learning curves" }
                    (shared(&self.learning))
                    @for (task, figure) in results.tasks().into_iter().zip(&self.learning) {
                        h4 { (words::task(task)) }
                        (figure.below_shared_caption(room))
                    }
                    h3 { "Graph metrics" }
                    (shared(&self.graph_metrics))
                    @for (task, figure) in results.tasks().into_iter().zip(&self.graph_metrics) {
                        h4 { (words::task(task)) }
                        (figure.below_shared_caption(room))
                        (graph_metrics::table(results, task))
                    }
                    h3 { "Trained networks" }
                    (self.networks)
                    h3 { "Diverged runs" }
                    (diverged::list(results))
                }
            }
        }
    }
}

/// Caption and legend of figures that have them in common.
fn shared(figures: &[Figure]) -> Markup {
    html! {
        @for figure in figures.iter().take(1) {
            p { (figure.caption) }
            (Key::list(&figure.legend))
        }
    }
}

/// The whole page.
pub(crate) fn page(
    overviews: &[Overview<'_>],
    sections: &[Section<'_>],
    verdicts: &[Verdict],
    priors: &[PriorsSection],
    provenance: &Provenance,
    room: &Room,
) -> Markup {
    let arms: Vec<&ArmResults> = sections.iter().map(|section| section.results).collect();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { "Cortical priors in recurrent networks: report of a study" }
                style { (PreEscaped(style::page())) }
            }
            body {
                main {
                    header {
                        h1 { "Cortical priors in recurrent networks" }
                        (description::study(&arms))
                        (contents(sections, priors))
                    }
                    (overview::section(overviews, room))
                    (arms_section(&arms))
                    (claims::section(verdicts))
                    @for section in sections { (section.markup(room)) }
                    @for section in priors { (section.markup) }
                    section id="provenance" {
                        h2 { "Provenance" }
                        (settings(provenance))
                        (artifacts(provenance))
                    }
                }
            }
        }
    }
}

/// What a browser lets the page do: nothing but show its own style and pictures.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

fn contents(sections: &[Section<'_>], priors: &[PriorsSection]) -> Markup {
    let single_field = sections.windows(2).all(|pair| pair[0].results.field == pair[1].results.field);
    let arms = sections.iter().map(|Section { results, name, .. }| {
        let field = if single_field { String::new() } else { format!("{}, ", results.field) };
        (name.clone(), format!("Arm {field}{}", results.arm.name))
    });
    let start = [("overview", "Which prior helped"), ("arms", "Arms"), ("claims", "Claims")];
    let start = start.map(|(name, title)| (name.to_owned(), title.to_owned())).into_iter();
    let priors = priors.iter().map(|section| {
        let field = if single_field { String::new() } else { format!(", {}", section.field) };
        (section.name.clone(), format!("Priors{field}"))
    });
    let end = [("provenance".to_owned(), "Provenance".to_owned())];
    html! {
        nav aria-label="Contents" {
            ul {
                @for (name, title) in start.chain(arms).chain(priors).chain(end) {
                    li { a href={ "#" (name) } { (title) } }
                }
            }
        }
    }
}

/// Every arm in a row: what it is, and its best and worst variants.
fn arms_section(arms: &[&ArmResults]) -> Markup {
    let table = html! {
        table aria-label="Arms" {
            thead {
                tr {
                    th scope="col" class="text" { "Field, arm" }
                    th scope="col" { "Units" }
                    th scope="col" class="text" { "Protocol" }
                    th scope="col" { "Runs" }
                    th scope="col" { "Diverged" }
                    th scope="col" class="text" { "Best variant" }
                    th scope="col" class="text" { "Worst variant" }
                }
            }
            tbody {
                @for results in arms {
                    @let ranking = ranking(results);
                    tr {
                        th scope="row" { (results.field) ", " (results.arm.name) }
                        td { (words::listed(&results.units.iter().map(ToString::to_string).collect::<Vec<_>>())) }
                        td class="text" { (results.arm.protocol.name()) }
                        td { (words::grouped(results.runs.len())) }
                        td { (words::grouped(results.diverged())) }
                        td class="text" { (ranked(ranking.first())) }
                        td class="text" { (ranked(ranking.last().filter(|_| ranking.len() > 1))) }
                    }
                }
            }
        }
    };
    html! {
        section id="arms" {
            h2 { "Arms" }
            (scroll("Arms", &table))
            p class="note" { "Best and worst by mean accuracy over tasks, of the variants that have a value in every task." }
        }
    }
}

/// Variants with their mean accuracy over tasks, the best first.
fn ranking(results: &ArmResults) -> Vec<(Variant, f64)> {
    let tasks = results.tasks();
    let mean = |variant| {
        let means = tasks.iter().map(|&task| results.summary(task, variant, Metric::Accuracy).mean);
        let means: Vec<f64> = means.collect::<Option<_>>()?;
        Some((variant, means.iter().sum::<f64>() / means.len() as f64))
    };
    let mut ranking: Vec<(Variant, f64)> = results.variants().into_iter().filter_map(mean).collect();
    ranking.sort_by(|one, other| other.1.total_cmp(&one.1));
    ranking
}

fn ranked(variant: Option<&(Variant, f64)>) -> Markup {
    html! {
        @match variant {
            Some((variant, mean)) => {
                span class={ "variant " (style::class(variant.initialiser)) } { (variant) } " " (words::fixed(*mean, 3))
            }
            None => (words::NOTHING),
        }
    }
}

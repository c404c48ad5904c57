//! Trained networks of an arm: their recurrent weights, and the graphs of the strongest ones where the neurons sit.

mod graphs;
mod weights;

use artifact::{ArtifactError, Status, Table};
use cortex::Task;
use rayon::prelude::*;

use crate::{
    ArmResults, FieldPriors, RunMetrics,
    columns::Columns,
    measure::kernel,
    report::{figure::Figure, heat_map::HeatMap, neuron_order::NeuronOrder, words},
};
use graphs::NetworkGraph;

/// Variants that are shown: the first of the study.
const MOST_VARIANTS: usize = 24;

/// One trained network of every variant, of one task.
pub(crate) struct ShownNetworks<'a> {
    results: &'a ArmResults,
    task: Task,
    networks: Vec<Network<'a>>,
    /// In which order neurons stand.
    order: NeuronOrder,
    /// Where they sit; `None` where the field is not at hand, or has another number of neurons than the networks have.
    priors: Option<&'a FieldPriors>,
}

/// What is shown of one of them; the weights themselves are not held.
struct Network<'a> {
    run: &'a RunMetrics,
    weights: HeatMap,
    /// `None` where it is not known where neurons sit.
    graph: Option<NetworkGraph>,
}

impl<'a> ShownNetworks<'a> {
    /// Opens the networks of an arm that are shown: of its first task in which any was trained to its end, one of every
    /// variant, that of the lowest simulation. `None` if none was, or no weights were kept. `field` are the arm's priors
    /// with the order of their neurons.
    ///
    /// # Errors
    /// A damaged file of weights.
    pub(crate) fn open(
        results: &'a ArmResults,
        field: Option<&(&'a FieldPriors, NeuronOrder)>,
    ) -> Result<Option<Self>, ArtifactError> {
        let tasks = results.tasks().into_iter();
        let mut kept = tasks.map(|task| (task, kept(results, task))).filter(|(_, runs)| !runs.is_empty());
        let (Some((task, runs)), Some(&units)) = (kept.next(), results.units.first()) else {
            return Ok(None);
        };
        let field = field.filter(|(priors, _)| results.units.contains(&priors.neurons()));
        let (priors, order) = match field {
            Some((priors, order)) => (Some(*priors), order.clone()),
            None => (None, NeuronOrder::as_stored(units)),
        };
        let units = order.neurons().len();
        let open = |(run, file): (&'a RunMetrics, &str)| {
            let weights = kernel(&results.artifact.tensors(file)?, "recurrent_kernel").unwrap_or_default();
            Ok((weights.len() == units * units).then(|| Network {
                run,
                weights: weights::map(run, &weights, &order),
                graph: priors.and_then(|_| NetworkGraph::of(&weights, units)),
            }))
        };
        let opened: Result<Vec<_>, ArtifactError> = runs.into_par_iter().map(open).collect();
        let networks = opened?.into_iter().flatten().collect();
        Ok(Some(Self { results, task, networks, order, priors }))
    }

    /// Their figures: weights, and graphs where it is known where neurons sit.
    pub(crate) fn figures(&self, name: &str) -> Vec<(&'static str, Figure)> {
        let graphs = self.priors.map(|priors| ("Strongest connections", graphs::figure(self, priors, name)));
        [("Trained weights", weights::figure(self, name))].into_iter().chain(graphs).collect()
    }

    /// How a figure of them is called.
    fn title(&self, what: &str) -> String {
        let Self { results, task, .. } = self;
        format!("{what}, {}, field {}, arm {}", words::task(*task), results.field, results.arm.name)
    }

    /// Says which networks are shown and which are not.
    fn sentence(&self) -> String {
        let shown = |variant| self.networks.iter().any(|network| network.run.record.key.variant == variant);
        let variants = self.results.variants();
        let missing = variants.iter().take(MOST_VARIANTS).filter(|&&variant| !shown(variant));
        let missing: Vec<String> = missing.map(ToString::to_string).collect();
        let mut sentences = vec![format!(
            "One network a variant, trained on {}: of those that were trained to their end and whose weights are kept, that of \
             the lowest simulation.",
            words::task(self.task)
        )];
        if !missing.is_empty() {
            sentences.push(format!("There is none of {}.", words::listed(&missing)));
        }
        let more = variants.len().saturating_sub(MOST_VARIANTS);
        if more > 0 {
            sentences.push(format!("{} more are not shown.", words::counted(more, "variant")));
        }
        sentences.join(" ")
    }
}

/// The run of every variant that is shown, with its file of weights, in the order of the study.
fn kept(results: &ArmResults, task: Task) -> Vec<(&RunMetrics, &str)> {
    let lowest = |variant| {
        let runs = results.runs_of(task, variant).filter(|run| run.record.status == Status::Done);
        let runs = runs.filter_map(|run| Some((run, run.record.weights.as_deref()?)));
        runs.min_by_key(|(run, _)| run.record.key.simulation)
    };
    results.variants().into_iter().take(MOST_VARIANTS).filter_map(lowest).collect()
}

impl Network<'_> {
    fn title(&self) -> String {
        self.run.record.key.variant.to_string()
    }
}

/// The columns that name a network.
fn network_columns<T>(rows: &[(&Network<'_>, T)]) -> Table {
    let columns = Columns(rows);
    Table::new()
        .with("arm", columns.text(|(network, _)| network.run.record.key.arm.clone()))
        .with("task", columns.text(|(network, _)| network.run.record.key.task.to_string()))
        .with("variant", columns.text(|(network, _)| network.title()))
        .with("simulation", columns.count(|(network, _)| network.run.record.key.simulation as usize))
}

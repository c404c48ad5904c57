use artifact::Table;
use graph::{Graph, LEIDEN_RUNS, STRONGEST_QUANTILE, WeightMatrix, best_leiden_communities};
use maud::{Markup, html};

use super::{Network, ShownNetworks, network_columns};
use crate::{
    FieldPriors, Measure,
    columns::Columns,
    report::{
        figure::{Figure, Panel, heading},
        legend::Key,
        neuron_order::COLOURED,
        scale::{Scale, dots, extent, px, round_below},
        words,
    },
};

const WIDTH: f64 = 186.0;
const TOP: f64 = 32.0;
const TALLEST: f64 = 240.0;

/// Edges that are drawn, so that the strongest can be told apart: so many a neuron, and no more than that.
const EDGES_A_NEURON: usize = 2;
const MOST_EDGES: usize = 400;

/// The graph of a network's strongest weights.
pub(super) struct NetworkGraph {
    /// Of every neuron, its community; they are numbered by size.
    communities: Vec<usize>,
    /// The strongest edges, weakest first, so that the strongest lie on top.
    strongest: Vec<Edge>,
}

/// The stronger of the two weights between neurons that are joined.
#[derive(Clone, Copy)]
struct Edge {
    pre: usize,
    post: usize,
    weight: f64,
}

/// Where neurons are on a panel: seen from above, along x and z.
struct Map {
    places: Vec<[f64; 2]>,
    width: f64,
    height: f64,
    per_um: f64,
}

/// Makes the figure of the strongest connections of trained networks.
pub(super) fn figure(shown: &ShownNetworks<'_>, priors: &FieldPriors, name: &str) -> Figure {
    let graphs = shown.networks.iter().filter_map(|network| Some((network, network.graph.as_ref()?)));
    let graphs: Vec<(&Network<'_>, &NetworkGraph)> = graphs.collect();
    let map = Map::of(priors);
    Figure {
        name: format!("{name}.trained-graphs"),
        title: shown.title("Strongest connections"),
        caption: format!(
            "The same networks, with neurons where their somata are, seen from above (x to the right, z down). Colours are the \
             Leiden communities of the graph that the metrics are of, the strongest tenth of a network’s weights; of its \
             edges the strongest are drawn, {EDGES_A_NEURON} a neuron and at most {MOST_EDGES}. Q is the modularity of all of them. Communities \
             are found anew for every network: one colour in two panels says nothing."
        ),
        legend: legend(),
        panels: graphs.iter().map(|(network, graph)| graph.panel(network, &map)).collect(),
        columns: 5,
        data: table(priors, &graphs),
    }
}

fn legend() -> Vec<Key> {
    const MEANINGS: [&str; COLOURED + 1] = [
        "largest community",
        "second",
        "third",
        "fourth",
        "fifth",
        "smaller ones; lines between communities",
    ];
    let mark = |index: usize| {
        html! { g class={ "cluster" (index) } { path class="edges" d="M1 7H21" {} circle class="named" cx="11" cy="7" r="3.4" {} } }
    };
    MEANINGS.into_iter().enumerate().map(|(index, meaning)| Key::new(mark(index), meaning)).collect()
}

/// The table of the figure: a row a neuron and a row an edge.
fn table(priors: &FieldPriors, graphs: &[(&Network<'_>, &NetworkGraph)]) -> Table {
    let rows = graphs.iter().flat_map(|&(network, graph)| {
        let neurons = graph.communities.iter().enumerate();
        let neurons = neurons.map(|(neuron, &community)| Mark {
            neuron,
            post: None,
            weight: None,
            community: Some(community),
        });
        let edges = graph.strongest.iter().rev();
        let edges = edges.map(|edge| Mark {
            neuron: edge.pre,
            post: Some(edge.post),
            weight: Some(edge.weight),
            community: graph.community_of(edge),
        });
        neurons.chain(edges).map(move |mark| (network, mark))
    });
    let rows: Vec<(&Network<'_>, Mark)> = rows.collect();
    let columns = Columns(&rows);
    let position = |axis: usize| {
        let of = |mark: &Mark| mark.post.is_none().then(|| priors.positions_um[mark.neuron][axis]);
        columns.number(|(_, mark)| of(mark))
    };
    Table::new()
        .with("field", columns.text(|_| priors.name.to_string()))
        .beside(network_columns(&rows))
        .with(
            "mark",
            columns.text(|(_, mark)| if mark.post.is_some() { "edge" } else { "neuron" }.to_owned()),
        )
        .with("neuron", columns.count(|(_, mark)| mark.neuron))
        .with("post", columns.optional_count(|(_, mark)| mark.post.map(|post| post as u32)))
        .with("weight", columns.number(|(_, mark)| mark.weight))
        .with("community", columns.optional_count(|(_, mark)| Some(mark.community? as u32 + 1)))
        .with("x_um", position(0))
        .with("z_um", position(2))
}

/// A row of the table: a neuron, or an edge from one to another.
struct Mark {
    neuron: usize,
    post: Option<usize>,
    weight: Option<f64>,
    /// That of the neuron, or of both ends of the edge.
    community: Option<usize>,
}

impl NetworkGraph {
    /// The graph that the metrics of a network of these weights, row-major `[N, N]`, are of, with their Leiden communities;
    /// `None` of too many neurons.
    pub(super) fn of(weights: &[f64], neurons: usize) -> Option<Self> {
        let weights = WeightMatrix::new(weights, neurons).ok()?;
        let graph = Graph::strongest(weights, STRONGEST_QUANTILE).ok()?;
        let found = best_leiden_communities(&graph, LEIDEN_RUNS);
        let mut communities = vec![0; neurons];
        for (number, community) in found.iter().enumerate() {
            for &neuron in community {
                communities[neuron] = number;
            }
        }
        let mut strongest: Vec<Edge> = graph.edges().map(|pair| Edge::of(weights, pair)).collect();
        strongest.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
        strongest.truncate(MOST_EDGES.min(EDGES_A_NEURON * neurons));
        strongest.reverse();
        Some(Self { communities, strongest })
    }

    /// The community that both ends of an edge are in.
    fn community_of(&self, edge: &Edge) -> Option<usize> {
        let [one, other] = [edge.pre, edge.post].map(|neuron| self.communities[neuron]);
        (one == other).then_some(one)
    }

    fn panel(&self, network: &Network<'_>, map: &Map) -> Panel {
        let measured = |measure| network.run.kernel.as_ref()?.get(measure);
        let modularity = measured(Measure::LeidenModularity)
            .map_or_else(|| "no edges".to_owned(), |value| format!("Q {}", words::fixed(value, 2)));
        let communities = measured(Measure::LeidenCommunities).unwrap_or_default() as usize;
        let note = format!("{modularity}, {}", words::counted(communities, "community"));
        let title = network.title();
        let colour =
            |community: Option<usize>| community.map_or(COLOURED, |community| community.min(COLOURED));
        let marks = html! {
            (heading(&title, &note))
            // What is between communities lies below.
            @for index in (0..=COLOURED).rev() {
                @let own = self.strongest.iter().filter(|edge| colour(self.community_of(edge)) == index);
                (lines(map, index, own))
            }
            @for index in (0..=COLOURED).rev() {
                @let own = self.communities.iter().enumerate().filter(|(_, community)| colour(Some(**community)) == index);
                (nodes(map, index, own.map(|(neuron, _)| neuron)))
            }
            (map.frame())
        };
        let description = format!(
            "{title}: {} strongest connections of {} neurons, seen from above; {note}",
            self.strongest.len(),
            self.communities.len(),
        );
        Panel { width: WIDTH, height: map.height, description, marks }
    }
}

impl Edge {
    fn of(weights: WeightMatrix<'_>, (one, other): (usize, usize)) -> Self {
        let weight = |pre: usize, post: usize| weights.values()[pre * weights.nodes() + post];
        let back = weight(other, one).abs() > weight(one, other).abs();
        let (pre, post) = if back { (other, one) } else { (one, other) };
        Self { pre, post, weight: weight(pre, post) }
    }
}

fn lines<'a>(map: &Map, index: usize, edges: impl Iterator<Item = &'a Edge>) -> Markup {
    let line = |edge: &Edge| {
        let ([x1, y1], [x2, y2]) = (map.places[edge.pre], map.places[edge.post]);
        format!("M{} {}L{} {}", px(x1), px(y1), px(x2), px(y2))
    };
    let path: String = edges.map(line).collect();
    html! { @if !path.is_empty() { g class={ "cluster" (index) } { path class="edges" d=(path) {} } } }
}

fn nodes(map: &Map, index: usize, neurons: impl Iterator<Item = usize>) -> Markup {
    let path = dots(neurons.map(|neuron| map.places[neuron]));
    html! { @if !path.is_empty() { g class={ "cluster" (index) } { path class="nodes" stroke-width=(px(map.dot())) d=(path) {} } } }
}

impl Map {
    fn of(priors: &FieldPriors) -> Self {
        let domain = |axis: usize| {
            let values = priors.positions_um.iter().map(|position| position[axis]);
            extent(values, 0.04).unwrap_or([0.0, 1.0])
        };
        let (across, down) = (domain(0), domain(2));
        let per_um = (WIDTH / (across[1] - across[0])).min(TALLEST / (down[1] - down[0]));
        let [width, depth] = [across, down].map(|[low, high]| (high - low) * per_um);
        let x = Scale { domain: across, range: [0.0, width] };
        let z = Scale { domain: down, range: [TOP, TOP + depth] };
        let places =
            priors.positions_um.iter().map(|position| [x.at(position[0]), z.at(position[2])]).collect();
        Self { places, width, height: TOP + depth + 20.0, per_um }
    }

    /// How wide a neuron's dot is: the more there are, the smaller.
    fn dot(&self) -> f64 {
        (40.0 / (self.places.len() as f64).sqrt()).clamp(1.8, 4.0)
    }

    /// The frame with a bar below that tells its scale.
    fn frame(&self) -> Markup {
        let bottom = self.height - 20.0;
        let micrometres = round_below(self.width / self.per_um / 3.0);
        let bar = micrometres * self.per_um;
        html! {
            rect class="axis" x="0.5" y=(px(TOP)) width=(px(self.width - 1.0)) height=(px(bottom - TOP)) {}
            path class="bar" d=(format!("M0 {}h{}", px(bottom + 10.0), px(bar))) {}
            text class="small" x=(px(bar + 5.0)) y=(px(bottom + 13.5)) { (words::fixed(micrometres, 0)) " µm" }
        }
    }
}

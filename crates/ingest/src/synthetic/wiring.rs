use cortex::{Connection, Neuron};
use rand::Rng;
use rand_distr::{Distribution, LogNormal};

/// Distance over which connections become e times rarer, micrometres.
const LENGTH_SCALE_UM: f64 = 100.0;

/// Like-to-like wiring: connections between equal directions are e² times as likely as between opposite.
const TUNING_GAIN: f64 = 1.0;

/// Largest probability of a connection.
const LARGEST_PROBABILITY: f64 = 0.9;

/// Probability that a connection has one synapse more than it has.
const ONE_MORE_SYNAPSE: f64 = 0.1;

/// Most synapses of one connection; 8 were the most in the largest released field.
const MOST_SYNAPSES: u32 = 8;

/// μ and σ of the log-normal size of a synaptic cleft, voxels.
const CLEFT_SIZE: (f64, f64) = (7.0, 0.8);

/// μ and σ of the log-normal readiness to send: some neurons send much, some nothing, as in cortex.
const SENDING: (f64, f64) = (0.0, 0.6);

/// Draws the connections, sorted by (pre, post).
///
/// `p(pre → post) = min(0.9, s · sending(pre) · exp(−distance / 100 µm + cos(difference of directions)))`
/// with `s` such that a neuron sends to `min(2 + N / 64, 12, (N − 1) / 2)` others on average.
pub(super) fn connections(
    neurons: &[Neuron],
    preferred_direction: &[f64],
    random: &mut impl Rng,
) -> Vec<Connection> {
    let count = neurons.len();
    let Some(affinity) = Affinity::new(neurons, preferred_direction, random) else { return Vec::new() };
    let mean_degree = (2.0 + count as f64 / 64.0).min(12.0).min((count - 1) as f64 / 2.0);
    let total: f64 = (0..count).flat_map(|pre| affinity.row(pre)).map(|(_, affinity)| affinity).sum();
    let scale = mean_degree * count as f64 / total;
    let Ok(cleft_size) = LogNormal::new(CLEFT_SIZE.0, CLEFT_SIZE.1) else { return Vec::new() };
    let mut connections = Vec::new();
    for pre in 0..count {
        for (post, affinity) in affinity.row(pre) {
            if random.random::<f64>() >= (scale * affinity).min(LARGEST_PROBABILITY) {
                continue;
            }
            let mut synapses = 1;
            while synapses < MOST_SYNAPSES && random.random_bool(ONE_MORE_SYNAPSE) {
                synapses += 1;
            }
            let size = (0..synapses).map(|_| cleft_size.sample(random).round().max(1.0)).sum();
            let (pre, post) = (pre as u32, post as u32);
            connections.push(Connection { pre, post, count: synapses, size: Some(size) });
        }
    }
    connections
}

/// How readily neurons connect, up to a factor; computed pair by pair, as N² of them may not fit in memory.
struct Affinity<'a> {
    neurons: &'a [Neuron],
    direction: Vec<[f64; 2]>,
    sending: Vec<f64>,
}

impl<'a> Affinity<'a> {
    fn new(neurons: &'a [Neuron], preferred_direction: &[f64], random: &mut impl Rng) -> Option<Self> {
        let sending = LogNormal::new(SENDING.0, SENDING.1).ok()?;
        Some(Self {
            neurons,
            direction: preferred_direction.iter().map(|angle| [angle.cos(), angle.sin()]).collect(),
            sending: neurons.iter().map(|_| sending.sample(random)).collect(),
        })
    }

    /// Affinity of one neuron to every other.
    fn row(&self, pre: usize) -> impl Iterator<Item = (usize, f64)> {
        let from = self.neurons[pre].position_um;
        let [cosine, sine] = self.direction[pre];
        let others = (0..self.neurons.len()).filter(move |&post| post != pre);
        others.map(move |post| {
            let to = self.neurons[post].position_um;
            let distance = (0..3).map(|axis| (to[axis] - from[axis]).powi(2)).sum::<f64>().sqrt();
            let likeness = cosine * self.direction[post][0] + sine * self.direction[post][1];
            (post, self.sending[pre] * (TUNING_GAIN * likeness - distance / LENGTH_SCALE_UM).exp())
        })
    }
}

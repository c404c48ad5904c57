mod activity;
mod anatomy;
mod wiring;

pub use activity::FRAME_SECONDS;
pub(crate) use activity::FRAMES;

use artifact::{Table, Tensors};
use cortex::{Field, FieldName};

use crate::{CleanField, IngestError};

/// Neurons of the largest synthetic field: its pairs are walked through twice, in tens of seconds.
pub const LARGEST_SYNTHETIC: usize = 30_000;

/// A synthetic field and the hidden variable that ties its wiring to its activity.
#[derive(Clone, Debug)]
pub struct SyntheticCortex {
    /// The field, with ids, positions and event numbers like those of a recorded one.
    pub field: Field,
    /// Direction of motion that each neuron prefers, radians in \[0, 2π).
    pub preferred_direction: Vec<f64>,
}

/// Synthesises the field `synthetic_N`: N neurons that see drifting stimuli for a quarter of an hour.
///
/// Every neuron has a soma in a slab like an imaged plane and a preferred direction. Connections
/// become rarer with distance and with the difference of preferred directions; events follow the
/// preferred direction and a drive shared by all. So distance, wiring and function relate to each
/// other as they do in cortex, loosely. Made of the study's seed and the field's name alone.
///
/// Time grows with N², memory with N.
///
/// # Errors
/// [`IngestError::NotSynthetic`] if the name asks for fewer than 2 neurons or more than
/// [`LARGEST_SYNTHETIC`].
pub fn synthesize(name: &FieldName, seed: u64) -> Result<SyntheticCortex, IngestError> {
    let count = synthetic_neurons(name)?;
    let stream = |part: &str| cortex::stream(seed, &["synthetic", name.as_str(), part]);
    let neurons = anatomy::neurons(count, &mut stream("neurons"));
    let preferred_direction = activity::preferred_directions(count, &mut stream("directions"));
    let connections = wiring::connections(&neurons, &preferred_direction, &mut stream("connections"));
    let events = activity::events(&preferred_direction, &mut stream("stimulus"), &mut stream("events"));
    let field = Field { name: name.clone(), neurons, connections, events };
    Ok(SyntheticCortex { field, preferred_direction })
}

/// The number of neurons that a name asks for, if it can be synthesised.
pub(crate) fn synthetic_neurons(name: &FieldName) -> Result<usize, IngestError> {
    let count = name.synthetic_neurons().filter(|count| (2..=LARGEST_SYNTHETIC).contains(count));
    count.ok_or_else(|| IngestError::NotSynthetic { name: name.to_string(), largest: LARGEST_SYNTHETIC })
}

impl From<SyntheticCortex> for CleanField {
    fn from(cortex: SyntheticCortex) -> Self {
        let (released, further) = (Tensors::new(), Table::new());
        Self { field: cortex.field, released, further, counts: Vec::new(), notes: Vec::new() }
    }
}

use crate::{EventTrains, PriorsError};

/// Largest number of bins whose edges f64 tells apart.
const MOST_BINS: f64 = (1_u64 << f64::MANTISSA_DIGITS) as f64;

/// Events of every neuron in bins of equal width; only occupied bins are kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Counts {
    bins: u64,
    /// Of every neuron: (bin, events in it), bins ascending, events at least 1.
    occupied: Vec<Vec<(u64, u32)>>,
}

/// Counts events in the complete bins of the recording `[0, T]`.
///
/// There are `⌊T / width⌋` bins; bin `k` is `[k·width, (k + 1)·width)`, the last closed on the right, and later
/// events fall in no bin. Edges are the products `k·width` in f64, as in `numpy.histogram` of
/// `numpy.arange(bins + 1) * width`.
///
/// # Errors
/// [`PriorsError::Bins`] if there is no complete bin, or more than 2⁵³.
pub fn counts(events: &EventTrains, bin_seconds: f64) -> Result<Counts, PriorsError> {
    let bins = (events.end_s() / bin_seconds).floor();
    if !(1.0..=MOST_BINS).contains(&bins) {
        return Err(PriorsError::Bins { end_s: events.end_s(), bin_seconds, bins });
    }
    let bins = bins as u64;
    let occupied = events.trains().iter().map(|train| {
        let mut occupied: Vec<(u64, u32)> = Vec::new();
        for bin in train.iter().map_while(|&time_s| bin_of(time_s, bin_seconds, bins)) {
            match occupied.last_mut() {
                Some((last, events)) if *last == bin => *events += 1,
                _ => occupied.push((bin, 1)),
            }
        }
        occupied
    });
    Ok(Counts { bins, occupied: occupied.collect() })
}

/// The bin that a time falls in, `None` after the last edge.
fn bin_of(time_s: f64, width: f64, bins: u64) -> Option<u64> {
    let edge = |bin: u64| bin as f64 * width;
    if time_s >= edge(bins) {
        return (time_s == edge(bins)).then_some(bins - 1);
    }
    // The quotient and the products round separately, so the quotient may be off by one.
    let mut bin = ((time_s / width) as u64).min(bins - 1);
    while edge(bin) > time_s {
        bin -= 1;
    }
    while edge(bin + 1) <= time_s {
        bin += 1;
    }
    Some(bin)
}

impl Counts {
    /// The number of neurons, N.
    pub fn neurons(&self) -> usize {
        self.occupied.len()
    }

    /// The number of bins.
    pub fn bins(&self) -> u64 {
        self.bins
    }

    /// The occupied bins of a neuron with the events in them, ascending.
    pub fn occupied(&self, neuron: usize) -> &[(u64, u32)] {
        &self.occupied[neuron]
    }
}

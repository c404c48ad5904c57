//! Quantiles of more numbers than fit in memory.

/// Bits of the mantissa that tell bins apart.
const MANTISSA_BITS: u32 = 16;

const BINS_OF_BINADE: usize = 1 << MANTISSA_BITS;

/// Counts of non-negative numbers in bins whose relative width is 2⁻¹⁶.
///
/// Ranks are exact, values to [`Distribution::RELATIVE_ERROR`]; memory is half a megabyte for every power of two among the
/// numbers, however many there are. Counts are whole, so that no order of adding changes anything.
///
/// ```
/// let mut distribution = numerics::Distribution::new();
/// (1..=101).for_each(|number| distribution.add(f64::from(number)));
/// let median = distribution.quantiles(&[0.5])[0];
/// assert!((median / 51.0 - 1.0).abs() < 1e-5);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Distribution {
    count: u64,
    zeros: u64,
    largest: f64,
    /// By binary exponent, those that occur.
    binades: Vec<Option<Box<[u64]>>>,
}

impl Distribution {
    /// Largest relative error of a quantile: half the width of a bin.
    pub const RELATIVE_ERROR: f64 = 1.0 / (2.0 * BINS_OF_BINADE as f64);

    /// No numbers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts a number that is finite and not negative; others count as zero.
    pub fn add(&mut self, number: f64) {
        self.count += 1;
        if !(number > 0.0 && number.is_finite()) {
            self.zeros += 1;
            return;
        }
        self.largest = self.largest.max(number);
        let bin = (number.to_bits() >> (f64::MANTISSA_DIGITS - 1 - MANTISSA_BITS)) as usize;
        let (binade, bin) = (bin / BINS_OF_BINADE, bin % BINS_OF_BINADE);
        if binade >= self.binades.len() {
            self.binades.resize(binade + 1, None);
        }
        self.binades[binade].get_or_insert_with(|| vec![0; BINS_OF_BINADE].into())[bin] += 1;
    }

    /// How many numbers there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The largest number, exactly; 0 if there are none.
    pub fn largest(&self) -> f64 {
        self.largest
    }

    /// Quantiles at ascending probabilities in [0, 1], by linear interpolation between ranks as `numpy.quantile` does; 0 if
    /// there are no numbers.
    pub fn quantiles(&self, probabilities: &[f64]) -> Vec<f64> {
        let mut walk = Walk { rest: self.bins(), value: 0.0, seen: self.zeros };
        let last = self.count.saturating_sub(1);
        let place = |probability: &f64| probability.clamp(0.0, 1.0) * last as f64;
        let lower: Vec<f64> = probabilities.iter().map(|p| walk.at(place(p).floor() as u64)).collect();
        let mut walk = Walk { rest: self.bins(), value: 0.0, seen: self.zeros };
        let quantiles = probabilities.iter().zip(lower).map(|(p, lower)| {
            let upper = walk.at(place(p).ceil() as u64);
            (lower + (upper - lower) * place(p).fract()).min(self.largest)
        });
        quantiles.collect()
    }

    /// The occupied bins above zero, ascending: middle and count.
    fn bins(&self) -> Box<dyn Iterator<Item = (f64, u64)> + '_> {
        let shift = f64::MANTISSA_DIGITS - 1 - MANTISSA_BITS;
        Box::new(self.binades.iter().enumerate().flat_map(move |(binade, bins)| {
            let counts = bins.iter().flat_map(|bins| bins.iter().enumerate());
            counts.filter(|&(_, &count)| count > 0).map(move |(bin, &count)| {
                let bits = ((binade * BINS_OF_BINADE + bin) as u64) << shift;
                (f64::from_bits(bits | 1 << (shift - 1)), count)
            })
        }))
    }
}

/// A walk through the bins to ascending ranks.
struct Walk<'a> {
    rest: Box<dyn Iterator<Item = (f64, u64)> + 'a>,
    value: f64,
    /// Numbers up to the present bin.
    seen: u64,
}

impl Walk<'_> {
    fn at(&mut self, rank: u64) -> f64 {
        while rank >= self.seen {
            let Some((value, count)) = self.rest.next() else { break };
            self.value = value;
            self.seen += count;
        }
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_sorted_numbers() {
        let mut state = 1_u64;
        let mut numbers: Vec<f64> = (0..40_000)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let uniform = (state >> 11) as f64 / (1_u64 << 53) as f64;
                if uniform < 0.1 { 0.0 } else { (40.0 * (uniform - 0.9)).exp() }
            })
            .collect();
        let mut distribution = Distribution::new();
        for &number in &numbers {
            distribution.add(number);
        }
        numbers.sort_by(f64::total_cmp);
        let probabilities: Vec<f64> = (0..=1000).map(|step| f64::from(step) / 1000.0).collect();
        for (&probability, found) in probabilities.iter().zip(distribution.quantiles(&probabilities)) {
            let place = probability * (numbers.len() - 1) as f64;
            let (low, high) = (numbers[place.floor() as usize], numbers[place.ceil() as usize]);
            let expected = low + (high - low) * place.fract();
            let error = (found - expected).abs();
            assert!(error <= high * Distribution::RELATIVE_ERROR, "{probability}: {found} {expected}");
        }
        assert_eq!(distribution.quantiles(&[1.0])[0], distribution.quantiles(&[1.0])[0].min(numbers[39_999]));
        assert_eq!((distribution.count(), distribution.largest()), (40_000, numbers[39_999]));
    }

    #[test]
    fn no_numbers_and_only_zeros() {
        assert_eq!(Distribution::new().quantiles(&[0.0, 1.0]), [0.0, 0.0]);
        let mut zeros = Distribution::new();
        (0..5).for_each(|_| zeros.add(0.0));
        assert_eq!(zeros.quantiles(&[0.0, 0.5, 1.0]), [0.0; 3]);
    }
}

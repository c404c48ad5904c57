//! Sorting numbers with their positions, in linear time.

use crate::Real;

const DIGIT_BITS: u32 = 11;
const BUCKETS: usize = 1 << DIGIT_BITS;

/// A radix sort that keeps its memory.
#[derive(Clone, Debug)]
pub(crate) struct Ranking<T: Real> {
    items: Vec<T::Ranked>,
    spare: Vec<T::Ranked>,
}

impl<T: Real> Ranking<T> {
    pub(crate) const fn new() -> Self {
        Self { items: Vec::new(), spare: Vec::new() }
    }

    /// Sorts `values` ascending, NaN last, equal numbers in the order given; at most 2³² values.
    ///
    /// Least significant digit first, and every pass is stable.
    pub(crate) fn sort(&mut self, values: impl Iterator<Item = T>) -> &[T::Ranked] {
        self.items.clear();
        self.items.extend(values.enumerate().map(|(position, value)| value.ranked(position as u32)));
        self.spare.clone_from(&self.items);
        for shift in (0..T::RANKED_BITS).step_by(DIGIT_BITS as usize) {
            let width = DIGIT_BITS.min(T::RANKED_BITS - shift);
            let mut next = [0; BUCKETS];
            for &item in &self.items {
                next[T::digit(item, shift, width)] += 1;
            }
            if next.contains(&self.items.len()) {
                continue;
            }
            let mut start = 0;
            for count in &mut next {
                start += std::mem::replace(count, start);
            }
            for &item in &self.items {
                let slot = &mut next[T::digit(item, shift, width)];
                self.spare[*slot] = item;
                *slot += 1;
            }
            std::mem::swap(&mut self.items, &mut self.spare);
        }
        &self.items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: Real>(values: &[T]) {
        let mut ranking = Ranking::new();
        let sorted: Vec<_> = ranking.sort(values.iter().copied()).iter().map(|&r| T::position(r)).collect();
        let mut expected: Vec<usize> = (0..values.len()).collect();
        expected.sort_by(|&a, &b| values[a].partial_cmp(&values[b]).unwrap_or(std::cmp::Ordering::Equal));
        assert_eq!(sorted, expected);
        assert!(ranking.items.iter().all(|&r| T::unranked(r) == values[T::position(r)]));
    }

    #[test]
    fn agrees_with_a_stable_comparison_sort() {
        let mut state = 1_u64;
        let values: Vec<f64> = (0..5000)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                ((state >> 40) as f64 - 8e6).powi(3) * if state.is_multiple_of(8) { 0.0 } else { 1e-9 }
            })
            .collect();
        check(&values);
        check(&values.iter().map(|&value| (value / 64.0).round() as f32).collect::<Vec<_>>());
        check(&[0.0, -0.0, f64::INFINITY, -1.0, f64::NEG_INFINITY, 5e-324, 0.0]);
        check::<f32>(&[]);
    }
}

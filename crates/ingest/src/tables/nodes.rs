//! The segments and nuclei that connections are looked for between.

use std::collections::HashMap;

/// Bits of the first sieve for every id; about one foreign id in so many passes it.
const BITS_AN_ID: usize = 64;

/// Segments and nuclei, numbered together: segments first.
#[derive(Clone, Debug)]
pub(super) struct Nodes {
    roots: Ids,
    nuclei: Ids,
}

/// A segment or nucleus, by its number among [`Nodes`].
pub(super) type Node = u32;

impl Nodes {
    pub(super) fn new(roots: impl IntoIterator<Item = i64>, nuclei: impl IntoIterator<Item = i64>) -> Self {
        let roots = Ids::new(0, roots);
        let nuclei = Ids::new(roots.numbers.len() as u32, nuclei);
        Self { roots, nuclei }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.roots.numbers.len() + self.nuclei.numbers.len()
    }

    /// Whether this one is a nucleus.
    pub(super) fn is_nucleus(&self, node: Node) -> bool {
        node as usize >= self.roots.numbers.len()
    }

    /// Whether a segment may be among them; false for most that are not.
    #[inline]
    pub(super) fn may_hold_root(&self, id: i64) -> bool {
        self.roots.may_hold(id)
    }

    /// The segment of this id; never 0.
    pub(super) fn root(&self, id: i64) -> Option<Node> {
        self.roots.find(id)
    }

    /// The nucleus of this id; never 0.
    pub(super) fn nucleus(&self, id: i64) -> Option<Node> {
        self.nuclei.find(id)
    }
}

/// A set of ids that tells most foreign ones by a bit.
#[derive(Clone, Debug)]
struct Ids {
    numbers: HashMap<i64, u32>,
    bits: Vec<u64>,
    shift: u32,
}

impl Ids {
    fn new(first: u32, ids: impl IntoIterator<Item = i64>) -> Self {
        let mut numbers = HashMap::new();
        for id in ids.into_iter().filter(|&id| id != 0) {
            let next = first + numbers.len() as u32;
            numbers.entry(id).or_insert(next);
        }
        let size = (numbers.len() * BITS_AN_ID).next_power_of_two().max(64);
        let mut this = Self { numbers, bits: vec![0; size / 64], shift: 64 - size.trailing_zeros() };
        let places: Vec<usize> = this.numbers.keys().map(|&id| this.place(id)).collect();
        for place in places {
            this.bits[place / 64] |= 1 << (place % 64);
        }
        this
    }

    #[inline]
    fn find(&self, id: i64) -> Option<u32> {
        if self.may_hold(id) { self.numbers.get(&id).copied() } else { None }
    }

    #[inline]
    fn may_hold(&self, id: i64) -> bool {
        let place = self.place(id);
        self.bits[place / 64] >> (place % 64) & 1 == 1
    }

    /// Fibonacci hashing: the highest bits of the product with 2^64 over the golden ratio.
    #[inline]
    fn place(&self, id: i64) -> usize {
        ((id as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_and_foreign_ones_are_not() {
        let roots: Vec<i64> = (0..700).map(|index| 864_691_135_000_000_000 + 7919 * index).collect();
        let nodes = Nodes::new(roots.iter().copied().chain([0, roots[3]]), [5, 6, 0]);
        assert_eq!(nodes.len(), 702);
        for (number, &root) in roots.iter().enumerate() {
            assert_eq!(nodes.root(root), Some(number as u32));
            assert_eq!(nodes.root(root + 1), None);
        }
        assert_eq!((nodes.root(0), nodes.nucleus(0)), (None, None));
        assert_eq!((nodes.nucleus(6), nodes.nucleus(7), nodes.root(6)), (Some(701), None, None));
        assert_eq!(Nodes::new([], []).root(1), None);
    }
}

/// Bits of one machine word.
const WORD_BITS: usize = u64::BITS as usize;

/// A symmetric binary matrix with one bit an entry; the diagonal may be set.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct BitMatrix {
    nodes: usize,
    words_per_row: usize,
    words: Vec<u64>,
}

impl BitMatrix {
    /// An all-zero matrix of `nodes` rows.
    pub(crate) fn empty(nodes: usize) -> Self {
        let words_per_row = nodes.div_ceil(WORD_BITS);
        Self { nodes, words_per_row, words: vec![0; nodes * words_per_row] }
    }

    pub(crate) fn nodes(&self) -> usize {
        self.nodes
    }

    pub(crate) fn words_per_row(&self) -> usize {
        self.words_per_row
    }

    /// The row of `node`; empty where there is no such node.
    pub(crate) fn row(&self, node: usize) -> &[u64] {
        let start = node.saturating_mul(self.words_per_row);
        self.words.get(start..start.saturating_add(self.words_per_row)).unwrap_or(&[])
    }

    pub(crate) fn get(&self, row: usize, column: usize) -> bool {
        self.row(row).get(column / WORD_BITS).is_some_and(|word| word >> (column % WORD_BITS) & 1 == 1)
    }

    /// Sets the entry and its mirror image.
    pub(crate) fn set(&mut self, row: usize, column: usize) {
        self.words[row * self.words_per_row + column / WORD_BITS] |= 1 << (column % WORD_BITS);
        self.words[column * self.words_per_row + row / WORD_BITS] |= 1 << (row % WORD_BITS);
    }

    /// Clears the entry and its mirror image.
    pub(crate) fn clear(&mut self, row: usize, column: usize) {
        self.words[row * self.words_per_row + column / WORD_BITS] &= !(1 << (column % WORD_BITS));
        self.words[column * self.words_per_row + row / WORD_BITS] &= !(1 << (row % WORD_BITS));
    }
}

/// How many bits are set.
pub(crate) fn count(words: &[u64]) -> usize {
    words.iter().map(|word| word.count_ones() as usize).sum()
}

/// How many bits are set in both.
pub(crate) fn count_common(first: &[u64], second: &[u64]) -> usize {
    first.iter().zip(second).map(|(first, second)| (first & second).count_ones() as usize).sum()
}

/// The indexes of the set bits, ascending.
pub(crate) fn ones(words: &[u64]) -> impl Iterator<Item = usize> {
    words.iter().enumerate().flat_map(|(index, &word)| {
        std::iter::successors((word != 0).then_some(word), |rest| {
            Some(rest & (rest - 1)).filter(|&rest| rest != 0)
        })
        .map(move |rest| index * WORD_BITS + rest.trailing_zeros() as usize)
    })
}

/// Sets one bit.
pub(crate) fn insert(words: &mut [u64], index: usize) {
    words[index / WORD_BITS] |= 1 << (index % WORD_BITS);
}

/// Clears one bit.
pub(crate) fn remove(words: &mut [u64], index: usize) {
    words[index / WORD_BITS] &= !(1 << (index % WORD_BITS));
}

/// Whether one bit is set.
pub(crate) fn contains(words: &[u64], index: usize) -> bool {
    words[index / WORD_BITS] >> (index % WORD_BITS) & 1 == 1
}

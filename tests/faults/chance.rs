//! Moments and places by chance, the same for the same seed.

/// A stream of random numbers: SplitMix64.
pub(crate) struct Chance(u64);

impl Chance {
    /// A stream that a seed and a name determine.
    pub(crate) fn new(seed: u64, name: &str) -> Self {
        let hash = blake3::hash(format!("{seed} {name}").as_bytes());
        Self(u64::from_le_bytes(*hash.as_bytes().first_chunk().unwrap()))
    }

    /// A number from 0 up to, but without, `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    /// A part of a whole: from 0 up to, but without, 1.
    pub(crate) fn part(&mut self) -> f64 {
        self.below(1 << 30) as f64 / f64::from(1 << 30)
    }
}

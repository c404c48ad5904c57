use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Opens the random stream that a study's `seed` and a `name` determine.
///
/// Streams of different names are independent, and none depends on which others are drawn from,
/// on their order or on threads. A name is a path of words: `["trials", "go-nogo", "3"]`.
///
/// The generator is ChaCha8, keyed with BLAKE3 of the seed and the name's words.
pub fn stream(seed: u64, name: &[&str]) -> ChaCha8Rng {
    let mut hasher = blake3::Hasher::new_derive_key("lamina 2026 random stream");
    hasher.update(&seed.to_le_bytes());
    for word in name {
        hasher.update(&(word.len() as u64).to_le_bytes());
        hasher.update(word.as_bytes());
    }
    ChaCha8Rng::from_seed(*hasher.finalize().as_bytes())
}

#[cfg(test)]
mod tests {
    use rand::RngCore;

    use super::*;

    #[test]
    fn streams_depend_on_every_word_and_its_boundaries() {
        let first = |seed, name: &[&str]| stream(seed, name).next_u64();
        assert_eq!(first(1, &["a", "b"]), first(1, &["a", "b"]));
        assert_ne!(first(1, &["a", "b"]), first(2, &["a", "b"]));
        assert_ne!(first(1, &["a", "b"]), first(1, &["ab"]));
        assert_ne!(first(1, &["a", "b"]), first(1, &["b", "a"]));
    }
}

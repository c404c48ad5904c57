/// How values become colours: always from white, which is zero or least, so that dark pages can turn it over.
pub(crate) enum Scale {
    /// From 0 or `low` to `high`.
    Sequential { low: f64, high: f64 },
    /// From −`limit` over white to `limit`; what lies beyond is as dark as the end.
    Diverging { limit: f64 },
    /// Seven steps a sign, from 10^`low` to 10^`high`; zero and what is smaller is white. `signed` if there are negative
    /// values.
    Logarithmic { low: f64, high: f64, signed: bool },
}

/// Steps of a sign.
const STEPS: usize = 7;

/// White, then ever darker blue, to the last but one; the last is not used.
const BLUE: [[u8; 3]; STEPS + 1] = [
    [255, 255, 255],
    [222, 235, 247],
    [188, 215, 238],
    [142, 190, 224],
    [91, 160, 208],
    [45, 124, 184],
    [13, 86, 148],
    [4, 47, 96],
];

/// The same in orange and brown.
const ORANGE: [[u8; 3]; STEPS] = [
    [253, 232, 211],
    [250, 205, 163],
    [243, 170, 108],
    [226, 132, 59],
    [196, 96, 22],
    [148, 66, 10],
    [94, 39, 5],
];

/// All colours: white, seven of blue, seven of orange.
pub(crate) fn palette() -> Vec<[u8; 3]> {
    BLUE.into_iter().chain(ORANGE).collect()
}

impl Scale {
    /// That of recurrent weights, initial and trained: smaller ones are not told apart.
    pub(crate) const WEIGHTS: Self = Self::Logarithmic { low: -5.0, high: 0.0, signed: true };

    /// What that of recurrent weights is, in words.
    pub(crate) const WEIGHTS_IN_WORDS: &str = "seven steps from 10⁻⁵ to 1 for either sign (blue positive, orange negative), and what is \
         smaller in the colour of zero";

    /// Index of a value's colour in [`palette`].
    pub(crate) fn colour(&self, value: f64) -> u8 {
        let (share, negative) = match *self {
            Self::Sequential { low, high } => ((value - low) / (high - low), false),
            Self::Diverging { limit } => (value.abs() / limit, value < 0.0),
            Self::Logarithmic { low, high, .. } => ((value.abs().log10() - low) / (high - low), value < 0.0),
        };
        // A scale of no extent has white alone; in a logarithmic one the first step begins at its low end.
        let step = match self {
            Self::Logarithmic { .. } if share >= 0.0 => 1.0 + (share * STEPS as f64).floor(),
            Self::Logarithmic { .. } => 0.0,
            _ => (share * STEPS as f64).round(),
        };
        let step = if step.is_finite() { step.clamp(0.0, STEPS as f64) as u8 } else { 0 };
        if negative && step > 0 { STEPS as u8 + step } else { step }
    }

    /// The colours from the low to the high end, as hexadecimal.
    pub(crate) fn ramp(&self) -> Vec<String> {
        let blue = BLUE.iter();
        let colours: Vec<[u8; 3]> = match self {
            Self::Sequential { .. } | Self::Logarithmic { signed: false, .. } => blue.copied().collect(),
            _ => ORANGE.iter().rev().chain(blue).copied().collect(),
        };
        colours.into_iter().map(|[r, g, b]| format!("#{r:02x}{g:02x}{b:02x}")).collect()
    }

    /// Labels of the low end, the middle where it differs, and the high end.
    pub(crate) fn labels(&self) -> [String; 3] {
        match *self {
            Self::Sequential { low, high } => [short(low), String::new(), short(high)],
            Self::Diverging { limit } => [format!("−{}", short(limit)), "0".to_owned(), short(limit)],
            Self::Logarithmic { low, high, signed: false } => [power(low), String::new(), power(high)],
            Self::Logarithmic { high, .. } => [format!("−{}", power(high)), "0".to_owned(), power(high)],
        }
    }
}

/// A number of two significant digits.
pub(crate) fn short(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude == 0.0 {
        return "0".to_owned();
    }
    if !(1e-3..1e5).contains(&magnitude) {
        return power(magnitude.log10().round());
    }
    let decimals = (1.0 - magnitude.log10().floor()).clamp(0.0, 5.0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A power of ten.
pub(crate) fn power(exponent: f64) -> String {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let exponent = exponent as i32;
    if exponent == 0 {
        return "1".to_owned();
    }
    let digits = exponent.abs().to_string();
    let digits: String = digits.bytes().map(|digit| RAISED[usize::from(digit - b'0')]).collect();
    format!("10{}{digits}", if exponent < 0 { "⁻" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_get_the_colour_of_their_size_and_sign() {
        let scale = Scale::Diverging { limit: 0.5 };
        assert_eq!([0.0, 0.5, 9.0, -0.5].map(|value| scale.colour(value)), [0, 7, 7, 14]);
        let scale = Scale::Logarithmic { low: -5.0, high: 0.0, signed: true };
        assert_eq!([0.0, 1e-6, 1e-5, 1.0, -1.0].map(|value| scale.colour(value)), [0, 0, 1, 7, 14]);
        let scale = Scale::Sequential { low: 2.0, high: 2.0 };
        assert_eq!(scale.colour(2.0), 0);
        assert_eq!(palette().len(), 15);
        assert_eq!([short(0.0124), short(6.6), short(312.4), power(-5.0)], ["0.012", "6.6", "312", "10⁻⁵"]);
    }
}

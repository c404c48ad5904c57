/// A linear map from values to pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    pub(crate) domain: [f64; 2],
    pub(crate) range: [f64; 2],
}

impl Scale {
    /// The pixel of a value; the middle where the domain is a single value.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let [low, high] = self.domain;
        let [from, to] = self.range;
        if high > low { from + (value - low) / (high - low) * (to - from) } else { f64::midpoint(from, to) }
    }

    /// Round values in the domain, about `count` of them, and the decimals that tell them apart.
    pub(crate) fn ticks(&self, count: usize) -> (Vec<f64>, usize) {
        let [low, high] = self.domain;
        let rough = (high - low) / count.max(1) as f64;
        if !(rough.is_finite() && rough > 0.0) {
            return (vec![low], 3);
        }
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0]
            .into_iter()
            .map(|factor| factor * power)
            .find(|&step| step >= rough * 0.999)
            .unwrap_or(10.0 * power);
        let decimals = (-(step.log10() + 1e-9).floor()).max(0.0) as usize;
        let (first, last) = ((low / step - 1e-9).ceil() as i64, (high / step + 1e-9).floor() as i64);
        ((first..=last).map(|index| index as f64 * step).collect(), decimals)
    }
}

/// The smallest and largest of some values, widened by a fraction of their distance; a single value gets a
/// neighbourhood.
pub(crate) fn extent(values: impl Iterator<Item = f64>, padding: f64) -> Option<[f64; 2]> {
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return None;
    }
    let width = high - low;
    let padding = if width > 0.0 { width * padding } else { (low.abs() * 0.05).max(0.01) };
    Some([low - padding, high + padding])
}

/// The largest of 1, 2, 5, 10, 20 … and of their tenths that is not above a positive value.
pub(crate) fn round_below(value: f64) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    [5.0, 2.0, 1.0].into_iter().map(|factor| factor * power).find(|&round| round <= value).unwrap_or(power)
}

/// Writes a pixel coordinate to a tenth.
pub(crate) fn px(value: f64) -> String {
    let tenths = (value * 10.0).round() as i64;
    let (whole, rest) = (tenths / 10, (tenths % 10).abs());
    let sign = if tenths < 0 && whole == 0 { "-" } else { "" };
    if rest == 0 { format!("{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// The path of dots at some places, to be stroked with round ends: a fifth as long as circles.
pub(crate) fn dots(places: impl Iterator<Item = [f64; 2]>) -> String {
    places.map(|[x, y]| format!("M{} {}h0", px(x), px(y))).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_lie_in_the_domain() {
        let scale = Scale { domain: [0.08, 0.131], range: [0.0, 100.0] };
        assert_eq!(scale.ticks(4).1, 2);
        assert!(scale.ticks(4).0.iter().all(|tick| (0.08 - 1e-9..=0.131).contains(tick)));
        assert_eq!(scale.ticks(4).0.len(), 3);
        assert_eq!(Scale { domain: [1.0, 1.0], range: [0.0, 10.0] }.at(1.0), 5.0);
    }

    #[test]
    fn lengths_of_bars_are_round() {
        assert_eq!([1.0, 4.9, 5.0, 330.0, 0.3].map(round_below), [1.0, 2.0, 5.0, 200.0, 0.2]);
    }

    #[test]
    fn pixels_have_one_decimal_at_most() {
        assert_eq!([px(3.0), px(-0.04), px(-0.26), px(12.34)], ["3", "0", "-0.3", "12.3"]);
    }
}

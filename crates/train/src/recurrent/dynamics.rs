use candle_core::{Result, Tensor};
use cortex::Activation;

/// How states follow drives: `h_t = (1 − α) h_{t−1} + α f(z_t)` with `α = Δt / τ`.
///
/// This is the Euler step of `τ dh/dt = −h + f(z)`, with the time step as `Δt`. α = 1 is the study's update, without
/// a leak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dynamics {
    /// f.
    pub activation: Activation,
    /// α, above 0 and at most 1.
    pub rate: f32,
}

impl Default for Dynamics {
    /// The study's: relu without a leak.
    fn default() -> Self {
        Self { activation: Activation::Relu, rate: 1.0 }
    }
}

impl Dynamics {
    /// The dynamics with a time constant of `time_constant_steps`, at least 1.
    pub fn new(activation: Activation, time_constant_steps: f64) -> Self {
        Self { activation, rate: time_constant_steps.recip() as f32 }
    }

    /// Whether something of the previous state stays.
    pub(super) fn is_leaky(self) -> bool {
        self.rate != 1.0
    }

    /// The next state, by candle operations.
    pub(super) fn update(self, state: Option<&Tensor>, drive: &Tensor) -> Result<Tensor> {
        let rates = match self.activation {
            Activation::Relu => drive.relu()?,
            Activation::Tanh => drive.tanh()?,
        };
        if !self.is_leaky() {
            return Ok(rates);
        }
        let rate = f64::from(self.rate);
        let moved = (rates * rate)?;
        match state {
            Some(state) => moved + (state * (1.0 - rate))?,
            None => Ok(moved),
        }
    }

    /// Turns drives into rates, in place; NaN stays NaN, so that it is seen as divergence.
    pub(super) fn activate(self, drives: &mut [f32]) {
        match self.activation {
            // Not f32::max, which would turn a NaN into 0.
            Activation::Relu => drives.iter_mut().for_each(|z| *z = if *z < 0.0 { 0.0 } else { *z }),
            Activation::Tanh => drives.iter_mut().for_each(|z| *z = tanh(*z)),
        }
    }

    /// Turns gradients of states into gradients of drives: `dL/dz = dL/dh · α f′(z)`, with f′ from the rates.
    pub(super) fn through(self, drives: &mut [f32], states: &[f32], rates: &[f32]) {
        let places = drives.iter_mut().zip(states).zip(rates);
        match self.activation {
            // By a mask, as which rates are 0 cannot be predicted, and a product with 0 would turn infinity into NaN.
            Activation::Relu => places.for_each(|((drive, &state), &rate)| {
                let open = u32::from(rate > 0.0).wrapping_neg();
                *drive = f32::from_bits((self.rate * state).to_bits() & open);
            }),
            Activation::Tanh => places.for_each(|((drive, &state), &rate)| {
                *drive = self.rate * state * (1.0 - rate * rate);
            }),
        }
    }
}

/// The hyperbolic tangent, by a polynomial near 0 and as `1 − 2 / (e^{2|x|} + 1)` elsewhere: within 1.2e-7 of the
/// exact one. Unlike the standard library's, a loop of it computes several at a time.
///
/// Source: `tanhf` and `expf` of Moshier's Cephes library.
fn tanh(x: f32) -> f32 {
    const NEAR_ZERO: [f32; 5] = [-5.704_988_7e-3, 2.063_909e-2, -5.373_971_6e-2, 0.133_314_43, -0.333_332_8];
    let size = x.abs();
    let square = x * x;
    let near = x + x * square * polynomial(&NEAR_ZERO, square);
    let far = (1.0 - 2.0 / (exponential(2.0 * size) + 1.0)).copysign(x);
    if size < 0.625 { near } else { far }
}

/// `e^x` for x from 0; beyond 20, where tanh is 1 in f32, that of 20.
fn exponential(x: f32) -> f32 {
    const SERIES: [f32; 6] =
        [1.987_569_1e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5];
    /// Adding it rounds to an integer, which then stands in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    /// ln 2 in two parts, of which the first has few digits.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    // Not f32::min, through which a NaN would be lost.
    let x = if x > 20.0 { 20.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let power = shifted - ROUND;
    let rest = x - power * LN_2[0] - power * LN_2[1];
    let value = polynomial(&SERIES, rest) * rest * rest + rest + 1.0;
    value * f32::from_bits((shifted.to_bits() << 23).wrapping_add(1.0_f32.to_bits()))
}

/// Highest power first.
fn polynomial<const N: usize>(coefficients: &[f32; N], x: f32) -> f32 {
    coefficients.iter().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

#[cfg(test)]
mod tests {
    use super::tanh;

    #[test]
    fn tanh_is_that_of_double_precision() {
        let largest = (-120_000..=120_000)
            .map(|place| place as f32 * 1e-4)
            .map(|x| (f64::from(tanh(x)) - f64::from(x).tanh()).abs())
            .fold(0.0, f64::max);
        assert!(largest < 1.2e-7, "{largest:e}");
        let relative = (1..1000).map(|place| place as f32 * 1e-6);
        assert!(relative.into_iter().all(|x| (tanh(x) / x - 1.0).abs() < 1e-6));
        assert_eq!((tanh(f32::INFINITY), tanh(-0.0)), (tanh(100.0), 0.0));
        assert!(tanh(f32::NAN).is_nan());
    }
}

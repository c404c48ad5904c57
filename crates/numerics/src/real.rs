//! The two number types.

use std::fmt::Display;

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// A real number type of this crate: `f32` or `f64`.
pub trait Real: faer::traits::RealField + Copy + Display + sealed::Sealed {
    /// Largest norms at which the polynomials of degree 1, 2, 4, 8, 12, 16 and 24 reach the unit roundoff
    /// (2⁻²⁴ for f32, 2⁻⁵³ for f64) as a relative backward error: the `θ` with `Σ_k |c_k| θ^(k−1) = u`, `c_k` the series
    /// of `log(e^-x T(x))`, rounded down.
    ///
    /// Source: Al-Mohy & Higham 2009, SIAM J. Matrix Anal. Appl. 31:970 (the criterion).
    #[doc(hidden)]
    const TAYLOR_NORMS: [f64; 7];

    /// Whether exponentials that would lose digits in this type are computed in f64.
    #[doc(hidden)]
    const NARROW: bool;

    /// A number with its position, as one integer that sorts as the number does, ties by position.
    #[doc(hidden)]
    type Ranked: Copy + std::fmt::Debug;

    /// Bits of a [`Real::Ranked`] above those of the position.
    #[doc(hidden)]
    const RANKED_BITS: u32;

    /// Rounds `value` to this type.
    fn from_f64(value: f64) -> Self;

    /// Widens to f64, exactly.
    fn to_f64(self) -> f64;

    /// The absolute value.
    #[must_use]
    fn magnitude(self) -> Self;

    /// −1, 0 or 1; 0 for both zeros, as TensorFlow differentiates |x| there.
    #[must_use]
    fn sign(self) -> Self {
        let zero = Self::from_f64(0.0);
        if self > zero {
            Self::from_f64(1.0)
        } else if self < zero {
            Self::from_f64(-1.0)
        } else {
            zero
        }
    }

    #[doc(hidden)]
    fn ranked(self, position: u32) -> Self::Ranked;

    /// `width` bits of the number's order, from bit `shift`.
    #[doc(hidden)]
    fn digit(ranked: Self::Ranked, shift: u32, width: u32) -> usize;

    #[doc(hidden)]
    fn position(ranked: Self::Ranked) -> usize;

    #[doc(hidden)]
    fn unranked(ranked: Self::Ranked) -> Self;
}

// Flipping the sign bit of positive numbers and all bits of negative ones orders IEEE 754 numbers as
// unsigned integers. Adding 0 first makes both zeros equal.
macro_rules! real {
    ($real:ty, $bits:ty, $ranked:ty, $narrow:expr, $norms:expr) => {
        impl Real for $real {
            const TAYLOR_NORMS: [f64; 7] = $norms;

            const NARROW: bool = $narrow;

            type Ranked = $ranked;

            const RANKED_BITS: u32 = <$bits>::BITS;

            #[inline]
            fn from_f64(value: f64) -> Self {
                value as Self
            }

            #[inline]
            fn to_f64(self) -> f64 {
                self.into()
            }

            #[inline]
            fn magnitude(self) -> Self {
                self.abs()
            }

            #[inline]
            fn ranked(self, position: u32) -> $ranked {
                const SIGN: $bits = 1 << (<$bits>::BITS - 1);
                let bits = (self + 0.0).to_bits();
                let order = if bits & SIGN == 0 { bits | SIGN } else { !bits };
                <$ranked>::from(order) << 32 | <$ranked>::from(position)
            }

            #[inline]
            fn digit(ranked: $ranked, shift: u32, width: u32) -> usize {
                (ranked >> (32 + shift)) as usize & ((1 << width) - 1)
            }

            #[inline]
            fn position(ranked: $ranked) -> usize {
                ranked as u32 as usize
            }

            #[inline]
            fn unranked(ranked: $ranked) -> Self {
                const SIGN: $bits = 1 << (<$bits>::BITS - 1);
                let order = (ranked >> 32) as $bits;
                Self::from_bits(if order & SIGN == 0 { !order } else { order ^ SIGN })
            }
        }
    };
}

real!(f32, u32, u64, true, [1.192e-7, 5.978e-4, 5.116e-2, 5.800e-1, 1.461, 2.346, 3.949]);
real!(f64, u64, u128, false, [2.220e-16, 2.580e-8, 3.397e-4, 4.991e-2, 2.996e-1, 6.764e-1, 1.682]);

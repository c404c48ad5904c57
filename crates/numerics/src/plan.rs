//! Which polynomial to evaluate, and how many squarings to follow it with.

use faer::{Accum, Mat};

use crate::{
    Real,
    growth::Growth,
    matrix::{multiply, norms, scale},
    schemes::{SCHEMES, Scheme},
    workspace::Workspace,
};

/// Norm above which a matrix is scaled before it is raised to powers, so that they do not overflow.
const LARGEST_RAISED: f64 = 1024.0;

/// A polynomial and the number of squarings after it.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) scheme: &'static Scheme,
    pub(crate) squarings: u32,
}

impl Plan {
    /// The plan for all matrices of a norm.
    pub(crate) fn for_norm<T: Real>(norm: f64) -> Self {
        match T::TAYLOR_NORMS.iter().position(|&bound| norm <= bound) {
            Some(index) => Self { scheme: &SCHEMES[index], squarings: 0 },
            None => Self::squaring::<T>(norm),
        }
    }

    /// The cheapest plan for one finite matrix, which it divides by `2^squarings`.
    ///
    /// `powers` holds the matrix, of which `growth` knows the norms, and then also its square and cube, as far as the
    /// choice had to know them and the chosen polynomial begins with them. The truncation error only depends on powers beyond the terms that are
    /// exact, and their norms are bounded by those of the square and the cube.
    ///
    /// Source: Al-Mohy & Higham 2009, SIAM J. Matrix Anal. Appl. 31:970, Theorem 4.2.
    pub(crate) fn choose<T: Real>(
        powers: &mut Vec<Mat<T>>,
        mut growth: Growth,
        buffers: &mut Workspace<T>,
    ) -> (Self, Growth) {
        let norm = growth.norm();
        let plan = Self::for_norm::<T>(norm);
        if plan.scheme.products.len() <= 2 {
            return (plan, growth);
        }
        let before = halvings(norm, LARGEST_RAISED);
        if before > 0 {
            scale(&mut powers[0], before);
            growth = Growth::of(norms(powers[0].as_ref()));
        }
        for power in [2, 3] {
            // No polynomial that begins with the cube takes fewer products.
            if power == 3 && plan.squarings == 0 && plan.scheme.products.len() <= 4 {
                return (plan, growth);
            }
            raise(powers, buffers);
            growth.append(norms(powers[power - 1].as_ref()));
            for (scheme, &bound) in SCHEMES.iter().zip(&T::TAYLOR_NORMS) {
                let begins = scheme.products.iter().take_while(|product| product.is_power()).count() + 1;
                if begins >= power && scheme.products.len() > 2 && growth.rate(scheme.exact) <= bound {
                    return (Self { scheme, squarings: before }, growth);
                }
            }
        }
        let last = Self::squaring::<T>(growth.rate(SCHEMES[SCHEMES.len() - 1].exact));
        for (index, power) in powers.iter_mut().enumerate() {
            scale(power, last.squarings * (index as u32 + 1));
        }
        (Self { squarings: before + last.squarings, ..last }, growth)
    }

    /// The last polynomial after as many halvings as a norm beyond its bound asks for.
    fn squaring<T: Real>(norm: f64) -> Self {
        let last = SCHEMES.len() - 1;
        Self { scheme: &SCHEMES[last], squarings: halvings(norm, T::TAYLOR_NORMS[last]) }
    }
}

/// How often `norm` has to be halved to fall to `bound`.
fn halvings(norm: f64, bound: f64) -> u32 {
    (norm / bound).log2().ceil().max(0.0) as u32
}

/// Appends the next power of the first.
fn raise<T: Real>(powers: &mut Vec<Mat<T>>, buffers: &mut Workspace<T>) {
    let mut next = buffers.take(powers[0].nrows());
    multiply(&mut next, Accum::Replace, powers[powers.len() - 1].as_ref(), powers[0].as_ref());
    powers.push(next);
}

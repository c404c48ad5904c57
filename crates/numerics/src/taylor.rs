//! Evaluation of a Taylor scheme at a matrix, and the adjoint of its derivative.

use faer::{Accum, Mat, MatRef};

use crate::{
    Real,
    combination::{Sum, combine},
    matrix::{Columns, contiguous, multiply},
    schemes::{Product, Scheme},
    workspace::Workspace,
};

/// One side of a product.
#[derive(Clone, Debug)]
enum Factor<T> {
    /// `X_k` itself.
    Node(usize),
    /// A combination of several.
    Combination(Mat<T>),
}

/// A polynomial evaluated at a matrix, with the factors of its products.
#[derive(Clone)]
pub(crate) struct Polynomial<T> {
    scheme: &'static Scheme,
    /// `X_0, X_1, …`
    nodes: Vec<Mat<T>>,
    /// The second is absent where a combination is squared.
    factors: Vec<(Factor<T>, Option<Factor<T>>)>,
}

impl<T: Real> Polynomial<T> {
    /// Evaluates `scheme` at the first of `powers`, `A, A², A³`, of which those are given that are already known and
    /// that the scheme begins with; returns the record and the value.
    pub(crate) fn evaluate(
        scheme: &'static Scheme,
        powers: Vec<Mat<T>>,
        buffers: &mut Workspace<T>,
    ) -> (Self, Mat<T>) {
        let (size, known) = (powers[0].nrows(), powers.len() - 1);
        let mut this = Self { scheme, nodes: powers, factors: Vec::new() };
        let mut value = buffers.take(size);
        for (index, product) in scheme.products.iter().enumerate() {
            let last = index + 1 == scheme.products.len();
            let (left, right) = this.product_factors(product, last.then_some(&mut value), buffers);
            let (first, second) = (this.resolve(&left), this.resolve(right.as_ref().unwrap_or(&left)));
            if last && scheme.adds_last_product() {
                multiply(&mut value, Accum::Add, first, second);
            } else if index >= known {
                let mut node = buffers.take(size);
                multiply(&mut node, Accum::Replace, first, second);
                this.nodes.push(node);
            }
            this.factors.push((left, right));
        }
        if !scheme.adds_last_product() {
            combine(&mut [this.sum(&mut value, scheme.value)]);
        }
        for k in 0..size {
            value[(k, k)] += T::from_f64(1.0);
        }
        (this, value)
    }

    /// The matrix that the polynomial was evaluated at.
    pub(crate) fn argument(&self) -> &Mat<T> {
        &self.nodes[0]
    }

    /// Turns the adjoint of the value into that of the argument, in twice the products of the evaluation.
    ///
    /// The adjoint of `X_k` is one combination of the adjoints of all factors that `X_k` enters.
    pub(crate) fn adjoint(&self, value_adjoint: Columns<'_, T>, buffers: &mut Workspace<T>) -> Mat<T> {
        let size = value_adjoint.nrows();
        let mut gathered: Vec<(&'static [f64], Mat<T>)> = Vec::new();
        for (index, (product, (left, right))) in
            self.scheme.products.iter().zip(&self.factors).enumerate().rev()
        {
            let added = index + 1 == self.scheme.products.len() && self.scheme.adds_last_product();
            let node =
                (!added).then(|| gather(index + 1, self.scheme.value, value_adjoint, &gathered, buffers));
            let adjoint = node.as_ref().map_or(value_adjoint.as_dyn_stride(), Mat::as_ref);
            let left = self.resolve(left);
            let mut left_adjoint = buffers.take(size);
            if let Some(right) = right {
                multiply(&mut left_adjoint, Accum::Replace, adjoint, self.resolve(right).transpose());
                let mut right_adjoint = buffers.take(size);
                multiply(&mut right_adjoint, Accum::Replace, left.transpose(), adjoint);
                gathered.push((product.right, right_adjoint));
            } else {
                multiply(&mut left_adjoint, Accum::Replace, adjoint, left.transpose());
                multiply(&mut left_adjoint, Accum::Add, left.transpose(), adjoint);
            }
            gathered.push((product.left, left_adjoint));
            if let Some(node) = node {
                buffers.give(node);
            }
        }
        let argument = gather(0, self.scheme.value, value_adjoint, &gathered, buffers);
        for (_, matrix) in gathered {
            buffers.give(matrix);
        }
        argument
    }

    /// Gives the matrices of the record back.
    pub(crate) fn recycle(self, buffers: &mut Workspace<T>) {
        self.nodes.into_iter().for_each(|node| buffers.give(node));
        for (left, right) in self.factors {
            for factor in [Some(left), right] {
                if let Some(Factor::Combination(matrix)) = factor {
                    buffers.give(matrix);
                }
            }
        }
    }

    /// Both sides of a product; the right one is absent where a combination is squared. On the same way through the
    /// nodes, `value` gets all its terms but the product itself.
    fn product_factors(
        &self,
        product: &Product,
        value: Option<&mut Mat<T>>,
        buffers: &mut Workspace<T>,
    ) -> (Factor<T>, Option<Factor<T>>) {
        let mut begin = |coefficients: &[f64]| match coefficients.split_last() {
            Some((1.0, others)) if others.iter().all(|&coefficient| coefficient == 0.0) => {
                Factor::Node(others.len())
            }
            _ => Factor::Combination(buffers.take(self.nodes[0].nrows())),
        };
        let mut left = begin(product.left);
        let mut right = (product.left != product.right).then(|| begin(product.right));
        let mut sums = Vec::new();
        if let Factor::Combination(target) = &mut left {
            sums.push(self.sum(target, product.left));
        }
        if let Some(Factor::Combination(target)) = &mut right {
            sums.push(self.sum(target, product.right));
        }
        if let Some(target) = value {
            sums.push(self.sum(target, self.scheme.value));
        }
        combine(&mut sums);
        (left, right)
    }

    fn resolve<'a>(&'a self, factor: &'a Factor<T>) -> MatRef<'a, T> {
        match factor {
            Factor::Node(index) => self.nodes[*index].as_ref(),
            Factor::Combination(matrix) => matrix.as_ref(),
        }
    }

    fn sum<'a>(&'a self, target: &'a mut Mat<T>, coefficients: &[f64]) -> Sum<'a, T> {
        Sum::new(target, coefficients.iter().copied().zip(self.nodes.iter().map(contiguous)))
    }
}

fn gather<T: Real>(
    node: usize,
    value: &[f64],
    value_adjoint: Columns<'_, T>,
    gathered: &[(&'static [f64], Mat<T>)],
    buffers: &mut Workspace<T>,
) -> Mat<T> {
    let of = |coefficients: &[f64]| coefficients.get(node).copied().unwrap_or(0.0);
    let gathered = gathered.iter().map(|(coefficients, matrix)| (of(coefficients), contiguous(matrix)));
    let mut target = buffers.take(value_adjoint.nrows());
    combine(&mut [Sum::new(&mut target, gathered.chain([(of(value), value_adjoint)]))]);
    target
}

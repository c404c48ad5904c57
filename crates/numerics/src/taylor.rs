//! Evaluation of a Taylor scheme at a matrix, and the adjoint of its derivative.

use faer::{Accum, Mat, MatRef};

use crate::{Real, buffers::Buffers, matrix::multiply, schemes::Scheme};

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
    /// Evaluates `scheme` at `argument`; returns the record and the value.
    pub(crate) fn evaluate(
        scheme: &'static Scheme,
        argument: Mat<T>,
        buffers: &mut Buffers<T>,
    ) -> (Self, Mat<T>) {
        let size = argument.nrows();
        let mut this = Self { scheme, nodes: vec![argument], factors: Vec::new() };
        for product in scheme.products {
            let left = this.factor(product.left, buffers);
            let right = (product.left != product.right).then(|| this.factor(product.right, buffers));
            let mut node = buffers.take(size);
            let (first, second) = (this.resolve(&left), this.resolve(right.as_ref().unwrap_or(&left)));
            multiply(&mut node, Accum::Replace, first, second);
            this.nodes.push(node);
            this.factors.push((left, right));
        }
        let mut value = buffers.take(size);
        this.combine(&mut value, scheme.value);
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
    pub(crate) fn adjoint(&self, value_adjoint: MatRef<'_, T>, buffers: &mut Buffers<T>) -> Mat<T> {
        let size = value_adjoint.nrows();
        let mut gathered: Vec<(&'static [f64], Mat<T>)> = Vec::new();
        for (index, (product, (left, right))) in
            self.scheme.products.iter().zip(&self.factors).enumerate().rev()
        {
            let node = gather(index + 1, self.scheme.value, value_adjoint, &gathered, buffers);
            let left = self.resolve(left);
            let mut left_adjoint = buffers.take(size);
            if let Some(right) = right {
                multiply(&mut left_adjoint, Accum::Replace, node.as_ref(), self.resolve(right).transpose());
                let mut right_adjoint = buffers.take(size);
                multiply(&mut right_adjoint, Accum::Replace, left.transpose(), node.as_ref());
                gathered.push((product.right, right_adjoint));
            } else {
                multiply(&mut left_adjoint, Accum::Replace, node.as_ref(), left.transpose());
                multiply(&mut left_adjoint, Accum::Add, left.transpose(), node.as_ref());
            }
            gathered.push((product.left, left_adjoint));
            buffers.give(node);
        }
        let argument = gather(0, self.scheme.value, value_adjoint, &gathered, buffers);
        for (_, matrix) in gathered {
            buffers.give(matrix);
        }
        argument
    }

    /// Gives the matrices of the record back.
    pub(crate) fn recycle(self, buffers: &mut Buffers<T>) {
        self.nodes.into_iter().for_each(|node| buffers.give(node));
        for (left, right) in self.factors {
            for factor in [Some(left), right] {
                if let Some(Factor::Combination(matrix)) = factor {
                    buffers.give(matrix);
                }
            }
        }
    }

    fn factor(&self, coefficients: &[f64], buffers: &mut Buffers<T>) -> Factor<T> {
        match coefficients.split_last() {
            Some((1.0, others)) if others.iter().all(|&coefficient| coefficient == 0.0) => {
                Factor::Node(others.len())
            }
            _ => {
                let mut combination = buffers.take(self.nodes[0].nrows());
                self.combine(&mut combination, coefficients);
                Factor::Combination(combination)
            }
        }
    }

    fn resolve<'a>(&'a self, factor: &'a Factor<T>) -> MatRef<'a, T> {
        match factor {
            Factor::Node(index) => self.nodes[*index].as_ref(),
            Factor::Combination(matrix) => matrix.as_ref(),
        }
    }

    fn combine(&self, target: &mut Mat<T>, coefficients: &[f64]) {
        let terms = coefficients.iter().copied().zip(self.nodes.iter().map(Mat::as_ref));
        combination(target, terms);
    }
}

fn gather<T: Real>(
    node: usize,
    value: &[f64],
    value_adjoint: MatRef<'_, T>,
    gathered: &[(&'static [f64], Mat<T>)],
    buffers: &mut Buffers<T>,
) -> Mat<T> {
    let of = |coefficients: &[f64]| coefficients.get(node).copied().unwrap_or(0.0);
    let gathered = gathered.iter().map(|(coefficients, matrix)| (of(coefficients), matrix.as_ref()));
    let mut target = buffers.take(value_adjoint.nrows());
    combination(&mut target, gathered.chain([(of(value), value_adjoint)]));
    target
}

/// `target = Σ coefficient matrix`, a column at a time so that the sum stays in cache.
fn combination<'a, T: Real + 'a>(target: &mut Mat<T>, terms: impl Iterator<Item = (f64, MatRef<'a, T>)>) {
    let terms: Vec<_> = terms
        .filter(|(coefficient, _)| *coefficient != 0.0)
        .map(|(coefficient, matrix)| (T::from_f64(coefficient), matrix))
        .collect();
    for column in 0..target.ncols() {
        let sum = target.col_as_slice_mut(column);
        sum.fill(T::from_f64(0.0));
        for &(coefficient, matrix) in &terms {
            let source = matrix.col(column);
            if let Some(source) = source.try_as_col_major() {
                sum.iter_mut().zip(source.as_slice()).for_each(|(sum, &entry)| *sum += coefficient * entry);
            } else {
                sum.iter_mut().zip(source.iter()).for_each(|(sum, &entry)| *sum += coefficient * entry);
            }
        }
    }
}

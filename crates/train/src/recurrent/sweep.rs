use faer::{Accum, MatMut, MatRef, Par, linalg::matmul::matmul};

use super::{Dynamics, Sequence};

/// Floats of a cache line.
const LINE: usize = 16;

/// Steps whose weight gradients are summed in one product: the sum then is read and written once for several steps.
const STEPS_AT_ONCE: usize = 4;

/// One pass through time and back, in memory that is kept from batch to batch.
///
/// A row holds a state, the inputs of the step after it and a 1, `[h_{t−1}, x_t, 1]`, so that one product with
/// `Θ`, the recurrent kernel, kernel and bias below each other, makes a drive, and one product the gradients of all three.
#[derive(Debug, Default)]
pub(super) struct Sweep {
    sizes: Sizes,
    /// Rows `[steps + 1, trials, stride]`.
    rows: Vec<f32>,
    /// Rates `f(z_t)` `[steps, trials, units]`, where a leak makes them differ from the states.
    rates: Vec<f32>,
    /// `Θ`, `[units + channels + 1, units]`.
    theta: Vec<f32>,
    /// The recurrent kernel transposed.
    transposed: Vec<f32>,
    /// Gradient of the states of one step `[trials, units]`.
    state_gradient: Vec<f32>,
    /// Gradients of the drives of some steps `[STEPS_AT_ONCE, trials, units]`.
    drive_gradients: Vec<f32>,
    /// Gradient of `Θ`.
    pub(super) gradient: Vec<f32>,
}

/// Sizes of the latest batch.
#[derive(Clone, Copy, Debug, Default)]
struct Sizes {
    units: usize,
    trials: usize,
    /// Used floats of a row: units, channels and the 1.
    width: usize,
    /// Floats of a row.
    stride: usize,
}

impl Sizes {
    fn new(units: usize, sequence: &Sequence) -> Self {
        let width = units + sequence.channels + 1;
        // An odd number of cache lines, so that the rows of a column do not share one place of the cache.
        let stride = (width.div_ceil(LINE) | 1) * LINE;
        Self { units, trials: sequence.trials, width, stride }
    }

    /// Floats of the rows of one step.
    fn slab(self) -> usize {
        self.trials * self.stride
    }

    /// Floats of the states of one step.
    fn states(self) -> usize {
        self.trials * self.units
    }
}

impl Sweep {
    /// Runs through time; the rows then hold every state.
    pub(super) fn forward(
        &mut self,
        recurrent: &[f32],
        kernel: &[f32],
        bias: &[f32],
        sequence: &Sequence,
        dynamics: Dynamics,
    ) {
        let sizes = Sizes::new(bias.len(), sequence);
        let Sizes { units, trials, width, stride } = sizes;
        self.sizes = sizes;
        self.theta.clear();
        for part in [recurrent, kernel, bias] {
            self.theta.extend_from_slice(part);
        }
        self.lay_out(sequence);
        self.rates.resize(if dynamics.is_leaky() { sequence.steps * sizes.states() } else { 0 }, 0.0);
        let theta = MatRef::from_row_major_slice(&self.theta, width, units);
        for step in 0..sequence.steps {
            let (past, present) = self.rows.split_at_mut((step + 1) * sizes.slab());
            let (past, present) = (&past[step * sizes.slab()..], &mut present[..sizes.slab()]);
            let rows = MatRef::from_row_major_slice(past, trials, stride);
            let drives = MatMut::from_row_major_slice_mut(present, trials, stride).subcols_mut(0, units);
            // Before the first step the state is 0.
            let from = if step == 0 { units } else { 0 };
            let (rows, theta) = (rows.subcols(from, width - from), theta.subrows(from, width - from));
            matmul(drives, Accum::Replace, rows, theta, 1.0, Par::Seq);
            let states = present.chunks_exact_mut(stride).map(|row| &mut row[..units]);
            if dynamics.is_leaky() {
                let rates = &mut self.rates[step * sizes.states()..][..sizes.states()];
                let previous = past.chunks_exact(stride).zip(rates.chunks_exact_mut(units));
                for (state, (previous, rates)) in states.zip(previous) {
                    dynamics.activate(state);
                    rates.copy_from_slice(state);
                    for (state, &previous) in state.iter_mut().zip(previous) {
                        *state = (1.0 - dynamics.rate) * previous + dynamics.rate * *state;
                    }
                }
            } else {
                states.for_each(|state| dynamics.activate(state));
            }
        }
    }

    /// Copies the inputs into the rows, with zero states before the first step.
    fn lay_out(&mut self, sequence: &Sequence) {
        let Sizes { units, trials, stride, .. } = self.sizes;
        let Sequence { steps, channels, ref values, .. } = *sequence;
        self.rows.resize((steps + 1) * trials * stride, 0.0);
        self.rows[..trials * stride].fill(0.0);
        for (row, inputs) in self.rows.chunks_exact_mut(stride).zip(values.chunks_exact(channels)) {
            row[units..][..channels].copy_from_slice(inputs);
            row[units + channels] = 1.0;
        }
    }

    /// The states to read out `[reads, units]`.
    pub(super) fn read(&self, sequence: &Sequence) -> Vec<f32> {
        let Sizes { units, trials, stride, .. } = self.sizes;
        let mut states = Vec::with_capacity(sequence.reads.len() * units);
        for read in &sequence.reads {
            states.extend_from_slice(&self.rows[(trials + read) * stride..][..units]);
        }
        states
    }

    /// Runs back through time from the gradient of the states that were read out `[reads, units]`, and leaves
    /// the gradient of `Θ`.
    pub(super) fn backward(&mut self, read_gradient: &[f32], sequence: &Sequence, dynamics: Dynamics) {
        let sizes = self.sizes;
        let Sizes { units, trials, width, stride } = sizes;
        transpose(&self.theta[..units * units], units, &mut self.transposed);
        self.gradient.resize(width * units, 0.0);
        self.drive_gradients.resize(STEPS_AT_ONCE * sizes.states(), 0.0);
        self.state_gradient.clear();
        self.state_gradient.resize(sizes.states(), 0.0);
        let mut reads = sequence.read_places().zip(read_gradient.chunks_exact(units)).rev().peekable();
        let mut sum = Accum::Replace;
        for step in (0..sequence.steps).rev() {
            while let Some(((_, trial), gradient)) = reads.next_if(|((read_step, _), _)| *read_step == step) {
                let state = self.state_gradient[trial * units..][..units].iter_mut();
                state.zip(gradient).for_each(|(state, &gradient)| *state += gradient);
            }
            let slot = step % STEPS_AT_ONCE;
            let drives = &mut self.drive_gradients[slot * sizes.states()..][..sizes.states()];
            let states = self.state_gradient.chunks_exact_mut(units);
            if dynamics.is_leaky() {
                let rates = self.rates[step * sizes.states()..].chunks_exact(units);
                for ((drives, states), rates) in drives.chunks_exact_mut(units).zip(states).zip(rates) {
                    dynamics.through(drives, states, rates);
                    for state in states {
                        *state *= 1.0 - dynamics.rate;
                    }
                }
            } else {
                let rows = self.rows[(step + 1) * sizes.slab()..].chunks_exact(stride);
                for ((drives, states), row) in drives.chunks_exact_mut(units).zip(states).zip(rows) {
                    dynamics.through(drives, states, &row[..units]);
                }
            }
            if step > 0 {
                let drives = MatRef::from_row_major_slice(drives, trials, units);
                let states = MatMut::from_row_major_slice_mut(&mut self.state_gradient, trials, units);
                let transposed = MatRef::from_row_major_slice(&self.transposed, units, units);
                let keep = if dynamics.is_leaky() { Accum::Add } else { Accum::Replace };
                matmul(states, keep, drives, transposed, 1.0, Par::Seq);
            }
            if slot == 0 {
                let count = STEPS_AT_ONCE.min(sequence.steps - step);
                let rows = &self.rows[step * sizes.slab()..][..count * sizes.slab()];
                let rows = MatRef::from_row_major_slice(rows, count * trials, stride).subcols(0, width);
                let drives = &self.drive_gradients[..count * sizes.states()];
                let drives = MatRef::from_row_major_slice(drives, count * trials, units);
                let gradient = MatMut::from_row_major_slice_mut(&mut self.gradient, width, units);
                matmul(gradient, sum, rows.transpose(), drives, 1.0, Par::Seq);
                sum = Accum::Add;
            }
        }
    }
}

/// Writes the transpose of a square row-major matrix, tile by tile so that both stay in cache.
fn transpose(matrix: &[f32], size: usize, transposed: &mut Vec<f32>) {
    transposed.resize(size * size, 0.0);
    for top in (0..size).step_by(LINE) {
        for left in (0..size).step_by(LINE) {
            for row in top..(top + LINE).min(size) {
                for column in left..(left + LINE).min(size) {
                    transposed[column * size + row] = matrix[row * size + column];
                }
            }
        }
    }
}

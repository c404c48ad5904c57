use std::sync::Arc;

use rand::{Rng, RngCore};
use rand_distr::StandardNormal;

use crate::{lessons::Lessons, recurrent::Sequence};

/// Some trials as the layer takes them, in memory that is kept from batch to batch.
#[derive(Debug, Default)]
pub(super) struct Batch {
    sequence: Arc<Sequence>,
    /// Right output of every read, in the order of the reads.
    labels: Vec<u32>,
    /// Reads with their labels, to be ordered.
    asked: Vec<(usize, u32)>,
}

impl Batch {
    /// Takes these trials up.
    pub(super) fn fill(&mut self, lessons: &Lessons, trials: impl ExactSizeIterator<Item = usize>) {
        let (steps, channels, count) = (lessons.shape().steps, lessons.shape().inputs, trials.len());
        // The layer has let go of the sequence by the time of the next batch.
        let sequence = Arc::make_mut(&mut self.sequence);
        sequence.steps = steps;
        sequence.trials = count;
        sequence.channels = channels;
        sequence.values.resize(steps * count * channels, 0.0);
        self.asked.clear();
        for (place, trial) in trials.enumerate() {
            for (step, inputs) in lessons.inputs(trial).chunks_exact(channels).enumerate() {
                sequence.values[(step * count + place) * channels..][..channels].copy_from_slice(inputs);
            }
            let answers = lessons.answers(trial).iter();
            self.asked.extend(answers.map(|answer| (answer.step as usize * count + place, answer.label)));
        }
        self.asked.sort_unstable();
        sequence.reads.clear();
        sequence.reads.extend(self.asked.iter().map(|(read, _)| read));
        self.labels.clear();
        self.labels.extend(self.asked.iter().map(|(_, label)| label));
    }

    /// Adds Gaussian noise to the inputs.
    pub(super) fn add_noise(&mut self, sd: f64, random: &mut impl RngCore) {
        if sd > 0.0 {
            let sd = sd as f32;
            for value in &mut Arc::make_mut(&mut self.sequence).values {
                let noise: f32 = random.sample(StandardNormal);
                *value += sd * noise;
            }
        }
    }

    pub(super) fn sequence(&self) -> &Arc<Sequence> {
        &self.sequence
    }

    pub(super) fn labels(&self) -> &[u32] {
        &self.labels
    }

    /// Place of the trial of every read, in the order that [`Batch::fill`] took the trials up.
    pub(super) fn trials_of_reads(&self) -> impl Iterator<Item = usize> {
        self.sequence.reads.iter().map(|read| read % self.sequence.trials)
    }
}

use std::collections::HashMap;

use candle_core::{Result, Tensor};

use super::batch::Batch;
use crate::{
    lessons::{Answer, Lessons},
    network::Network,
    recurrent::{Workspace, read_states},
};

/// Trials in one evaluation batch.
const BATCH: usize = 128;

/// A set of trials to judge a network by, without noise. Trials that repeat are computed once: two of
/// the tasks have eight and two distinct trials.
pub(super) struct Evaluation<'a> {
    lessons: &'a Lessons,
    /// Trials that differ from each other, the first of each kind.
    distinct: Vec<usize>,
    /// How often every distinct trial occurs.
    counts: Vec<usize>,
    batch: Batch,
}

impl<'a> Evaluation<'a> {
    pub(super) fn new(lessons: &'a Lessons) -> Self {
        let mut places = HashMap::<(Vec<u32>, &[Answer]), usize>::new();
        let (mut distinct, mut counts) = (Vec::new(), Vec::<usize>::new());
        for trial in 0..lessons.len() {
            let bits = lessons.inputs(trial).iter().map(|value| value.to_bits()).collect();
            let place = *places.entry((bits, lessons.answers(trial))).or_insert(counts.len());
            if place == counts.len() {
                distinct.push(trial);
                counts.push(0);
            }
            counts[place] += 1;
        }
        Self { lessons, distinct, counts, batch: Batch::default() }
    }

    /// Computes accuracy and mean cross-entropy over all answers.
    pub(super) fn judge(&mut self, network: &Network, workspace: &Workspace) -> Result<(f64, f64)> {
        let (mut right, mut cross_entropy, mut answers) = (0, 0.0, 0);
        for (trials, counts) in self.distinct.chunks(BATCH).zip(self.counts.chunks(BATCH)) {
            self.batch.fill(self.lessons, trials.iter().copied());
            let states = read_states(network, self.batch.sequence(), workspace)?;
            let logits = network.readout(&states)?;
            let labels = self.batch.labels();
            let log_probability = candle_nn::ops::log_softmax(&logits, 1)?.to_vec2::<f32>()?;
            let judged = answers_right(&logits, labels)?;
            for (read, trial) in self.batch.trials_of_reads().enumerate() {
                let count = counts[trial];
                answers += count;
                right += if judged[read] { count } else { 0 };
                cross_entropy -= count as f64 * f64::from(log_probability[read][labels[read] as usize]);
            }
        }
        Ok((right as f64 / answers as f64, cross_entropy / answers as f64))
    }
}

/// Whether the largest logit of every read is that of its label; the first of equal ones counts.
pub(super) fn answers_right(logits: &Tensor, labels: &[u32]) -> Result<Vec<bool>> {
    let judge = |(logits, &label): (Vec<f32>, &u32)| {
        let mut answer = 0;
        for (place, value) in logits.iter().enumerate() {
            if *value > logits[answer] {
                answer = place;
            }
        }
        answer == label as usize
    };
    Ok(logits.to_vec2::<f32>()?.into_iter().zip(labels).map(judge).collect())
}

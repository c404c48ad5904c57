use std::{collections::HashMap, sync::Arc};

use candle_core::{Result, Tensor};
use tasks::Trials;

use super::batch;
use crate::{
    network::Network,
    recurrent::{Workspace, last_state},
};

/// Trials in one evaluation batch.
const BATCH: usize = 128;

/// A set of trials to judge a network by, without noise. Trials that repeat are computed once: two of
/// the tasks have eight and two distinct trials.
pub(super) struct Evaluation {
    distinct: Trials,
    /// How often every distinct trial occurs.
    counts: Vec<usize>,
}

impl Evaluation {
    pub(super) fn new(trials: &Trials) -> Self {
        let size = trials.shape.steps * trials.shape.inputs;
        let mut places = HashMap::<(Vec<u32>, u32), usize>::new();
        let mut distinct = Trials { shape: trials.shape, inputs: Vec::new(), labels: Vec::new() };
        let mut counts = Vec::new();
        for (inputs, &label) in trials.inputs.chunks_exact(size).zip(&trials.labels) {
            let bits = inputs.iter().map(|value| value.to_bits()).collect();
            let place = *places.entry((bits, label)).or_insert(counts.len());
            if place == counts.len() {
                distinct.inputs.extend_from_slice(inputs);
                distinct.labels.push(label);
                counts.push(0);
            }
            counts[place] += 1;
        }
        Self { distinct, counts }
    }

    /// Computes accuracy and mean cross-entropy.
    pub(super) fn judge(&self, network: &Network, workspace: &Workspace) -> Result<(f64, f64)> {
        let (mut right, mut cross_entropy) = (0, 0.0);
        for start in (0..self.distinct.len()).step_by(BATCH) {
            let end = (start + BATCH).min(self.distinct.len());
            let state = last_state(network, &Arc::new(batch(&self.distinct, start..end)), workspace)?;
            let logits = network.readout(&state)?;
            let labels = &self.distinct.labels[start..end];
            let log_probability = candle_nn::ops::log_softmax(&logits, 1)?.to_vec2::<f32>()?;
            let judged = answers_right(&logits, labels)?;
            for (place, &label) in labels.iter().enumerate() {
                let count = self.counts[start + place];
                right += if judged[place] { count } else { 0 };
                cross_entropy -= count as f64 * f64::from(log_probability[place][label as usize]);
            }
        }
        let trials = self.counts.iter().sum::<usize>() as f64;
        Ok((right as f64 / trials, cross_entropy / trials))
    }
}

/// Whether the largest logit of every trial is that of its label; the first of equal ones counts.
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

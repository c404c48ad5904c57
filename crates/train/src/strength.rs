//! The penalty of a run, and how strong it is.

use anyhow::bail;
use config::Arm;
use cortex::{Communicability, Distance, RunKey, Variant};
use numerics::{Mat, Penalty, PenaltyKind, PenaltyTerms, row_major};

use crate::{
    initial,
    penalty::PenaltyTerm,
    plan::{matched_to, strength},
    priors::{FieldPriors, Matrix},
};

/// The penalty of a run.
pub(crate) struct RunPenalty {
    pub(crate) term: PenaltyTerm,
    /// The variant that it is matched to, and what λ and λ_EMD are multiplied by for that.
    pub(crate) matched: Option<(Variant, f64)>,
}

impl RunPenalty {
    /// What the manifest of the run says about the penalty.
    pub(crate) fn note(&self) -> Option<String> {
        let (reference, factor) = self.matched?;
        Some(format!(
            "lambda and lambda_emd are multiplied by {factor} to match the initial penalty of {reference}"
        ))
    }
}

/// Prepares the penalty of a run that begins from `recurrent`, row-major `[units, units]`.
///
/// Where the arm's λ is matched to a variant, both λ and λ_EMD are multiplied by the one factor that makes the penalty of
/// `recurrent` equal to the initial penalty of that variant, in the same arm, task and simulation, under the arm's own
/// λ and λ_EMD.
///
/// # Errors
/// If priors are missing; if λ is matched and one of the two initial penalties is not a positive number.
pub(crate) fn penalty(
    seed: u64,
    priors: &FieldPriors,
    arm: &Arm,
    key: &RunKey,
    recurrent: &[f32],
) -> anyhow::Result<RunPenalty> {
    let Some(reference) = matched_to(arm, key.variant) else {
        return Ok(RunPenalty { term: term(priors, arm, key, 1.0)?, matched: None });
    };
    let other = RunKey { variant: reference, ..key.clone() };
    let weights = Matrix::initial(reference, arm, key.simulation);
    let weights = weights.map(|matrix| priors.read_f32(&matrix)).transpose()?;
    let other_recurrent = initial::recurrent_kernel(seed, &other, priors.units, weights)?;
    let wanted = initial_penalty(priors, arm, &other, &other_recurrent)?;
    let own = initial_penalty(priors, arm, key, recurrent)?;
    let factor = wanted / own;
    Ok(RunPenalty { term: term(priors, arm, key, factor)?, matched: Some((reference, factor)) })
}

/// The penalty that a run begins with under the arm's own λ.
fn initial_penalty(priors: &FieldPriors, arm: &Arm, key: &RunKey, recurrent: &[f32]) -> anyhow::Result<f64> {
    let value = term(priors, arm, key, 1.0)?.value(recurrent, priors.units)?;
    if value.is_finite() && value > 0.0 {
        return Ok(value);
    }
    bail!(
        "{key}: its initial penalty is {value}, and no λ matches it to another one; leave {} out of the arm, or set \
         train.lambda to a number",
        key.variant
    )
}

/// The penalty of a run's variant with λ and λ_EMD multiplied by `factor`.
fn term(priors: &FieldPriors, arm: &Arm, key: &RunKey, factor: f64) -> anyhow::Result<PenaltyTerm> {
    let variant = key.variant;
    let read = |matrix: Option<Matrix>| -> anyhow::Result<Option<Mat<f64>>> {
        let Some(matrix) = matrix else { return Ok(None) };
        let values = priors.read_f64(&matrix)?;
        Ok(Some(row_major(&values, priors.units, priors.units)?.to_owned()))
    };
    let distance = read(Matrix::distance(variant, arm, key.simulation))?;
    let empirical = read(Matrix::empirical(variant, arm.protocol))?;
    let terms = PenaltyTerms {
        lambda: factor * strength(arm, variant),
        lambda_emd: factor * arm.train.lambda_emd,
        distance: distance.as_ref().map(Mat::as_ref),
        empirical: empirical.as_ref().map(Mat::as_ref),
    };
    Ok(PenaltyTerm::new(Penalty::new(penalty_kind(variant), &terms)?))
}

/// The kind of penalty that a variant has.
pub(crate) fn penalty_kind(variant: Variant) -> PenaltyKind {
    match (variant.distance, variant.communicability) {
        (Distance::None, Communicability::None) => PenaltyKind::Weight,
        (_, Communicability::None) => PenaltyKind::Distance,
        (_, Communicability::Own) => PenaltyKind::Communicability,
        (_, Communicability::Empirical) => PenaltyKind::MatchedCommunicability,
    }
}

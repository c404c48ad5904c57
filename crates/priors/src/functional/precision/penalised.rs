use super::{Precision, graphical_lasso, select, spread};
use crate::{Moments, PriorsError};

/// Estimates the precision of binned counts by the graphical lasso with penalty `alpha`, events² per bin².
///
/// Neurons of constant counts are left out: their rows and columns are zero.
///
/// # Errors
/// [`PriorsError::Penalty`], [`PriorsError::Unconverged`].
pub fn penalised(moments: &Moments, alpha: f64) -> Result<Precision, PriorsError> {
    let varying = moments.varying();
    let covariance = select(&moments.covariance(), &varying);
    let estimate = graphical_lasso(covariance.as_ref(), alpha)?;
    let matrix = spread(&estimate.precision, &varying, moments.neurons());
    Ok(Precision { matrix, varying: varying.len(), rank: varying.len() })
}

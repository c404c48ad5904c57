use std::{collections::BTreeMap, rc::Rc, time::Instant};

use artifact::Tensors;
use config::{PrecisionEstimator, PriorSettings};
use cortex::FunctionalFactor;
use faer::Mat;
use numerics::row_major;

use crate::{
    Counts, CrossValidation, EventTrains, Moments, Precision, PriorsError, correlation, counts,
    cross_validation, inverse, penalised, sttc,
};

/// The functional measures of one field, each computed when it is asked for, once for every setting it depends on.
#[derive(Debug)]
pub struct FunctionalMeasures {
    source: Source,
    binned: Vec<Rc<Binned>>,
    measures: Vec<(Dependence, Rc<Mat<f64>>)>,
    notes: Vec<String>,
    seconds: BTreeMap<&'static str, f64>,
}

#[derive(Debug)]
enum Source {
    Events(EventTrains),
    Released,
}

/// Events in bins of one width.
#[derive(Debug)]
struct Binned {
    bin_seconds: f64,
    counts: Counts,
    moments: Moments,
}

/// A measure with the settings that it depends on, and no others.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Dependence {
    Correlation { bin_seconds: f64 },
    Sttc { window_seconds: f64 },
    Precision { bin_seconds: f64, estimator: PrecisionEstimator },
    Released(FunctionalFactor),
}

impl FunctionalMeasures {
    /// Measures of recorded events.
    pub fn of_events(events: EventTrains) -> Self {
        let mut this = Self::empty(Source::Events(events));
        if let Source::Events(events) = &this.source
            && events.silent() > 0
        {
            this.notes.push(format!(
                "{} of {} neurons have no events: correlation and sttc 0 with every other, precision 0",
                events.silent(),
                events.neurons()
            ));
        }
        this
    }

    /// Measures that the source carries: `correlation`, `sttc` (its lower triangle counts, the diagonal is 1) and
    /// `precision`, `[N, N]`. Settings then change nothing.
    ///
    /// # Errors
    /// [`PriorsError::Tensors`] if a measure is missing or of another shape, [`PriorsError::Released`] if it has
    /// an entry that is NaN or infinite.
    pub fn released(tensors: &Tensors, neurons: usize) -> Result<Self, PriorsError> {
        let mut this = Self::empty(Source::Released);
        for factor in [FunctionalFactor::Correlation, FunctionalFactor::Sttc, FunctionalFactor::Precision] {
            let values = tensors.f64(factor.name(), &[neurons, neurons])?;
            if let Some(entry) = values.iter().position(|value| !value.is_finite()) {
                let (row, column) = (entry / neurons, entry % neurons);
                return Err(PriorsError::Released {
                    measure: factor.name(),
                    row,
                    column,
                    value: values[entry],
                });
            }
            let released = row_major(values, neurons, neurons)?;
            let measure = match factor {
                FunctionalFactor::Sttc => mirrored(released),
                FunctionalFactor::Correlation | FunctionalFactor::Precision => released.to_owned(),
            };
            this.measures.push((Dependence::Released(factor), Rc::new(measure)));
        }
        this.notes.push(
            "no events: the released correlation, sttc (its lower triangle mirrored) and precision are used, \
             whatever bin_seconds, sttc_window_seconds and precision are set to"
                .to_owned(),
        );
        Ok(this)
    }

    /// The measure under these settings, `[N, N]`.
    ///
    /// # Errors
    /// [`PriorsError::Bins`] if the bins do not fit the recording; of the precision also [`PriorsError::Eigenvalues`],
    /// [`PriorsError::Unconverged`], [`PriorsError::Folds`], [`PriorsError::Likelihood`].
    pub fn measure(
        &mut self,
        factor: FunctionalFactor,
        settings: &PriorSettings,
    ) -> Result<Rc<Mat<f64>>, PriorsError> {
        let dependence = self.dependence(factor, settings);
        if let Some((_, measure)) = self.measures.iter().find(|(known, _)| *known == dependence) {
            return Ok(measure.clone());
        }
        let binned = match dependence {
            Dependence::Sttc { .. } | Dependence::Released(_) => None,
            Dependence::Correlation { bin_seconds } | Dependence::Precision { bin_seconds, .. } => {
                Some(self.binned(bin_seconds)?)
            }
        };
        let started = Instant::now();
        let measure = match (&self.source, binned, dependence) {
            (Source::Events(events), _, Dependence::Sttc { window_seconds }) => sttc(events, window_seconds),
            (_, Some(binned), Dependence::Precision { estimator, .. }) => {
                self.precision(&binned, estimator)?
            }
            (_, Some(binned), _) => correlation(&binned.moments),
            _ => return Err(PriorsError::NoEvents),
        };
        *self.seconds.entry(factor.name()).or_default() += started.elapsed().as_secs_f64();
        let measure = Rc::new(measure);
        self.measures.push((dependence, measure.clone()));
        Ok(measure)
    }

    /// What was odd about the activity.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Wall time of counting and of every measure, seconds.
    pub fn seconds(&self) -> &BTreeMap<&'static str, f64> {
        &self.seconds
    }

    fn empty(source: Source) -> Self {
        let (binned, measures, notes, seconds) = (Vec::new(), Vec::new(), Vec::new(), BTreeMap::new());
        Self { source, binned, measures, notes, seconds }
    }

    fn dependence(&self, factor: FunctionalFactor, settings: &PriorSettings) -> Dependence {
        let bin_seconds = settings.bin_seconds;
        match (&self.source, factor) {
            (Source::Released, factor) => Dependence::Released(factor),
            (_, FunctionalFactor::Correlation) => Dependence::Correlation { bin_seconds },
            (_, FunctionalFactor::Sttc) => Dependence::Sttc { window_seconds: settings.sttc_window_seconds },
            (_, FunctionalFactor::Precision) => {
                Dependence::Precision { bin_seconds, estimator: settings.precision }
            }
        }
    }

    fn binned(&mut self, bin_seconds: f64) -> Result<Rc<Binned>, PriorsError> {
        if let Some(binned) = self.binned.iter().find(|known| known.bin_seconds == bin_seconds) {
            return Ok(binned.clone());
        }
        let Source::Events(events) = &self.source else {
            return Err(PriorsError::NoEvents);
        };
        let started = Instant::now();
        let counts = counts(events, bin_seconds)?;
        let moments = Moments::of(&counts);
        *self.seconds.entry("counts").or_default() += started.elapsed().as_secs_f64();
        let constant = moments.neurons() - moments.varying().len();
        if constant > events.silent() {
            self.notes.push(format!(
                "{constant} of {} neurons have the same count in every bin of {bin_seconds} s: correlation 0 with \
                 every other, precision 0",
                moments.neurons()
            ));
        }
        let binned = Rc::new(Binned { bin_seconds, counts, moments });
        self.binned.push(binned.clone());
        Ok(binned)
    }

    fn precision(&mut self, binned: &Binned, estimator: PrecisionEstimator) -> Result<Mat<f64>, PriorsError> {
        let moments = &binned.moments;
        let precision = match estimator {
            PrecisionEstimator::Inverse => inverse(moments)?,
            PrecisionEstimator::GraphicalLasso(alpha) => penalised(moments, alpha)?,
            PrecisionEstimator::GraphicalLassoCv => match cross_validation(&binned.counts, moments)? {
                Some(choice) => {
                    let precision = penalised(moments, choice.alpha)?;
                    self.note_choice(&choice, &precision);
                    precision
                }
                None => inverse(moments)?,
            },
        };
        if precision.rank < precision.varying {
            self.notes.push(format!(
                "the covariance of {} neurons has rank {}: the precision is its pseudo-inverse",
                precision.varying, precision.rank
            ));
        }
        Ok(precision.matrix)
    }

    fn note_choice(&mut self, choice: &CrossValidation, precision: &Precision) {
        self.notes.push(format!(
            "precision: graphical lasso at alpha {:.3e}, chosen by cross-validation among {} penalties",
            choice.alpha,
            choice.tried.len()
        ));
        if choice.neurons < precision.varying {
            self.notes.push(format!(
                "{} of {} neurons have constant counts outside of some fold and take no part in that choice",
                precision.varying - choice.neurons,
                precision.varying
            ));
        }
        let unconverged = choice.tried.iter().filter(|tried| tried.likelihood == f64::NEG_INFINITY).count();
        if unconverged > 0 {
            self.notes.push(format!(
                "{unconverged} of these penalties were passed over: the graphical lasso did not converge in every fold"
            ));
        }
    }
}

/// The lower triangle on both sides of a diagonal of ones.
fn mirrored(lower: numerics::MatRef<'_, f64>) -> Mat<f64> {
    Mat::from_fn(lower.nrows(), lower.ncols(), |i, j| if i == j { 1.0 } else { lower[(i.max(j), i.min(j))] })
}

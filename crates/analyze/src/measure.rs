use std::{collections::BTreeMap, sync::Mutex};

use artifact::{Artifact, Fingerprint, RunRecord, Status, TensorData, Tensors};
use cortex::ReportedAccuracy;
use graph::{Graph, WeightMatrix};
use rayon::prelude::*;

use crate::{
    AnalyzeError, ArmResults, FieldContext, KernelMeasures, MeasuredKernel, OpenArm, Remembered, RunMetrics,
    nulls::Nulls,
};

/// Rises when equal weights come to have other measures.
pub(crate) const VERSION: u32 = 1;

/// One arm measured but for what is relative to null graphs.
#[derive(Debug)]
pub struct MeasuredArm {
    arm: OpenArm,
    runs: Vec<MeasuredRun>,
}

#[derive(Clone, Debug, Default)]
struct MeasuredRun {
    kernel: Option<Kernel>,
    initial: Option<Kernel>,
}

#[derive(Clone, Debug)]
enum Kernel {
    /// Measured now.
    New(Box<MeasuredKernel>),
    /// Known from the last analysis.
    Known(KernelMeasures),
}

/// Initial kernels by their bytes: all variants of an initialiser begin from one.
type InitialKernels = Mutex<BTreeMap<Fingerprint, MeasuredKernel>>;

/// Measures every run of an arm that is not remembered, in parallel; each thread holds the weights of one run.
///
/// # Errors
/// A damaged file of weights, or one whose recurrent kernel is not finite although its run did not diverge.
pub fn measure_runs(
    arm: OpenArm,
    context: &FieldContext,
    remembered: &Remembered,
) -> Result<MeasuredArm, AnalyzeError> {
    let known = InitialKernels::default();
    let measured = arm.runs.par_iter().zip(&arm.units).map(|(run, &units)| {
        match (remembered.of(run), &run.weights, units) {
            (Some(run), ..) => {
                let known = |kernel: &Option<KernelMeasures>| kernel.clone().map(Kernel::Known);
                Ok(MeasuredRun { kernel: known(&run.kernel), initial: known(&run.initial) })
            }
            (None, Some(file), Some(units)) => {
                measure_run(&arm.artifact, file, run.status, units, context, &known)
            }
            _ => Ok(MeasuredRun::default()),
        }
    });
    let runs = measured.collect::<Result<Vec<_>, AnalyzeError>>()?;
    Ok(MeasuredArm { arm, runs })
}

fn measure_run(
    artifact: &Artifact,
    file: &str,
    status: Status,
    units: usize,
    context: &FieldContext,
    known: &InitialKernels,
) -> Result<MeasuredRun, AnalyzeError> {
    let tensors = artifact.tensors(file)?;
    let refused =
        |source| AnalyzeError::Graph { item: artifact.folder().join(file).display().to_string(), source };
    let initial_values = kernel(&tensors, "initial_recurrent_kernel");
    let initial = initial_values.as_ref().map(|values| WeightMatrix::new(values, units)).transpose();
    let initial = initial.map_err(refused)?;
    let mut measured = MeasuredRun::default();
    if let Some(weights) = initial {
        let name = Fingerprint::of_f64(weights.values());
        let found = known.lock().ok().and_then(|known| known.get(&name).cloned());
        let kernel = match found {
            Some(kernel) => kernel,
            None => MeasuredKernel::of(weights, None, context).map_err(refused)?,
        };
        if let Ok(mut known) = known.lock() {
            known.entry(name).or_insert_with(|| kernel.clone());
        }
        measured.initial = Some(Kernel::New(Box::new(kernel)));
    }
    if status == Status::Done {
        let values = kernel(&tensors, "recurrent_kernel").unwrap_or_default();
        let kernel = WeightMatrix::new(&values, units)
            .and_then(|weights| MeasuredKernel::of(weights, initial, context))
            .map_err(refused)?;
        measured.kernel = Some(Kernel::New(Box::new(kernel)));
    }
    Ok(measured)
}

/// A kernel of a file of weights, in double precision.
pub(crate) fn kernel(tensors: &Tensors, name: &str) -> Option<Vec<f64>> {
    let values = match &tensors.get(name).ok()?.data {
        TensorData::F32(values) => values.iter().copied().map(f64::from).collect(),
        TensorData::F64(values) => values.clone(),
    };
    Some(values)
}

impl MeasuredArm {
    /// The graphs of all kernels that were measured now.
    pub fn graphs(&self) -> impl Iterator<Item = &Graph> {
        let kernels = self.runs.iter().flat_map(|run| run.kernel.iter().chain(&run.initial));
        kernels.filter_map(|kernel| match kernel {
            Kernel::New(kernel) => Some(&kernel.graph),
            Kernel::Known(_) => None,
        })
    }

    /// How many runs were known already.
    pub fn known(&self) -> usize {
        let known = |run: &&MeasuredRun| {
            matches!(run.kernel.as_ref().or(run.initial.as_ref()), Some(Kernel::Known(_)))
        };
        self.runs.iter().filter(known).count()
    }

    /// Completes the arm by what is relative to null graphs.
    pub fn results(self, nulls: &Nulls) -> ArmResults {
        let Self { arm, runs } = self;
        let complete = |kernel: Option<Kernel>| {
            kernel.map(|kernel| match kernel {
                Kernel::New(kernel) => kernel.relative_to(&nulls.of(&kernel.graph)),
                Kernel::Known(measures) => measures,
            })
        };
        let accuracy = |record: &RunRecord| match arm.arm.protocol.accuracy {
            ReportedAccuracy::Training => record.measures.train_accuracy,
            ReportedAccuracy::Test => record.measures.test_accuracy,
        };
        let runs = arm
            .runs
            .iter()
            .zip(runs)
            .map(|(record, run)| RunMetrics {
                accuracy: accuracy(record).filter(|value| value.is_finite() && record.status == Status::Done),
                record: record.clone(),
                kernel: complete(run.kernel),
                initial: complete(run.initial),
            })
            .collect();
        ArmResults {
            field: arm.field,
            units: arm.units.into_iter().flatten().collect(),
            runs,
            history: arm.history,
            artifact: arm.artifact,
            arm: arm.arm,
        }
    }
}

use artifact::{Kind, Tensors, read_field};
use cortex::{Connection, FieldName, FunctionalFactor, Initialiser};
use numerics::{eigenvalues, row_major};
use rayon::prelude::*;
use stage::Session;

use crate::OpenArm;

/// Networks of more units are shown without eigenvalues, which take time with the cube of it: 2 s at this size.
const LARGEST_WITH_EIGENVALUES: usize = 1200;

/// A field and its priors, as the report shows them.
#[derive(Clone, Debug)]
pub struct FieldPriors {
    /// The field.
    pub name: FieldName,
    /// Soma positions, µm.
    pub positions_um: Vec<[f64; 3]>,
    /// Connections.
    pub connections: Vec<Connection>,
    /// Number of events.
    pub events: usize,
    /// `correlation`, `sttc`, `precision`, distances and communicability, each `[N, N]`.
    pub matrices: Tensors,
    /// What networks began with, one of every initialiser that the study's arms use.
    pub initial: Vec<InitialKernel>,
}

/// The recurrent kernel that a network began with.
#[derive(Clone, Debug, PartialEq)]
pub struct InitialKernel {
    /// Its initialiser, under the protocol of its arm.
    pub initialiser: Initialiser,
    /// Functional factors of its arm.
    pub factors: Vec<FunctionalFactor>,
    /// Weights, row-major `[N, N]`.
    pub weights: Vec<f64>,
    /// Real and imaginary parts; empty where the network is too large or they do not converge.
    pub eigenvalues: Vec<[f64; 2]>,
}

impl FieldPriors {
    /// Opens `ingest/FIELD` and `priors/FIELD`, and the initial kernels of a field's arms.
    ///
    /// `None` if one of the two is not at hand, or holds no dense matrices.
    ///
    /// # Errors
    /// A damaged artifact.
    pub fn open(session: &mut Session, field: &FieldName, arms: &[OpenArm]) -> anyhow::Result<Option<Self>> {
        let mut opened = Vec::new();
        for (stage, kind) in [("ingest", Kind::Field), ("priors", Kind::Priors)] {
            let place = session.place([stage, field.as_str()]);
            if !place.join("manifest.json").exists() {
                return Ok(None);
            }
            opened.push(session.input(&place, kind)?);
        }
        let cortex = read_field(&opened[0], field)?;
        let neurons = cortex.neurons.len();
        let matrices = opened[1].tensors("priors.safetensors")?;
        if neurons == 0 || matrices.f64("correlation", &[neurons, neurons]).is_err() {
            return Ok(None);
        }
        let mut initial = Vec::new();
        for arm in arms.iter().filter(|arm| arm.field == *field) {
            add_kernels(&mut initial, arm, neurons)?;
        }
        initial.par_iter_mut().for_each(InitialKernel::find_eigenvalues);
        Ok(Some(Self {
            name: field.clone(),
            positions_um: cortex.neurons.iter().map(|neuron| neuron.position_um).collect(),
            connections: cortex.connections,
            events: cortex.events.len(),
            matrices,
            initial,
        }))
    }

    /// The number of neurons, N.
    pub fn neurons(&self) -> usize {
        self.positions_um.len()
    }

    /// A matrix of the priors, row-major `[N, N]`, if it is there.
    pub fn matrix(&self, name: &str) -> Option<&[f64]> {
        self.matrices.f64(name, &[self.neurons(), self.neurons()]).ok()
    }
}

/// Adds the initial kernels of an arm that no earlier arm has: those of the lowest simulation.
fn add_kernels(initial: &mut Vec<InitialKernel>, arm: &OpenArm, neurons: usize) -> anyhow::Result<()> {
    let mut runs: Vec<_> = arm.runs.iter().collect();
    runs.sort_by_key(|run| run.key.simulation);
    for run in runs {
        let Some(file) = &run.weights else { continue };
        let initialiser = run.key.variant.initialiser.under(arm.arm.protocol);
        let factors = if depends_on_function(initialiser) { arm.arm.factors.clone() } else { Vec::new() };
        if initial.iter().any(|known| known.initialiser == initialiser && known.factors == factors) {
            continue;
        }
        let tensors = arm.artifact.tensors(file)?;
        let Ok(weights) = tensors.f32("initial_recurrent_kernel", &[neurons, neurons]) else { continue };
        let weights: Vec<f64> = weights.iter().copied().map(f64::from).collect();
        if weights.iter().all(|weight| weight.is_finite()) {
            initial.push(InitialKernel { initialiser, factors, weights, eigenvalues: Vec::new() });
        }
    }
    Ok(())
}

/// Whether an initialiser differs between arms of different functional factors.
fn depends_on_function(initialiser: Initialiser) -> bool {
    !matches!(
        initialiser,
        Initialiser::Orthogonal
            | Initialiser::OrthogonalPositive
            | Initialiser::Lognormal
            | Initialiser::Connectome
            | Initialiser::Rewired
            | Initialiser::RewiredLength
    )
}

impl InitialKernel {
    fn find_eigenvalues(&mut self) {
        let neurons = self.weights.len().isqrt();
        if neurons <= LARGEST_WITH_EIGENVALUES
            && let Ok(matrix) = row_major(&self.weights, neurons, neurons)
        {
            self.eigenvalues = eigenvalues(matrix).unwrap_or_default();
        }
    }
}

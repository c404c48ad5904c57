//! The priors of a field, as training reads them.

use std::path::Path;

use anyhow::bail;
use artifact::{Artifact, ArtifactError, Fingerprint, Kind, Slice};
use config::Arm;
use cortex::{
    Communicability, DistanceMatrix, EmpiricalZeroStrength, FieldName, Initialiser, Protocol, Variant,
};
use stage::Session;

const PRIORS: &str = "priors.safetensors";

/// Distances, communicability and initial weights of one field. Planning reads their fingerprints in the manifest alone; a
/// run reads the matrices that it needs, and no others.
#[derive(Debug)]
pub(crate) struct FieldPriors {
    pub(crate) field: FieldName,
    /// Neurons of the field, and so units of its networks.
    pub(crate) units: usize,
    artifact: Artifact,
}

/// A matrix `[units, units]` that a run depends on.
#[derive(Debug)]
pub(crate) struct Matrix {
    /// Its name among the inputs of the run.
    pub(crate) name: String,
    slice: Slice,
}

impl FieldPriors {
    /// Opens the priors of a field for all arms of the study, and verifies all that they hold.
    pub(crate) fn open(session: &mut Session, field: &FieldName) -> anyhow::Result<Self> {
        Self::of(session, field, Artifact::open)
    }

    /// Opens the priors of a field by their manifest alone: each matrix is verified when it is read.
    pub(crate) fn listed(session: &mut Session, field: &FieldName) -> anyhow::Result<Self> {
        Self::of(session, field, Artifact::listed)
    }

    fn of(
        session: &mut Session,
        field: &FieldName,
        open: impl Fn(&Path, Kind) -> Result<Artifact, ArtifactError>,
    ) -> anyhow::Result<Self> {
        let place = session.place(["priors", field.as_str()]);
        let artifact = open(&place, Kind::Priors)?;
        session.depends_on(place.join("manifest.json"));
        let mut priors = Self { field: field.clone(), units: 0, artifact };
        if priors.shape(PRIORS, "communicability.probabilities").is_some() {
            bail!(
                "field {field} has sparse priors alone, as it has more than priors.largest_dense = {} neurons, and no network \
                 can be trained on it; train on a smaller field, or raise priors.largest_dense and run `priors run` again",
                session.study.priors.largest_dense
            );
        }
        priors.units =
            priors.shape(PRIORS, "correlation").and_then(|shape| shape.first().copied()).unwrap_or(0);
        for arm in &session.study.arms {
            priors.check_initial(arm)?;
        }
        Ok(priors)
    }

    /// Checks that there are initial weights for every variant and simulation of an arm.
    fn check_initial(&self, arm: &Arm) -> anyhow::Result<()> {
        let (file, units) = (initial_file(arm), self.units);
        for variant in arm.train.variants_of_priors() {
            let Some(name) = drawn(variant, arm) else { continue };
            let expected = [arm.train.simulations as usize, units, units];
            let found = self.shape(&file, name);
            if found != Some(&expected[..]) {
                bail!(
                    "priors/{}/{file}: {name} is {found:?}, expected {expected:?}; make it with `priors run --field {}`",
                    self.field,
                    self.field
                );
            }
        }
        Ok(())
    }

    /// Fingerprint of a matrix, as the priors' manifest has it.
    pub(crate) fn fingerprint(&self, matrix: &Matrix) -> anyhow::Result<Fingerprint> {
        Ok(self.artifact.slice_fingerprint(&matrix.slice)?.clone())
    }

    /// Reads a distance or communicability, row-major.
    pub(crate) fn read_f64(&self, matrix: &Matrix) -> anyhow::Result<Vec<f64>> {
        Ok(self.artifact.slice_f64(&matrix.slice)?)
    }

    /// Reads initial weights, row-major.
    pub(crate) fn read_f32(&self, matrix: &Matrix) -> anyhow::Result<Vec<f32>> {
        Ok(self.artifact.slice_f32(&matrix.slice)?)
    }

    fn shape(&self, file: &str, tensor: &str) -> Option<&[usize]> {
        let shapes = self.artifact.manifest().outputs.get(file)?.shapes.as_ref()?;
        shapes.get(tensor).map(Vec::as_slice)
    }
}

impl Matrix {
    /// The distance that a variant's penalty weighs by in one simulation of an arm, if any.
    pub(crate) fn distance(variant: Variant, arm: &Arm, simulation: u32) -> Option<Self> {
        let matrix = variant.distance.under(arm.protocol)?;
        let tensor = format!("distance.{}", matrix.name());
        // Positions are dealt anew in every simulation.
        Some(match matrix {
            DistanceMatrix::Permuted => Self::of_simulation(PRIORS.to_owned(), tensor, simulation),
            _ => Self::whole(tensor),
        })
    }

    /// The connectome's communicability that a variant's penalty draws to, if any.
    pub(crate) fn empirical(variant: Variant, protocol: Protocol) -> Option<Self> {
        let name = match (variant.communicability, protocol.empirical_zero_strength) {
            (Communicability::None | Communicability::Own, _) => return None,
            (Communicability::Empirical, EmpiricalZeroStrength::Published) => "communicability.published",
            (Communicability::Empirical, EmpiricalZeroStrength::Sound) => "communicability.sound",
        };
        Some(Self::whole(name.to_owned()))
    }

    /// The weights of one simulation of an arm that a variant begins from; none for orthogonal ones, which every run draws
    /// for itself.
    pub(crate) fn initial(variant: Variant, arm: &Arm, simulation: u32) -> Option<Self> {
        drawn(variant, arm).map(|name| Self::of_simulation(initial_file(arm), name.to_owned(), simulation))
    }

    fn whole(tensor: String) -> Self {
        let slice = Slice { file: PRIORS.to_owned(), tensor: tensor.clone(), index: 0 };
        Self { name: tensor, slice }
    }

    fn of_simulation(file: String, tensor: String, simulation: u32) -> Self {
        let name = format!("{tensor}.{simulation}");
        Self { name, slice: Slice { file, tensor, index: simulation as usize } }
    }
}

fn initial_file(arm: &Arm) -> String {
    format!("initial/{}.safetensors", arm.name)
}

/// Name of the initial weights that a variant takes from the priors, if it does.
fn drawn(variant: Variant, arm: &Arm) -> Option<&'static str> {
    let initialiser = variant.initialiser.under(arm.protocol);
    (initialiser != Initialiser::Orthogonal).then(|| initialiser.name())
}

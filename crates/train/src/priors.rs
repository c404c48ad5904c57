//! The priors of a field, as training reads them.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use artifact::{Artifact, Fingerprint, Kind, Tensors};
use config::Arm;
use cortex::{
    Communicability, DistanceMatrix, EmpiricalZeroStrength, FieldName, Initialiser, Protocol, Variant,
};
use stage::Session;

/// Distances, communicability and initial weights of one field.
pub(crate) struct FieldPriors {
    pub(crate) field: FieldName,
    /// Neurons of the field, and so units of its networks.
    pub(crate) units: usize,
    tensors: Tensors,
    /// Initial weights `[simulations, units, units]` of every arm, by the names of their initialisers.
    initial: BTreeMap<String, Tensors>,
}

/// A tensor that a run depends on, under its name.
pub(crate) struct Named<'a, T> {
    pub(crate) name: String,
    pub(crate) values: &'a [T],
}

impl Named<'_, f64> {
    pub(crate) fn fingerprint(&self) -> (String, Fingerprint) {
        (self.name.clone(), Fingerprint::of_f64(self.values))
    }
}

impl Named<'_, f32> {
    pub(crate) fn fingerprint(&self) -> (String, Fingerprint) {
        (self.name.clone(), Fingerprint::of_f32(self.values))
    }
}

impl FieldPriors {
    /// Opens the priors of a field for all arms of the study.
    pub(crate) fn open(session: &mut Session, field: &FieldName) -> anyhow::Result<Self> {
        let place = session.place(["priors", field.as_str()]);
        let artifact: Artifact = session.input(&place, Kind::Priors)?;
        let tensors = artifact.tensors("priors.safetensors")?;
        if tensors.names().any(|name| name == "communicability.probabilities") {
            bail!(
                "field {field} has sparse priors alone, as it has more than priors.largest_dense = {} neurons, and no network \
                 can be trained on it; train on a smaller field, or raise priors.largest_dense and run `priors run` again",
                session.study.priors.largest_dense
            );
        }
        let units = tensors.get("correlation")?.shape.first().copied().unwrap_or_default();
        let mut initial = BTreeMap::new();
        for arm in &session.study.arms {
            let shape = [arm.train.simulations as usize, units, units];
            let tensors = artifact.tensors(&format!("initial/{}.safetensors", arm.name))?;
            for variant in arm.train.variants_of_priors() {
                let initialiser = variant.initialiser.under(arm.protocol);
                if initialiser != Initialiser::Orthogonal {
                    tensors.f32(initialiser.name(), &shape)?;
                }
            }
            initial.insert(arm.name.clone(), tensors);
        }
        Ok(Self { field: field.clone(), units, tensors, initial })
    }

    /// The distance that a variant's penalty weighs by in one simulation of an arm, `[units, units]`, if any.
    pub(crate) fn distance(
        &self,
        variant: Variant,
        arm: &Arm,
        simulation: u32,
    ) -> anyhow::Result<Option<Named<'_, f64>>> {
        let Some(matrix) = variant.distance.under(arm.protocol) else { return Ok(None) };
        let name = format!("distance.{}", matrix.name());
        if matrix != DistanceMatrix::Permuted {
            return self.matrix(&name).map(Some);
        }
        // Positions are dealt anew in every simulation.
        let simulations = self.tensors.get(&name)?.shape.first().copied().unwrap_or_default();
        let all = self.tensors.f64(&name, &[simulations, self.units, self.units])?;
        let size = self.units * self.units;
        let values = all.get(simulation as usize * size..).and_then(|rest| rest.get(..size));
        let values = values.with_context(|| {
            format!(
                "priors/{}: {name} has {simulations} simulations; make more with `priors run`",
                self.field
            )
        })?;
        Ok(Some(Named { name: format!("{name}.{simulation}"), values }))
    }

    /// The connectome's communicability that a variant's penalty draws to, `[units, units]`, if any.
    pub(crate) fn empirical(
        &self,
        variant: Variant,
        protocol: Protocol,
    ) -> anyhow::Result<Option<Named<'_, f64>>> {
        let name = match (variant.communicability, protocol.empirical_zero_strength) {
            (Communicability::None | Communicability::Own, _) => return Ok(None),
            (Communicability::Empirical, EmpiricalZeroStrength::Published) => "communicability.published",
            (Communicability::Empirical, EmpiricalZeroStrength::Sound) => "communicability.sound",
        };
        self.matrix(name).map(Some)
    }

    /// The weights of one simulation of an arm that a variant begins from, `[units, units]`; none for orthogonal ones,
    /// which every run draws for itself.
    pub(crate) fn initial(&self, variant: Variant, arm: &Arm, simulation: u32) -> Option<Named<'_, f32>> {
        let initialiser = variant.initialiser.under(arm.protocol);
        let size = self.units * self.units;
        let shape = [arm.train.simulations as usize, self.units, self.units];
        let all = self.initial.get(&arm.name)?.f32(initialiser.name(), &shape).ok()?;
        let values = all.get(simulation as usize * size..)?.get(..size)?;
        Some(Named { name: format!("{}.{simulation}", initialiser.name()), values })
    }

    fn matrix(&self, name: &str) -> anyhow::Result<Named<'_, f64>> {
        let values = self.tensors.f64(name, &[self.units, self.units])?;
        Ok(Named { name: name.to_owned(), values })
    }
}

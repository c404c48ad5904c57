//! The priors of a field, as training reads them.

use std::collections::BTreeMap;

use artifact::{Artifact, Fingerprint, Kind, Tensors};
use cortex::{
    Communicability, Coordinates, Distance, EmpiricalZeroStrength, FieldName, GridSpacing, Initialiser,
};
use cortex::{Protocol, Variant};
use stage::Session;

/// Distances, communicability and functional weights of one field.
pub(crate) struct FieldPriors {
    pub(crate) field: FieldName,
    /// Neurons of the field, and so units of its networks.
    pub(crate) units: usize,
    tensors: Tensors,
    /// Functional weights `[simulations, units, units]` of every arm.
    functional: BTreeMap<String, Vec<f32>>,
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
        let units = tensors.get("correlation")?.shape.first().copied().unwrap_or_default();
        let mut functional = BTreeMap::new();
        for arm in &session.study.arms {
            let shape = [arm.train.simulations as usize, units, units];
            let tensors = artifact.tensors(&format!("initial/{}.safetensors", arm.name))?;
            functional.insert(arm.name.clone(), tensors.f32("functional", &shape)?.to_vec());
        }
        Ok(Self { field: field.clone(), units, tensors, functional })
    }

    /// The distance that a variant's penalty weighs by under a protocol, `[units, units]`, if any.
    pub(crate) fn distance(
        &self,
        variant: Variant,
        protocol: Protocol,
    ) -> anyhow::Result<Option<Named<'_, f64>>> {
        let name = match (variant.distance, protocol.coordinates, protocol.grid) {
            (Distance::None, _, _) => return Ok(None),
            (Distance::Measured, Coordinates::Published, _) => "distance.published",
            (Distance::Measured, Coordinates::Measured, _) => "distance.measured",
            (Distance::Grid, _, GridSpacing::Grid) => "distance.grid",
            (Distance::Grid, _, GridSpacing::GridUnit) => "distance.grid-unit",
        };
        self.matrix(name).map(Some)
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

    /// The functional weights of one simulation of an arm, `[units, units]`, if the variant begins from them.
    pub(crate) fn functional(&self, variant: Variant, arm: &str, simulation: u32) -> Option<Named<'_, f32>> {
        if variant.initialiser == Initialiser::Orthogonal {
            return None;
        }
        let size = self.units * self.units;
        let values = self.functional.get(arm)?.get(simulation as usize * size..)?.get(..size)?;
        Some(Named { name: format!("functional.{simulation}"), values })
    }

    fn matrix(&self, name: &str) -> anyhow::Result<Named<'_, f64>> {
        let values = self.tensors.f64(name, &[self.units, self.units])?;
        Ok(Named { name: name.to_owned(), values })
    }
}

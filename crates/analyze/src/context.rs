use artifact::{ArtifactError, Kind};
use cortex::FieldName;
use stage::Session;
use statistics::ranks;

/// What is known of the pairs of neurons of a field: ranks of its off-diagonal entries, row by row, where at hand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldContext {
    /// Neurons.
    pub units: usize,
    /// Distance between somata, micrometres.
    pub distance: Option<Vec<f64>>,
    /// Correlation of binned event counts.
    pub functional: Option<Vec<f64>>,
    /// Synapses from the first to the second.
    pub connectome: Option<Vec<f64>>,
}

impl FieldContext {
    /// Reads what `ingest` and `priors` made of a field; a field without priors has an empty context.
    ///
    /// # Errors
    /// Damaged artifacts.
    pub fn open(session: &mut Session, field: &FieldName) -> anyhow::Result<Self> {
        let mut context = Self::default();
        let place = session.place(["priors", field.as_str()]);
        if !place.join("manifest.json").exists() {
            return Ok(context);
        }
        let priors = session.input(&place, Kind::Priors)?.tensors("priors.safetensors")?;
        let measured = |name: &str| -> Result<Option<(usize, Vec<f64>)>, ArtifactError> {
            if !priors.names().any(|known| known == name) {
                return Ok(None);
            }
            let units = priors.get(name)?.shape.first().copied().unwrap_or_default();
            Ok(Some((units, priors.f64(name, &[units, units])?.to_vec())))
        };
        if let Some((units, values)) = measured("distance.micrometre")? {
            context.units = units;
            context.distance = ranks_off_diagonal(&values, units);
        }
        if let Some((units, values)) = measured("correlation")? {
            context.units = units;
            context.functional = ranks_off_diagonal(&values, units);
        }
        let place = session.place(["ingest", field.as_str()]);
        if place.join("manifest.json").exists() {
            let table = session.input(&place, Kind::Field)?.table("synapses.parquet")?;
            let (pre, post, count) = (table.u32("pre")?, table.u32("post")?, table.u32("count")?);
            let units = context.units;
            let mut counts = vec![0.0; units * units];
            for ((&pre, &post), &count) in pre.iter().zip(post).zip(count) {
                if let Some(entry) = counts.get_mut(pre as usize * units + post as usize) {
                    *entry += f64::from(count);
                }
            }
            context.connectome = ranks_off_diagonal(&counts, units);
        }
        Ok(context)
    }

    /// Whether nothing is known of the field.
    pub fn is_empty(&self) -> bool {
        self.distance.is_none() && self.functional.is_none() && self.connectome.is_none()
    }
}

/// Ranks of the entries between different neurons; `None` if one of them is not a number.
fn ranks_off_diagonal(values: &[f64], units: usize) -> Option<Vec<f64>> {
    let between = values.iter().enumerate().filter(|(index, _)| index / units != index % units);
    let between: Vec<f64> = between.map(|(_, &value)| value).collect();
    between.iter().all(|value| value.is_finite()).then(|| ranks(&between))
}

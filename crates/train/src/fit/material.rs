use std::collections::BTreeMap;

use artifact::Fingerprint;
use numerics::Mat;

use super::{FitArguments, source::Source};
use crate::{lessons::Lessons, network::Weights};

/// Everything that `fit` reads.
pub(super) struct Material {
    pub(super) initial: Weights,
    pub(super) trials: Lessons,
    pub(super) validation: Option<Lessons>,
    pub(super) test: Option<Lessons>,
    pub(super) distance: Option<Mat<f64>>,
    pub(super) empirical: Option<Mat<f64>>,
}

impl Material {
    pub(super) fn read(arguments: &FitArguments) -> anyhow::Result<Self> {
        let initial = arguments.initial.weights()?;
        let lessons =
            |source: &Option<Source>| source.as_ref().map(|source| source.lessons(&initial)).transpose();
        let matrix =
            |source: &Option<Source>| source.as_ref().map(|source| source.square(initial.units)).transpose();
        Ok(Self {
            trials: arguments.trials.lessons(&initial)?,
            validation: lessons(&arguments.validation)?,
            test: lessons(&arguments.test)?,
            distance: matrix(&arguments.distance)?,
            empirical: matrix(&arguments.empirical)?,
            initial,
        })
    }

    /// Fingerprint of every input, by its name.
    pub(super) fn fingerprints(&self) -> BTreeMap<String, Fingerprint> {
        let values: Vec<f32> =
            self.initial.parts().into_iter().flat_map(|(_, values)| values.to_vec()).collect();
        let mut inputs = BTreeMap::from([("initial".to_owned(), Fingerprint::of_f32(&values))]);
        let sets = [
            ("trials", Some(&self.trials)),
            ("validation", self.validation.as_ref()),
            ("test", self.test.as_ref()),
        ];
        for (name, lessons) in sets {
            let Some(lessons) = lessons else { continue };
            let answers = (0..lessons.len()).flat_map(|trial| {
                lessons
                    .answers(trial)
                    .iter()
                    .flat_map(move |answer| [trial as f64, answer.step.into(), answer.label.into()])
            });
            inputs.insert(format!("{name}.x"), Fingerprint::of_f32(lessons.all_inputs()));
            inputs.insert(format!("{name}.y"), Fingerprint::of_f64(&answers.collect::<Vec<_>>()));
        }
        for (name, matrix) in [("distance", &self.distance), ("empirical", &self.empirical)] {
            let fingerprint =
                |matrix: &Mat<f64>| Fingerprint::of_f64(&numerics::to_row_major(matrix.as_ref()));
            inputs.extend(matrix.as_ref().map(|matrix| (name.to_owned(), fingerprint(matrix))));
        }
        inputs
    }
}

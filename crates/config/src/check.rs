//! From the file as written to settings that science code can rely on.

use std::{collections::BTreeMap, fmt::Display, path::Path, str::FromStr};

use cortex::{FieldName, Protocol, Task, Variant};

use crate::{
    Arm, ClaimsFile, ConfigError, FieldSelection, Filters, PrecisionEstimator, PriorSettings, Source, Study,
    TableSettings, TrainOptions, TrainSettings, arm,
    file::{
        self, File, Lambda, Matched, NamedOrCustomProtocol, OneOrMany, Penalised, Precision, SourceKind,
        WordOrCount,
    },
    load,
};

/// Names the file and key of a value that cannot be used.
#[derive(Clone, Copy)]
struct Checker<'a> {
    path: &'a Path,
}

pub(crate) fn study(path: &Path, file: File) -> Result<Study, ConfigError> {
    let checker = Checker { path };
    if file.arm.is_empty() {
        return Err(checker.error("arm", "a study needs at least one [[arm]]"));
    }
    let arms = file
        .arm
        .iter()
        .map(|table| {
            let (own, priors, train) = arm::read(path, table, &file.priors, &file.train)?;
            checker.arm(own, priors, train)
        })
        .collect::<Result<Vec<_>, _>>()?;
    if let Some(name) = first_repeated(arms.iter().map(|arm| &arm.name)) {
        return Err(checker.error("arm.name", format!("two arms are called `{name}`")));
    }
    Ok(Study {
        file: path.to_owned(),
        artifacts: file.artifacts.into(),
        seed: file.seed,
        source: checker.source(file.source)?,
        priors: checker.priors(file.priors)?,
        arms,
        claims: file.analyze.claims.map(|path| checker.claims(path)).transpose()?,
    })
}

impl Checker<'_> {
    fn error(self, key: &str, message: impl Display) -> ConfigError {
        ConfigError::Value { path: self.path.to_owned(), key: key.to_owned(), message: message.to_string() }
    }

    fn positive(self, key: &str, value: f64) -> Result<f64, ConfigError> {
        if value.is_finite() && value > 0.0 {
            Ok(value)
        } else {
            Err(self.error(key, format!("{value} is not a positive number")))
        }
    }

    fn not_negative(self, key: &str, value: f64) -> Result<f64, ConfigError> {
        if value.is_finite() && value >= 0.0 {
            Ok(value)
        } else {
            Err(self.error(key, format!("{value} is negative or not a number")))
        }
    }

    fn at_least_one(self, key: &str, value: usize) -> Result<usize, ConfigError> {
        if value > 0 { Ok(value) } else { Err(self.error(key, "must be at least 1")) }
    }

    fn claims(self, path: String) -> Result<ClaimsFile, ConfigError> {
        match load::read(Path::new(&path)) {
            Ok(text) => Ok(ClaimsFile { path: path.into(), text }),
            Err(error) => Err(self.error("analyze.claims", format!("cannot read {path}: {error}"))),
        }
    }

    fn field(self, name: &str) -> Result<FieldName, ConfigError> {
        name.parse().map_err(|error| self.error("source.fields", error))
    }

    fn source(self, source: file::Source) -> Result<Source, ConfigError> {
        let settings = Box::new(self.tables(&source)?);
        if source.kind != SourceKind::Tables && *settings != TableSettings::default() {
            let message = "files, bundle, resolution_nm, angles, unit_of_nucleus, wiring, activity and filters of neurons are for source.kind = \"tables\"";
            return Err(self.error("source.kind", message));
        }
        let selection = match source.fields {
            OneOrMany::One(word) if word == "all" => FieldSelection::All,
            OneOrMany::One(name) => FieldSelection::Named(vec![self.field(&name)?]),
            OneOrMany::Many(names) => {
                let names = names.iter().map(|name| self.field(name)).collect::<Result<Vec<_>, _>>()?;
                if names.is_empty() {
                    return Err(self.error("source.fields", "no field is named"));
                }
                if let Some(name) = first_repeated(names.iter()) {
                    return Err(self.error("source.fields", format!("{name} is named twice")));
                }
                FieldSelection::Named(names)
            }
        };
        let path = source.path.into();
        Ok(match (source.kind, selection) {
            (SourceKind::Bundle, fields) => Source::Bundle { path, fields },
            (SourceKind::Tables, fields) => Source::Tables { path, fields, settings },
            (SourceKind::Synthetic, FieldSelection::Named(fields)) => {
                if let Some(name) = fields.iter().find(|name| name.synthetic_neurons().is_none()) {
                    let message = format!("{name} is not synthetic_N; for measured cortex set source.kind");
                    return Err(self.error("source.fields", message));
                }
                Source::Synthetic { fields }
            }
            (SourceKind::Synthetic, FieldSelection::All) => {
                return Err(
                    self.error("source.fields", "name the synthetic fields, such as [\"synthetic_64\"]")
                );
            }
        })
    }

    fn tables(self, source: &file::Source) -> Result<TableSettings, ConfigError> {
        for length in source.resolution_nm.iter().flatten() {
            self.positive("source.resolution_nm", *length)?;
        }
        if let Some(least) = source.minimum_cc_abs.filter(|least| !(-1.0..=1.0).contains(least)) {
            return Err(self.error("source.minimum_cc_abs", format!("{least} is no correlation coefficient")));
        }
        Ok(TableSettings {
            files: source.files.clone(),
            bundle: source.bundle.clone(),
            resolution_nm: source.resolution_nm,
            angles: self.word("source.angles", source.angles.as_deref())?,
            unit_of_nucleus: self.word("source.unit_of_nucleus", source.unit_of_nucleus.as_deref())?,
            wiring: self.word("source.wiring", source.wiring.as_deref())?,
            filters: Filters {
                excitatory: source.excitatory,
                minimum_cc_abs: source.minimum_cc_abs,
                areas: source.areas.clone(),
                layers: source.layers.clone(),
                proofread_axon: source.proofread_axon,
            },
            activity: self.activity(&source.activity)?,
        })
    }

    fn activity(self, activity: &file::Activity) -> Result<crate::ActivitySettings, ConfigError> {
        let word = |key: &str, error: String| self.error(&format!("source.activity.{key}"), error);
        if !activity.threshold.is_finite() {
            return Err(self.error("source.activity.threshold", "it is not a number"));
        }
        if let Some(rate) = activity.frame_rate {
            self.positive("source.activity.frame_rate", rate)?;
        }
        Ok(crate::ActivitySettings {
            events: activity.events.parse().map_err(|error| word("events", error))?,
            threshold: activity.threshold,
            threshold_in: activity.threshold_in.parse().map_err(|error| word("threshold_in", error))?,
            frame_rate: activity.frame_rate,
            delays: activity.delays,
        })
    }

    fn word<T: FromStr<Err = String>>(self, key: &str, word: Option<&str>) -> Result<Option<T>, ConfigError> {
        word.map(|word| word.parse().map_err(|error| self.error(key, error))).transpose()
    }

    fn priors(self, priors: file::Priors) -> Result<PriorSettings, ConfigError> {
        let precision = match priors.precision {
            Precision::Name(name) if name == "inverse" => PrecisionEstimator::Inverse,
            Precision::Name(name) if name == "graphical-lasso-cv" => PrecisionEstimator::GraphicalLassoCv,
            Precision::Name(name) => {
                let message = format!(
                    "`{name}` is not \"graphical-lasso-cv\", {{ graphical-lasso = ALPHA }} or \"inverse\""
                );
                return Err(self.error("priors.precision", message));
            }
            Precision::Penalised(Penalised { graphical_lasso: alpha }) => {
                PrecisionEstimator::GraphicalLasso(self.positive("priors.precision.graphical-lasso", alpha)?)
            }
        };
        let grid = priors
            .grid
            .into_iter()
            .map(|(name, shape)| {
                if shape.contains(&0) {
                    return Err(self.error("priors.grid", format!("{name} has an axis of length 0")));
                }
                Ok((name.parse().map_err(|error| self.error("priors.grid", error))?, shape))
            })
            .collect::<Result<BTreeMap<FieldName, _>, _>>()?;
        Ok(PriorSettings {
            bin_seconds: self.positive("priors.bin_seconds", priors.bin_seconds)?,
            sttc_window_seconds: self.positive("priors.sttc_window_seconds", priors.sttc_window_seconds)?,
            precision,
            grid,
            largest_dense: priors.largest_dense,
        })
    }

    fn train(self, train: file::Train) -> Result<TrainSettings, ConfigError> {
        let options = self.options(&train)?;
        let tasks = train
            .tasks
            .iter()
            .map(|task| task.parse::<Task>().map_err(|error| self.error("train.tasks", error)))
            .collect::<Result<Vec<_>, _>>()?;
        let variants = match train.variants {
            OneOrMany::One(word) if word == "published" => Variant::PUBLISHED.to_vec(),
            OneOrMany::One(name) => vec![self.variant(&name)?],
            OneOrMany::Many(names) => {
                names.iter().map(|name| self.variant(name)).collect::<Result<Vec<_>, _>>()?
            }
        };
        if tasks.is_empty() {
            return Err(self.error("train.tasks", "no task is named"));
        }
        if variants.is_empty() {
            return Err(self.error("train.variants", "no variant is named"));
        }
        if let Some(task) = first_repeated(tasks.iter()) {
            return Err(self.error("train.tasks", format!("{task} is named twice")));
        }
        if let Some(variant) = first_repeated(variants.iter()) {
            return Err(self.error("train.variants", format!("{variant} is named twice")));
        }
        let batch = self.at_least_one("train.batch", train.batch)?;
        let training_trials = self.at_least_one("train.training_trials", train.training_trials)?;
        if !training_trials.is_multiple_of(batch) {
            let message = format!("{batch} does not divide the {training_trials} training trials");
            return Err(self.error("train.batch", message));
        }
        let (lambda, matched) = match train.lambda {
            Lambda::Strength(lambda) => (lambda, None),
            Lambda::Matched(Matched { matched, strength }) => {
                let variant =
                    matched.parse::<Variant>().map_err(|error| self.error("train.lambda", error))?;
                (self.positive("train.lambda", strength)?, Some(variant))
            }
        };
        let device = train.device.parse().map_err(|error: String| self.error("train.device", error))?;
        let simulations = self.at_least_one("train.simulations", train.simulations as usize)?;
        if !train.seeds.is_empty() && train.seeds.len() != simulations {
            let message = format!("{} seeds for {simulations} simulations; list one each", train.seeds.len());
            return Err(self.error("train.seeds", message));
        }
        if let Some(seed) = first_repeated(train.seeds.iter()) {
            return Err(self.error("train.seeds", format!("{seed} is listed twice")));
        }
        Ok(TrainSettings {
            tasks,
            variants,
            simulations: simulations as u32,
            training_trials,
            validation_trials: self.at_least_one("train.validation_trials", train.validation_trials)?,
            test_trials: self.at_least_one("train.test_trials", train.test_trials)?,
            epochs: self.at_least_one("train.epochs", train.epochs as usize)? as u32,
            batch,
            learning_rate: self.positive("train.learning_rate", train.learning_rate)?,
            input_noise: self.not_negative("train.input_noise", train.input_noise)?,
            lambda: self.not_negative("train.lambda", lambda)?,
            matched,
            lambda_emd: self.not_negative("train.lambda_emd", train.lambda_emd)?,
            options,
            keep_weights: match train.keep_weights {
                WordOrCount::Word(word) if word == "all" => None,
                WordOrCount::Word(word) => {
                    let message = format!("`{word}` is not \"all\" or a number of simulations");
                    return Err(self.error("train.keep_weights", message));
                }
                WordOrCount::Count(simulations) => Some(simulations),
            },
            seeds: train.seeds,
            device,
            concurrent_runs: train.concurrent_runs,
            memory_mb: train.memory_mb,
        })
    }

    /// Options of training; 0 switches those off that have no other word for it.
    fn options(self, train: &file::Train) -> Result<TrainOptions, ConfigError> {
        let time_constant_steps = train.time_constant_steps;
        if !(time_constant_steps.is_finite() && time_constant_steps >= 1.0) {
            let message = format!("{time_constant_steps} is not a number of at least 1");
            return Err(self.error("train.time_constant_steps", message));
        }
        if !train.learning_rate_schedule.is_sound() {
            let message = "the factor of an exponential fall must be above 0 and at most 1";
            return Err(self.error("train.learning_rate_schedule", message));
        }
        let clip = self.not_negative("train.gradient_clip_norm", train.gradient_clip_norm)?;
        Ok(TrainOptions {
            activation: train.activation,
            time_constant_steps,
            gradient_clip_norm: (clip > 0.0).then_some(clip),
            learning_rate_schedule: train.learning_rate_schedule,
            weight_decay: self.not_negative("train.weight_decay", train.weight_decay)?,
            early_stopping_epochs: (train.early_stopping_epochs > 0).then_some(train.early_stopping_epochs),
            snapshots: train.snapshots,
        })
    }

    fn variant(self, name: &str) -> Result<Variant, ConfigError> {
        name.parse().map_err(|error| self.error("train.variants", error))
    }

    fn arm(self, own: file::Arm, priors: file::Priors, train: file::Train) -> Result<Arm, ConfigError> {
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if own.name.is_empty() || own.name.len() > 64 || !own.name.bytes().all(safe) {
            let message = format!("`{}` cannot name an arm: use letters, digits, `-` and `_`", own.name);
            return Err(self.error("arm.name", message));
        }
        let protocol = match own.protocol {
            NamedOrCustomProtocol::Named(name) if name == "published" => Protocol::PUBLISHED,
            NamedOrCustomProtocol::Named(name) if name == "described" => Protocol::DESCRIBED,
            NamedOrCustomProtocol::Named(name) => {
                let message = format!("`{name}` is not published, described or a table of switches");
                return Err(self.error("arm.protocol", message));
            }
            NamedOrCustomProtocol::Custom(protocol) => protocol,
        };
        if own.factors.is_empty() {
            return Err(self.error("arm.factors", "no functional factor is named"));
        }
        if let Some(factor) = first_repeated(own.factors.iter()) {
            return Err(self.error("arm.factors", format!("{factor} is named twice")));
        }
        Ok(Arm {
            name: own.name,
            protocol,
            factors: own.factors,
            positive: own.positive,
            priors: self.priors(priors)?,
            train: self.train(train)?,
        })
    }
}

fn first_repeated<T: PartialEq>(items: impl Iterator<Item = T>) -> Option<T> {
    let mut seen = Vec::new();
    for item in items {
        if seen.contains(&item) {
            return Some(item);
        }
        seen.push(item);
    }
    None
}

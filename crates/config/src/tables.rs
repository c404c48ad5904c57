//! `[source]` where its kind is `tables`: what the tables themselves do not tell.

use std::{collections::BTreeMap, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::ActivitySettings;

/// How a folder of MICrONS tables is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TableSettings {
    /// Which file serves as which table, by role, where several could.
    pub files: BTreeMap<String, String>,
    /// A released bundle whose order of neurons is followed, where one is named.
    pub bundle: Option<String>,
    /// Length of a unit of positions, nanometres, of tables that do not tell; voxels of 4 × 4 × 40 nm unless given.
    pub resolution_nm: Option<[f64; 3]>,
    /// Unit of angles; told by their range unless given.
    pub angles: Option<Angles>,
    /// Which of several units of one nucleus is taken; the first of cc_abs, score and order that is known unless given.
    pub unit_of_nucleus: Option<UnitOfNucleus>,
    /// Where connections come from; synapses where there are any, else connections, unless given.
    pub wiring: Option<Wiring>,
    /// Which neurons are kept.
    pub filters: Filters,
    /// How traces become events.
    pub activity: ActivitySettings,
}

/// Which neurons of a field are kept: those that pass every filter.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Filters {
    /// Excitatory neurons only.
    pub excitatory: bool,
    /// Neurons whose digital twin predicts them at least so well.
    pub minimum_cc_abs: Option<f64>,
    /// Neurons of these areas.
    pub areas: Vec<String>,
    /// Neurons of these layers.
    pub layers: Vec<String>,
    /// Neurons whose axon was proofread.
    pub proofread_axon: bool,
}

/// Defines a setting that is one of several words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$word_doc])* $variant),+ }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(format!("`{text}` is not known; use {}", [$(concat!("\"", $word, "\"")),+].join(" or "))),
                }
            }
        }
    };
}

words!(
    /// Unit of angles.
    Angles {
        /// A full turn is 2π.
        Radians = "radians",
        /// A full turn is 360.
        Degrees = "degrees",
    }
);

words!(
    /// Which of several units of one nucleus is taken.
    UnitOfNucleus {
        /// The one that its digital twin predicts best.
        HighestCcAbs = "highest-cc-abs",
        /// The one of the highest coregistration score.
        HighestScore = "highest-score",
        /// The first by session, scan and unit id.
        First = "first",
    }
);

words!(
    /// Where connections come from.
    Wiring {
        /// A table of synapses, one row each.
        Synapses = "synapses",
        /// A table of connections, one row a pair, with its number of synapses.
        Connections = "connections",
        /// Nowhere: fields have no connections.
        None = "none",
    }
);

use cortex::{Communicability, Distance, Initialiser, Variant};

use crate::report::style;

/// Variants of equal communicability: what the report sets side by side.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) communicability: Communicability,
    pub(crate) variants: Vec<Variant>,
}

impl Group {
    /// Its sign in figures.
    pub(crate) fn sign(&self) -> &'static str {
        match self.communicability {
            Communicability::Own => "C",
            Communicability::Empirical => "C*",
            Communicability::None => "no C",
        }
    }

    /// What its penalty is.
    pub(crate) fn title(&self) -> &'static str {
        match self.communicability {
            Communicability::Own => "C: the network’s communicability weighs the penalty",
            Communicability::Empirical => "C*: communicability is drawn to the connectome’s",
            Communicability::None => "No communicability",
        }
    }
}

/// Groups variants by communicability; within a group initialisers stand together, then distances.
pub(crate) fn groups(variants: &[Variant]) -> Vec<Group> {
    let mut sorted = variants.to_vec();
    sorted.sort_by_key(|&variant| rank(variant));
    let mut groups: Vec<Group> = Vec::new();
    for variant in sorted {
        match groups.last_mut() {
            Some(group) if group.communicability == variant.communicability => group.variants.push(variant),
            _ => {
                groups.push(Group { communicability: variant.communicability, variants: vec![variant] });
            }
        }
    }
    groups
}

fn rank(variant: Variant) -> (u8, (u8, Initialiser), (u8, Distance)) {
    let communicability = match variant.communicability {
        Communicability::Own => 0,
        Communicability::Empirical => 1,
        Communicability::None => 2,
    };
    let distance = match variant.distance {
        Distance::Measured => 0,
        Distance::Exactly(_) => 1,
        Distance::Grid => 2,
        Distance::None => 3,
    };
    (communicability, style::rank(variant.initialiser), (distance, variant.distance))
}

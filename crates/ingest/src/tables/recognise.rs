//! What a table is, told by the names of its columns.

use super::{attributes, file::TableFile};

/// Names of the columns that identify rows, the usual one first.
pub(super) mod names {
    pub(in crate::tables) const SESSION: &[&str] = &["session"];
    pub(in crate::tables) const SCAN: &[&str] = &["scan_idx", "scan"];
    pub(in crate::tables) const UNIT: &[&str] = &["unit_id"];
    pub(in crate::tables) const FIELD: &[&str] = &["field"];
    /// `target_id` is the nucleus always; `id` is not, as it may be the annotation.
    pub(in crate::tables) const NUCLEUS: &[&str] = &["target_id", "nucleus_id", "id_ref"];
    /// In the nucleus table itself, `id` is the nucleus.
    pub(in crate::tables) const OWN_NUCLEUS: &[&str] = &["target_id", "nucleus_id", "id"];
    pub(in crate::tables) const ROOT: &[&str] = &["pt_root_id", "root_id"];
    pub(in crate::tables) const POSITION: &[&str] = &["pt_position", "position"];
    pub(in crate::tables) const VALID: &[&str] = &["valid"];
    pub(in crate::tables) const ID: &[&str] = &["id"];
    pub(in crate::tables) const PRE_ROOT: &[&str] = &["pre_pt_root_id"];
    pub(in crate::tables) const POST_ROOT: &[&str] = &["post_pt_root_id"];
    pub(in crate::tables) const PRE_NUCLEUS: &[&str] = &["pre_nuc_id", "pre_nucleus_id"];
    pub(in crate::tables) const POST_NUCLEUS: &[&str] = &["post_nuc_id", "post_nucleus_id"];
    pub(in crate::tables) const SIZE: &[&str] = &["size"];
    pub(in crate::tables) const SYNAPSES: &[&str] = &["n_syn"];
    pub(in crate::tables) const SUMMED_SIZE: &[&str] = &["sum_size"];
}

/// What a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// Functional units and the nuclei they were matched to.
    Coregistration,
    /// Nuclei with their segments and positions.
    Nuclei,
    /// Synapses, one row each.
    Synapses,
    /// Connections, one row a pair.
    Connections,
    /// Cell types.
    CellTypes,
    /// Functional areas or layers.
    Areas,
    /// What was proofread.
    Proofreading,
    /// Properties of functional units or of their digital twins.
    Properties,
    /// Functional activity.
    Activity,
}

impl Role {
    /// Every role.
    pub(crate) const ALL: [Self; 9] = [
        Self::Coregistration,
        Self::Nuclei,
        Self::Synapses,
        Self::Connections,
        Self::CellTypes,
        Self::Areas,
        Self::Proofreading,
        Self::Properties,
        Self::Activity,
    ];

    /// Name in the configuration and in messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Coregistration => "coregistration",
            Self::Nuclei => "nuclei",
            Self::Synapses => "synapses",
            Self::Connections => "connections",
            Self::CellTypes => "cell-types",
            Self::Areas => "areas",
            Self::Proofreading => "proofreading",
            Self::Properties => "properties",
            Self::Activity => "activity",
        }
    }

    /// Whether several tables may serve, each with what it knows.
    pub(super) fn may_be_several(self) -> bool {
        matches!(self, Self::Properties | Self::Areas | Self::Activity)
    }
}

/// Tells what a table is; `None` if it is nothing that is read.
pub(super) fn role(file: &TableFile) -> Option<Role> {
    if file.has(names::PRE_ROOT) && file.has(names::POST_ROOT) {
        return Some(if file.has(names::SYNAPSES) { Role::Connections } else { Role::Synapses });
    }
    let has_position =
        file.has(names::POSITION) || names::POSITION.iter().any(|name| file.has(&[&format!("{name}_x")]));
    if file.has(names::SESSION) && file.has(names::SCAN) && file.has(names::UNIT) {
        if file.has(names::FIELD) && file.has(names::NUCLEUS) && (file.has(names::ROOT) || has_position) {
            return Some(Role::Coregistration);
        }
        if crate::activity::recognises(&file.columns) {
            return Some(Role::Activity);
        }
        if attributes::any(file, Role::Properties) {
            return Some(Role::Properties);
        }
        return (file.has(names::FIELD) || file.has(names::NUCLEUS)).then_some(Role::Coregistration);
    }
    let identified = file.has(names::NUCLEUS) || file.has(names::ROOT);
    if identified {
        for role in [Role::Proofreading, Role::CellTypes, Role::Areas] {
            if attributes::any(file, role) {
                return Some(role);
            }
        }
        if file.has(names::OWN_NUCLEUS) && file.has(names::ROOT) && has_position {
            return Some(Role::Nuclei);
        }
        if attributes::any(file, Role::Properties) {
            return Some(Role::Properties);
        }
    }
    crate::activity::recognises(&file.columns).then_some(Role::Activity)
}

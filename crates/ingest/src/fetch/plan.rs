use cortex::FieldName;

/// The bundle's public repository, at the commit that the study's figures are of.
const REPOSITORY: &str = "https://github.com/neurovium/CorticalBlueprintRNN/raw/8d5e241";

/// The fields of the bundle, as its index lists them.
const FIELDS: &str = include_str!("fields.txt");

/// Where the files of the bundle are downloaded from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    fields: String,
    index: String,
    licence: String,
}

impl Address {
    /// The public repository, or a copy of the bundle's folder.
    ///
    /// # Errors
    /// A message, if the mirror is no address of the web.
    pub(super) fn new(mirror: Option<&str>) -> Result<Self, String> {
        let Some(mirror) = mirror else {
            return Ok(Self {
                fields: format!("{REPOSITORY}/Model/DATA/info"),
                index: format!("{REPOSITORY}/Model/INF.md"),
                licence: format!("{REPOSITORY}/LICENSE"),
            });
        };
        let address = mirror.trim_end_matches('/');
        let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
        let plain =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#'));
        if host.is_none_or(|host| host.is_empty() || host.starts_with('/') || !plain(host)) {
            return Err(format!(
                "`{mirror}` is no address of a mirror: use https://HOST/FOLDER or http://HOST/FOLDER"
            ));
        }
        Ok(Self {
            fields: address.to_owned(),
            index: format!("{address}/INF.md"),
            licence: format!("{address}/LICENSE"),
        })
    }

    /// Whether every file lies at an encrypted address, so that redirections must as well.
    pub(super) fn is_encrypted(&self) -> bool {
        self.fields.starts_with("https://")
    }

    /// Address of one file.
    pub(super) fn of(&self, file: &PlannedFile) -> String {
        match file.local() {
            "INF.md" => self.index.clone(),
            "LICENSE" => self.licence.clone(),
            local => format!("{}/{local}", self.fields),
        }
    }
}

/// A file of the bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PlannedFile {
    local: String,
    required: bool,
}

impl PlannedFile {
    /// Path within the bundle's folder: a fixed name, or one in the folder of a field.
    pub(super) fn local(&self) -> &str {
        &self.local
    }

    /// Whether a bundle must have it.
    pub(super) fn is_required(&self) -> bool {
        self.required
    }
}

/// What is to be downloaded.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    fields: Vec<FieldName>,
    files: Vec<PlannedFile>,
}

impl Plan {
    /// Plans these fields, or all where none is named.
    ///
    /// # Errors
    /// A message, if the bundle has no such field.
    pub(super) fn new(named: &[FieldName]) -> Result<Self, String> {
        let released: Vec<FieldName> = FIELDS.lines().filter_map(|line| line.parse().ok()).collect();
        if let Some(unknown) = named.iter().find(|name| !released.contains(name)) {
            let names = released.iter().map(FieldName::as_str).collect::<Vec<_>>().join(", ");
            return Err(format!("the study released no field {unknown}; its fields are {names}"));
        }
        let fields: Vec<FieldName> =
            released.into_iter().filter(|name| named.is_empty() || named.contains(name)).collect();
        let beside =
            ["INF.md", "LICENSE"].map(|name| PlannedFile { local: name.to_owned(), required: false });
        let files = beside.into_iter().chain(fields.iter().flat_map(of_field)).collect();
        Ok(Self { fields, files })
    }

    /// The fields, sorted.
    pub(super) fn fields(&self) -> &[FieldName] {
        &self.fields
    }

    /// Their files, and those beside them.
    pub(super) fn files(&self) -> &[PlannedFile] {
        &self.files
    }
}

fn of_field(name: &FieldName) -> impl Iterator<Item = PlannedFile> + use<> {
    let file = |file: String, required| PlannedFile { local: file, required };
    [
        file(format!("{name}/connectome_{name}.csv"), true),
        file(format!("{name}/corr_matrix.npy"), true),
        file(format!("{name}/positions_{name}.npy"), true),
        file(format!("{name}/precision_matrix.npy"), true),
        file(format!("{name}/root_ids_{name}.npy"), true),
        file(format!("{name}/spikes_{name}.npy"), false),
        file(format!("{name}/sttc_matrix.npy"), true),
        file(format!("{name}/target_ids_{name}.npy"), true),
        file(format!("{name}/unit_ids_{name}.npy"), true),
    ]
    .into_iter()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::{Component, Path};

    use super::*;

    #[test]
    fn all_56_fields_are_planned_and_nothing_leaves_the_folder() {
        let plan = Plan::new(&[]).unwrap();
        assert_eq!(plan.fields().len(), 56);
        assert_eq!(plan.files().len(), 2 + 56 * 9);
        for file in plan.files() {
            let inside =
                Path::new(file.local()).components().all(|part| matches!(part, Component::Normal(_)));
            assert!(inside, "{}", file.local());
        }
    }

    #[test]
    fn an_unknown_field_is_refused_with_the_known_ones() {
        let refused = Plan::new(&["6_6_3".parse().unwrap()]).unwrap_err();
        assert!(refused.contains("no field 6_6_3") && refused.contains("6_6_2"), "{refused}");
    }

    #[test]
    fn a_mirror_holds_the_index_beside_the_fields_and_the_repository_above_them() {
        let plan = Plan::new(&["6_6_2".parse().unwrap()]).unwrap();
        let [index, _, connectome, ..] = plan.files() else { panic!("{plan:?}") };
        let mirror = Address::new(Some("http://localhost:1/bundle/")).unwrap();
        assert_eq!(mirror.of(index), "http://localhost:1/bundle/INF.md");
        assert_eq!(mirror.of(connectome), "http://localhost:1/bundle/6_6_2/connectome_6_6_2.csv");
        let repository = Address::new(None).unwrap();
        assert!(repository.is_encrypted());
        assert!(repository.of(index).ends_with("/8d5e241/Model/INF.md"));
        assert!(repository.of(connectome).ends_with("/Model/DATA/info/6_6_2/connectome_6_6_2.csv"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in [
            "",
            "ftp://host/x",
            "https://",
            "https:///x",
            "host/x",
            "http://a b",
            "http://a?b",
            "file:///etc",
        ] {
            assert!(Address::new(Some(bad)).is_err(), "{bad}");
        }
    }
}

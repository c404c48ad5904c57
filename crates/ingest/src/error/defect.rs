/// What is wrong with the bytes of a file, before it is known which file they are of.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Defect {
    /// A pickle names this foreign global.
    ForeignGlobal(String),
    /// Anything else.
    Content(String),
}

impl Defect {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self::Content(reason.into())
    }

    /// What is wrong, in words.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::ForeignGlobal(global) => format!("its pickle names `{global}`"),
            Self::Content(reason) => reason.clone(),
        }
    }
}

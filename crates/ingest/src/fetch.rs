//! Downloading the study's released bundle.

mod digests;
mod download;
mod plan;

use std::{
    env,
    path::{Path, PathBuf},
    time::Duration,
};

use artifact::Lock;
use clap::Args;
use cortex::FieldName;
use stage::{Console, UsageError};

use crate::{Bundle, IngestError};
use digests::Digests;
use download::{Downloader, Fetched};
use plan::{Address, Plan};

/// Environment variable with the mirror's address; the argument `--mirror` overrules it.
const MIRROR_VARIABLE: &str = "LAMINA_BUNDLE_MIRROR";

/// Pause before the first repeated attempt; each further one waits twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// Arguments of `fetch`.
#[derive(Args, Clone, Debug)]
pub struct FetchArguments {
    /// Folder that the bundle is put in
    #[arg(long, value_name = "DIR", default_value = "data/bundle")]
    pub output: PathBuf,
    /// This field instead of all 56 (repeatable)
    #[arg(long, value_name = "F")]
    pub field: Vec<FieldName>,
    /// Address of a copy of the bundle's folder (URL/6_6_2/corr_matrix.npy), instead of its public repository;
    /// or the environment variable LAMINA_BUNDLE_MIRROR
    #[arg(long, value_name = "URL")]
    pub mirror: Option<String>,
    /// Attempts after the first one, for each file, where the network or the server fails
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub retries: u32,
    /// No progress, only results and errors
    #[arg(long)]
    pub quiet: bool,
}

/// Downloads the released bundle, or the named fields of it, and checks every file.
///
/// A file is downloaded beside its place, from where an interrupted download ended if the server can, and moved
/// there when its BLAKE3 digest is right: the one that this program knows, else the one in `DIGESTS` of the
/// folder, where the digest of every other file is recorded at its first download. What is there already is
/// checked the same way and left alone. Finally each field is read as `run` would.
///
/// # Errors
/// A usage error for a field that the study did not release, or an address that is none; [`IngestError::Download`]
/// for what the network, the server or a wrong digest prevents; what [`Bundle`] says of a field that cannot be used.
pub fn fetch(arguments: &FetchArguments) -> anyhow::Result<()> {
    let console = Console::new(arguments.quiet);
    let mirror =
        arguments.mirror.clone().or_else(|| env::var(MIRROR_VARIABLE).ok().filter(|url| !url.is_empty()));
    let address = Address::new(mirror.as_deref()).map_err(UsageError)?;
    let plan = Plan::new(&arguments.field).map_err(UsageError)?;
    let output = &arguments.output;
    let _lock = Lock::acquire(output, |holder| {
        console.say(format!("ingest: {} is in use by {holder}; waiting", output.display()));
    })?;
    let mut digests = Digests::open(output)?;
    let downloader = Downloader::new(&address, arguments.retries, FIRST_PAUSE);
    let files = plan.files();
    let progress = console.progress(files.len(), "fetching");
    let mut bytes = 0;
    for file in files {
        let fetched = downloader.fetch(file, output, &mut digests)?;
        bytes += fetched.bytes();
        progress.advance(&format!("{}: {fetched}", file.local()));
    }
    progress.finish();
    for field in plan.fields() {
        console.result(check(output, field, &digests)?);
    }
    console.result(format!("{}: {bytes} bytes downloaded", output.display()));
    Ok(())
}

/// Reads a field as `run` would; says what it holds and by what its files were checked.
fn check(output: &Path, field: &FieldName, digests: &Digests) -> Result<String, IngestError> {
    let clean = Bundle::open(output)?.field(field)?.read()?;
    let checked = if digests.knows_field(field) {
        "digests as released"
    } else {
        "digests as recorded at first download; this program knows none for this field"
    };
    Ok(format!("{}; {checked}", clean.summary()))
}

impl Fetched {
    fn bytes(&self) -> u64 {
        match self {
            Self::Downloaded { bytes, .. } => *bytes,
            Self::Present | Self::Absent => 0,
        }
    }
}

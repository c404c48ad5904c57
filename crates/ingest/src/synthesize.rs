//! Writing a synthetic cortex in the forms in which MICrONS data reaches users.

mod bundle;
mod dialect;
mod object_array;
mod records;
mod sheet;
mod sink;
mod tables;
mod text;
mod volume;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Args;
use cortex::{Connection, Field, FieldName};
use rand::seq::SliceRandom;
use stage::{Console, UsageError};

pub use dialect::{ActivityShape, Dialect, SynapseShape};

use crate::{IngestError, synthesize};
use tables::Recording;

/// Neurons of the largest field that is written.
const LARGEST: usize = 15_000;

/// Synapses of a table, unless given: so many for each within the field.
const SYNAPSES_EACH: u64 = 4;

/// Arguments of `synthesize`.
#[derive(Args, Clone, Debug)]
pub struct SynthesizeArguments {
    /// Folder to write, new or empty; with several dialects, each gets a folder of its name in it
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Form to write (repeatable); all where none is named
    #[arg(long, value_name = "NAME")]
    pub dialect: Vec<Dialect>,
    /// Neurons of the field, up to 15000
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub neurons: usize,
    /// Synapses of the whole table, most of them outside the field; fewer than the field has thin it out
    #[arg(long, value_name = "M")]
    pub synapses: Option<u64>,
    /// Name of the field: session_scan_field
    #[arg(long, value_name = "F", default_value = "1_1_1")]
    pub field: FieldName,
    /// Seed of every random stream
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub seed: u64,
    /// Shape of the table of synapses
    #[arg(long, value_name = "SHAPE", default_value = "synapses_pni_2")]
    pub synapse_table: SynapseShape,
    /// Shape of the table of activity
    #[arg(long, value_name = "SHAPE", default_value = "long")]
    pub activity: ActivityShape,
    /// No progress, only results and errors
    #[arg(long)]
    pub quiet: bool,
}

/// Writes a synthetic cortex as a bundle and as MICrONS tables, the same cortex in each.
///
/// The field is `synthetic_N` of the seed under another name, its units numbered in the order of the neurons, so
/// that ordering by unit keeps them. Tables hold more synapses than the field's: those of a volume around it.
/// Memory grows with the field, not with the number of synapses. Equal arguments write equal bytes.
///
/// # Errors
/// A usage error for a number or name out of range, or a folder that is not empty; what the disk refuses. Nothing
/// is left at the folder's place then.
pub fn write_synthetic(arguments: &SynthesizeArguments) -> anyhow::Result<()> {
    check(arguments).map_err(UsageError)?;
    let console = Console::new(arguments.quiet);
    let field = field(arguments)?;
    let inside: u64 = field.connections.iter().map(|connection| u64::from(connection.count)).sum();
    let synapses = arguments.synapses.unwrap_or(inside * SYNAPSES_EACH).max(1);
    let dialects = match &arguments.dialect[..] {
        [] => <Dialect as clap::ValueEnum>::value_variants().to_vec(),
        named => {
            let mut named = named.to_vec();
            named.sort();
            named.dedup();
            named
        }
    };
    let parent =
        arguments.folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(IngestError::io("create", parent))?;
    let draft = tempfile::Builder::new().prefix(".synthesize-").tempdir_in(parent);
    let draft = draft.map_err(IngestError::io("write in", parent))?;
    let steps = dialects.iter().map(|dialect| if dialect.layout().is_some() { 3 } else { 1 }).sum();
    let progress = console.progress(steps, "synthesizing");
    for dialect in &dialects {
        let folder =
            if dialects.len() > 1 { draft.path().join(dialect.name()) } else { draft.path().to_owned() };
        fs::create_dir_all(&folder).map_err(IngestError::io("create", &folder))?;
        if let Some(layout) = dialect.layout() {
            tables::write(&folder, layout, &field, arguments, synapses, &progress)?;
        } else {
            bundle::write(&folder, &field)?;
            progress.advance("bundle");
        }
    }
    progress.finish();
    publish(draft, &arguments.folder)?;
    let names = dialects.iter().map(|dialect| dialect.name()).collect::<Vec<_>>().join(", ");
    console.result(format!(
        "{}: field {} of {} neurons, {} connections, {inside} synapses within it of {synapses}, {} events; as {names}",
        arguments.folder.display(),
        field.name,
        field.neurons.len(),
        field.connections.len(),
        field.events.len(),
    ));
    Ok(())
}

fn check(arguments: &SynthesizeArguments) -> Result<(), String> {
    if !(2..=LARGEST).contains(&arguments.neurons) {
        return Err(format!("--neurons {}: from 2 to {LARGEST} can be synthesised", arguments.neurons));
    }
    if Recording::of(&arguments.field).is_none() {
        return Err(format!("--field {}: name it session_scan_field, such as 1_1_1", arguments.field));
    }
    match fs::read_dir(&arguments.folder).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        _ => Err(format!("{} is not an empty folder; name a new one", arguments.folder.display())),
    }
}

/// The field of the arguments' seed: units ascending, and no more synapses than the whole table is to have.
fn field(arguments: &SynthesizeArguments) -> Result<Field, IngestError> {
    let name: FieldName = match format!("synthetic_{}", arguments.neurons).parse() {
        Ok(name) => name,
        Err(_) => arguments.field.clone(),
    };
    let mut field = synthesize(&name, arguments.seed)?.field;
    field.name = arguments.field.clone();
    let mut units: Vec<_> = field.neurons.iter().map(|neuron| neuron.unit).collect();
    units.sort();
    field.neurons.iter_mut().zip(units).for_each(|(neuron, unit)| neuron.unit = unit);
    if let Some(most) = arguments.synapses {
        thin(&mut field.connections, most, arguments.seed);
    }
    Ok(field)
}

/// Takes away random connections until at most `most` synapses are left.
fn thin(connections: &mut Vec<Connection>, most: u64, seed: u64) {
    let mut left: u64 = connections.iter().map(|connection| u64::from(connection.count)).sum();
    if left > most {
        connections.shuffle(&mut cortex::stream(seed, &["synthesize", "thin"]));
        while left > most {
            left -= connections.pop().map_or(left, |connection| u64::from(connection.count));
        }
        connections.sort_by_key(|connection| (connection.pre, connection.post));
    }
}

/// Moves the finished folder to its place.
fn publish(draft: tempfile::TempDir, place: &Path) -> Result<(), IngestError> {
    fs::set_permissions(draft.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .map_err(IngestError::io("set the mode of", draft.path()))?;
    // A folder that is empty gives way; one that has been filled meanwhile does not.
    fs::rename(draft.path(), place).map_err(IngestError::io("create", place))?;
    let _ = draft.keep();
    Ok(())
}

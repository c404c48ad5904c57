use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use graph::{GraphMeasures, PublishedNulls, WeightMatrix};
use safetensors::{Dtype, SafeTensors};
use serde::Serialize;

use crate::{AnalyzeError, nulls};

/// Arguments of `graph`.
#[derive(Args, Clone, Debug)]
pub struct GraphArguments {
    /// Safetensors file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Square matrix of f32 or f64, `W[pre, post]`
    #[arg(long, value_name = "NAME")]
    pub tensor: String,
    /// Null graphs that small-worldness is relative to
    #[arg(long, value_name = "N", default_value_t = nulls::COUNT as u32, value_parser = clap::value_parser!(u32).range(1..))]
    pub nulls: u32,
    /// Seed of the null graphs
    #[arg(long, value_name = "N", default_value_t = nulls::SEED)]
    pub seed: u64,
}

/// The printed object: names and order of the columns of `metrics.parquet`.
#[derive(Serialize)]
struct GraphObject {
    modularity: Option<f64>,
    small_worldness: Option<f64>,
    assortativity: Option<f64>,
    entropy: Option<f64>,
    clustering: Option<f64>,
    efficiency: Option<f64>,
    communities: usize,
    edges: usize,
}

/// Prints the graph metrics of one weight matrix as a JSON object; a metric that it does not have is null.
///
/// # Errors
/// [`AnalyzeError::Unreadable`], [`AnalyzeError::Tensor`] or [`AnalyzeError::Graph`].
pub fn graph_of_file(arguments: &GraphArguments) -> anyhow::Result<()> {
    let (values, nodes) = square_matrix(&arguments.file, &arguments.tensor)?;
    let measures = measure(&values, nodes, arguments).map_err(|source| AnalyzeError::Graph {
        item: format!("{}: tensor `{}`", arguments.file.display(), arguments.tensor),
        source,
    })?;
    let object = GraphObject {
        modularity: measures.modularity,
        small_worldness: measures.small_worldness,
        assortativity: measures.assortativity,
        entropy: measures.entropy,
        clustering: measures.clustering,
        efficiency: measures.efficiency,
        communities: measures.communities,
        edges: measures.edges,
    };
    println!("{}", serde_json::to_string_pretty(&object)?);
    Ok(())
}

fn measure(
    values: &[f64],
    nodes: usize,
    arguments: &GraphArguments,
) -> Result<GraphMeasures, graph::GraphError> {
    let weights = WeightMatrix::new(values, nodes)?;
    let nulls = match nodes {
        0 | 1 => None,
        _ => Some(PublishedNulls { nodes }.summary(arguments.nulls as usize, arguments.seed)?),
    };
    GraphMeasures::of(weights, nulls.as_ref())
}

/// Reads one square tensor of a safetensors file, whatever else the file holds.
fn square_matrix(path: &Path, name: &str) -> Result<(Vec<f64>, usize), AnalyzeError> {
    let unreadable = |reason: String| AnalyzeError::Unreadable { path: path.to_owned(), reason };
    let refused = |reason: String| {
        let (path, tensor) = (path.to_owned(), name.to_owned());
        AnalyzeError::Tensor { path, tensor, reason }
    };
    let bytes = fs::read(path).map_err(|error| unreadable(error.to_string()))?;
    let file = SafeTensors::deserialize(&bytes)
        .map_err(|error| unreadable(format!("it is not a safetensors file ({error})")))?;
    let Ok(view) = file.tensor(name) else {
        let mut names = file.names();
        names.sort_unstable();
        return Err(refused(format!("is not in the file, which has {}", names.join(", "))));
    };
    let nodes = match view.shape() {
        &[rows, columns] if rows == columns => rows,
        shape => return Err(refused(format!("has the shape {shape:?}, expected a square matrix"))),
    };
    let values = match view.dtype() {
        Dtype::F32 => {
            let chunks = view.data().as_chunks::<4>().0.iter();
            chunks.map(|&bytes| f64::from(f32::from_le_bytes(bytes))).collect()
        }
        Dtype::F64 => view.data().as_chunks::<8>().0.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect(),
        other => return Err(refused(format!("is {other:?}, expected F32 or F64"))),
    };
    Ok((values, nodes))
}

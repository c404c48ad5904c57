use std::path::{Path, PathBuf};

use artifact::TensorFile;
use clap::Args;
use graph::{GraphMeasures, PublishedNulls, WeightMatrix};
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
/// [`AnalyzeError::Artifact`], [`AnalyzeError::Tensor`] or [`AnalyzeError::Graph`].
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
    let tensor = TensorFile::open(path)?.tensor(name)?;
    let refused = |reason: String| {
        let (path, tensor) = (path.to_owned(), name.to_owned());
        AnalyzeError::Tensor { path, tensor, reason }
    };
    if tensor.integers {
        return Err(refused("holds integers, expected F32 or F64".to_owned()));
    }
    match tensor.shape[..] {
        [rows, columns] if rows == columns => Ok((tensor.values, rows)),
        _ => Err(refused(format!("has the shape {:?}, expected a square matrix", tensor.shape))),
    }
}

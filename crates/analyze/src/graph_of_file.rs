use std::path::{Path, PathBuf};

use artifact::TensorFile;
use clap::Args;
use graph::WeightMatrix;

use crate::{
    AnalyzeError, FieldContext, KernelMeasures, Measure, MeasuredKernel,
    nulls::{self, Nulls},
};

/// Arguments of `graph`.
#[derive(Args, Clone, Debug)]
pub struct GraphArguments {
    /// Safetensors file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Square matrix of f32 or f64, `W[pre, post]`
    #[arg(long, value_name = "NAME")]
    pub tensor: String,
    /// Published null graphs that small-worldness is relative to
    #[arg(long, value_name = "N", default_value_t = nulls::COUNT as u32, value_parser = clap::value_parser!(u32).range(1..))]
    pub nulls: u32,
    /// Seed of the null graphs
    #[arg(long, value_name = "N", default_value_t = nulls::SEED)]
    pub seed: u64,
}

/// Prints the graph metrics of one weight matrix as a JSON object, by the names and in the order of the columns of
/// `metrics.parquet`; a metric that it does not have is null.
///
/// # Errors
/// [`AnalyzeError::Artifact`], [`AnalyzeError::Tensor`] or [`AnalyzeError::Graph`].
pub fn graph_of_file(arguments: &GraphArguments) -> anyhow::Result<()> {
    let (values, nodes) = square_matrix(&arguments.file, &arguments.tensor)?;
    let measures = measure(&values, nodes, arguments).map_err(|source| AnalyzeError::Graph {
        item: format!("{}: tensor `{}`", arguments.file.display(), arguments.tensor),
        source,
    })?;
    let lines = Measure::ALL.iter().filter(|measure| !measure.needs_more_than_weights()).map(|&measure| {
        let value = measures.get(measure).map_or(serde_json::Value::Null, |value| measure.json(value));
        format!("  \"{}\": {value}", measure.name())
    });
    println!("{{\n{}\n}}", lines.collect::<Vec<_>>().join(",\n"));
    Ok(())
}

fn measure(
    values: &[f64],
    nodes: usize,
    arguments: &GraphArguments,
) -> Result<KernelMeasures, graph::GraphError> {
    let weights = WeightMatrix::new(values, nodes)?;
    let measured = MeasuredKernel::of(weights, None, &FieldContext::default())?;
    let nulls = Nulls::draw(&measured.graph, arguments.nulls as usize, arguments.seed)?;
    Ok(measured.relative_to(&nulls))
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

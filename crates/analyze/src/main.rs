//! The program `analyze`.

use std::{alloc::System, process::ExitCode};

use clap::{Parser, Subcommand};
use stage::EndingAllocator;

#[global_allocator]
static ALLOCATOR: EndingAllocator<System> = EndingAllocator(System);

/// Measures trained networks, compares variants, and writes the report of a study
#[derive(Parser)]
#[command(name = "analyze", version)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make metrics, statistics and the report of the study
    Run(stage::RunArguments),
    /// Print the graph metrics of one weight matrix as a JSON object
    Graph(analyze::GraphArguments),
    /// Write the study as CSV files in the layout of the released code
    Export(analyze::ExportArguments),
    /// Print this study's figures beside published ones
    Compare(analyze::CompareArguments),
    /// Write the weights of one network as a state that PyTorch loads
    Pytorch(analyze::PytorchArguments),
}

fn main() -> ExitCode {
    let Program { command } = Program::parse();
    stage::program("analyze", || {
        stage::stop_on_signal()?;
        match command {
            Command::Run(arguments) => analyze::run(arguments),
            Command::Graph(arguments) => analyze::graph_of_file(&arguments),
            Command::Export(arguments) => analyze::export(&arguments),
            Command::Compare(arguments) => analyze::compare(&arguments),
            Command::Pytorch(arguments) => analyze::pytorch(&arguments),
        }
    })
}

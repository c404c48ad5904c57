//! The program `analyze`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
}

fn main() -> ExitCode {
    let Program { command } = Program::parse();
    stage::program("analyze", || match command {
        Command::Run(arguments) => analyze::run(arguments),
        Command::Graph(arguments) => analyze::graph_of_file(&arguments),
    })
}

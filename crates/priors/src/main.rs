//! The program `priors`.

use std::{alloc::System, process::ExitCode};

use clap::{Parser, Subcommand};
use stage::{EndingAllocator, RunArguments};

#[global_allocator]
static ALLOCATOR: EndingAllocator<System> = EndingAllocator(System);

/// Turns measured cortex into priors for recurrent networks
#[derive(Parser)]
#[command(name = "priors", version)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make the priors of every field of the study
    Run(RunArguments),
}

fn main() -> ExitCode {
    let Program { command } = Program::parse();
    stage::program("priors", || {
        stage::stop_on_signal()?;
        match command {
            Command::Run(arguments) => priors::run(arguments),
        }
    })
}

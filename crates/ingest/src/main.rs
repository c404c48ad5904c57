//! Ingests cortex: see `ingest --help`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;
use stage::EndingAllocator;

// The pages of a table are as many large, short-lived buffers.
#[global_allocator]
static ALLOCATOR: EndingAllocator<MiMalloc> = EndingAllocator(MiMalloc);

/// Reads cortex, or synthesises it, and checks it: one artifact a field
#[derive(Parser)]
#[command(version)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Ingest the fields of the study
    Run(stage::RunArguments),
    /// Say what a bundle holds, what is odd about it, and what would be read
    Inspect(ingest::InspectArguments),
    /// Download the study's released bundle, or fields of it, and check every file
    Fetch(ingest::FetchArguments),
    /// Write a synthetic cortex as a bundle or as MICrONS tables, of any size
    Synthesize(ingest::SynthesizeArguments),
}

fn main() -> ExitCode {
    let program = Program::parse();
    stage::program("ingest", || {
        stage::stop_on_signal()?;
        match program.command {
            Command::Run(arguments) => ingest::run(arguments),
            Command::Inspect(arguments) => ingest::inspect(&arguments),
            Command::Fetch(arguments) => ingest::fetch(&arguments),
            Command::Synthesize(arguments) => ingest::write_synthetic(&arguments),
        }
    })
}

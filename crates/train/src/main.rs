//! The program `train`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;
use stage::EndingAllocator;

/// The networks' temporaries come and go by the megabyte; this allocator keeps their pages.
#[global_allocator]
static ALLOCATOR: EndingAllocator<MiMalloc> = EndingAllocator(MiMalloc);

/// Train recurrent networks from cortical priors
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Train every run of the study that is not done yet
    Run(train::TrainArguments),
    /// Show every run of the study with its state, or how far its shards are
    Plan(train::PlanArguments),
    /// Write the weights of runs, trained anew where they were not kept
    Weights(train::WeightsArguments),
    /// Train one network on your own trials and initial weights
    Fit(Box<train::FitArguments>),
}

fn main() -> ExitCode {
    // SAFETY: no other thread exists yet that could read the environment.
    #[allow(unsafe_code)]
    unsafe {
        // Runs are the unit of parallelism: products within a run stay on its thread.
        std::env::set_var("RAYON_NUM_THREADS", "1");
    }
    let arguments = Arguments::parse();
    stage::program("train", || match arguments.command {
        Command::Run(arguments) => train::run(arguments),
        Command::Plan(arguments) => train::plan(arguments),
        Command::Weights(arguments) => train::weights(arguments),
        Command::Fit(arguments) => train::fit(&arguments),
    })
}

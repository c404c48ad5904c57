//! What Slurm grants to the job that this process is part of. Only some clusters keep a job to its cores and its memory by
//! force; on the others the job itself has to.

use std::env;

/// Cores that the job was granted.
pub(super) fn cores() -> Option<usize> {
    number("SLURM_CPUS_PER_TASK").map(|cores| cores as usize)
}

/// Bytes of memory that the job was granted on this node.
pub(super) fn memory() -> Option<u64> {
    let by_core = || Some(number("SLURM_MEM_PER_CPU")? * number("SLURM_CPUS_ON_NODE")?);
    number("SLURM_MEM_PER_NODE").or_else(by_core).map(|megabytes| megabytes << 20)
}

/// The number in a variable; zero stands for all there is.
fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.parse().ok().filter(|&number| number > 0)
}

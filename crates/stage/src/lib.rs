//! What the four programs share: the arguments of `run`, the console, and how an artifact is made only
//! when its recipe asks for it.

mod arguments;
mod console;
mod memory;
mod program;
mod session;
mod stop;

pub use arguments::{RunArguments, Stopped, StudyArguments, UsageError};
pub use console::{BytesRead, Console, Progress, in_words};
pub use memory::EndingAllocator;
pub use program::program;
pub use session::{Made, Session};
pub use stop::stop_on_signal;

//! What the four programs share: the arguments of `run`, the console, and how an artifact is made only
//! when its recipe asks for it.

mod arguments;
mod console;
mod program;
mod session;

pub use arguments::{RunArguments, Stopped, StudyArguments, UsageError};
pub use console::{BytesRead, Console, Progress, in_words};
pub use program::program;
pub use session::{Made, Session};

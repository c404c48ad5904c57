use std::io::{IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Where a program speaks: results to stdout, everything else to stderr.
#[derive(Clone, Copy, Debug)]
pub struct Console {
    quiet: bool,
}

impl Console {
    /// A console that keeps silent about progress if `quiet`.
    pub fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// Prints a result to stdout.
    pub fn result(&self, line: impl AsRef<str>) {
        // A reader that closed the pipe wants no more; that is no failure.
        let _ = writeln!(std::io::stdout(), "{}", line.as_ref());
    }

    /// Tells on stderr what is going on.
    pub fn say(&self, line: impl AsRef<str>) {
        if !self.quiet {
            eprintln!("{}", line.as_ref());
        }
    }

    /// Begins `total` steps of work: a bar on a terminal, a line a step otherwise.
    pub fn progress(&self, total: usize, title: &str) -> Progress {
        let terminal = !self.quiet && std::io::stderr().is_terminal();
        let target = if terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(total as u64), target);
        if let Ok(style) = ProgressStyle::with_template("{prefix} {bar:30} {pos}/{len} · {eta} left · {msg}")
        {
            bar.set_style(style);
        }
        bar.set_prefix(title.to_owned());
        Progress { bar, plain: !self.quiet && !terminal }
    }
}

/// Work in progress; may be advanced from several threads.
#[derive(Clone, Debug)]
pub struct Progress {
    bar: ProgressBar,
    plain: bool,
}

impl Progress {
    /// One step is done.
    pub fn advance(&self, message: &str) {
        self.bar.set_message(message.to_owned());
        self.bar.inc(1);
        if self.plain {
            let (done, total) = (self.bar.position(), self.bar.length().unwrap_or_default());
            eprintln!("{} [{done}/{total}] {message}", self.bar.prefix());
        }
    }

    /// The work is over.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

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

    /// Begins to read `total` bytes: a bar on a terminal, a line every tenth otherwise.
    pub fn bytes(&self, total: u64, title: &str) -> BytesRead {
        let Progress { bar, plain } = self.progress(0, title);
        bar.set_length(total);
        if let Ok(style) = ProgressStyle::with_template(
            "{prefix} {bar:30} {binary_bytes}/{binary_total_bytes} · {binary_bytes_per_sec} · {eta} left",
        ) {
            bar.set_style(style);
        }
        BytesRead { bar, plain: plain && total >= WORTH_TELLING }
    }
}

/// Bytes from which on reading is told of by lines.
const WORTH_TELLING: u64 = 1 << 26;

/// Bytes that are being read; may be advanced from several threads.
#[derive(Clone, Debug)]
pub struct BytesRead {
    bar: ProgressBar,
    plain: bool,
}

impl BytesRead {
    /// So many more bytes were read.
    pub fn advance(&self, bytes: u64) {
        let before = self.bar.position();
        self.bar.inc(bytes);
        let total = self.bar.length().unwrap_or_default().max(1);
        let tenth = |bytes: u64| 10 * bytes.min(total) / total;
        let reached = tenth(before + bytes);
        if self.plain && reached > tenth(before) {
            eprintln!("{}: {} % of {total} bytes", self.bar.prefix(), 10 * reached);
        }
    }

    /// Everything was read.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
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

use std::{
    borrow::Cow,
    fmt::Write as _,
    io::{IsTerminal, Write},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

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
        let _ = writeln!(std::io::stdout(), "{}", printable(line.as_ref()));
    }

    /// Tells on stderr what is going on.
    pub fn say(&self, line: impl AsRef<str>) {
        if !self.quiet {
            eprintln!("{}", printable(line.as_ref()));
        }
    }

    /// Begins `total` steps of work: a bar on a terminal, a line a step otherwise.
    pub fn progress(&self, total: usize, title: &str) -> Progress {
        let terminal = !self.quiet && std::io::stderr().is_terminal();
        let target = if terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(total as u64), target);
        let expected = Arc::new(Mutex::new(None));
        if let Ok(style) = ProgressStyle::with_template("{prefix} {bar:30} {pos}/{len} · {left} left · {msg}")
        {
            let expected = expected.clone();
            bar.set_style(style.with_key(
                "left",
                move |state: &ProgressState, text: &mut dyn std::fmt::Write| {
                    let left = time_left(&expected).unwrap_or_else(|| state.eta());
                    let _ = write!(text, "{:#}", HumanDuration(left));
                },
            ));
        }
        if terminal {
            bar.enable_steady_tick(Duration::from_secs(1));
        }
        bar.set_prefix(title.to_owned());
        Progress { bar, plain: !self.quiet && !terminal, expected }
    }

    /// Begins to read `total` bytes: a bar on a terminal, a line every tenth otherwise.
    pub fn bytes(&self, total: u64, title: &str) -> BytesRead {
        let Progress { bar, plain, .. } = self.progress(0, title);
        bar.set_length(total);
        if let Ok(style) = ProgressStyle::with_template(
            "{prefix} {bar:30} {binary_bytes}/{binary_total_bytes} · {binary_bytes_per_sec} · {eta} left",
        ) {
            bar.set_style(style);
        }
        BytesRead { bar, plain: plain && total >= WORTH_TELLING }
    }
}

/// Text without what a terminal would obey: names from foreign files are shown, too.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let obeyed = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
    if text.contains(obeyed) { text.replace(obeyed, "\u{fffd}").into() } else { text.into() }
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

/// An estimate of the time left, with the moment it was made.
type Expected = Mutex<Option<(Instant, Duration)>>;

/// Writes a length of time in seconds as a reader would say it: "2 minutes".
pub fn in_words(seconds: f64) -> String {
    Duration::try_from_secs_f64(seconds)
        .map_or_else(|_| "ages".to_owned(), |time| HumanDuration(time).to_string())
}

fn time_left(expected: &Expected) -> Option<Duration> {
    let expected = *expected.lock().unwrap_or_else(PoisonError::into_inner);
    expected.map(|(made, left)| left.saturating_sub(made.elapsed()))
}

/// Work in progress; may be advanced from several threads.
#[derive(Clone, Debug)]
pub struct Progress {
    bar: ProgressBar,
    plain: bool,
    expected: Arc<Expected>,
}

impl Progress {
    /// One step is done.
    pub fn advance(&self, message: &str) {
        self.advance_showing(message, message);
    }

    /// One step is done: `line` is told where lines are, `shown` stands beside a bar.
    pub fn advance_showing(&self, line: &str, shown: &str) {
        self.bar.set_message(shown.to_owned());
        self.bar.inc(1);
        if self.plain {
            let (done, total) = (self.bar.position(), self.bar.length().unwrap_or_default());
            let mut text = format!("{} [{done}/{total}] {line}", self.bar.prefix());
            if let Some(left) = time_left(&self.expected).filter(|_| done < total) {
                let _ = write!(text, "; {:#} left", HumanDuration(left));
            }
            eprintln!("{text}");
        }
    }

    /// One step is not to be done after all.
    pub fn drop_step(&self) {
        self.bar.dec_length(1);
    }

    /// Takes the time left from the caller, who knows better than the steps done so far.
    pub fn expect(&self, left: Duration) {
        *self.expected.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), left));
    }

    /// The work is over.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn what_a_terminal_would_obey_is_not_printed() {
        assert_eq!(printable("é 6_6_2\tx\n"), "é 6_6_2\tx\n");
        assert_eq!(
            printable("a\u{1b}]0;title\u{7}b\r\u{9b}2J"),
            "a\u{fffd}]0;title\u{fffd}b\u{fffd}\u{fffd}2J"
        );
    }
}

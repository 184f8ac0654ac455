//! A progress bar on standard error; nothing where that is not a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// Shows how far work has come.
pub struct Bar(ProgressBar);

impl Bar {
    /// Begins with nothing shown.
    pub fn new() -> Self {
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {human_pos} {wide_bar} {elapsed}") {
            bar.set_style(style);
        }
        Bar(bar)
    }

    /// Shows what is done, how much of it, and how much there is (0 where that is not known).
    pub fn show(&self, what: &str, done: u64, of: u64) {
        if self.0.message() != what {
            self.0.set_message(what.to_owned());
        }
        self.0.set_length(of);
        self.0.set_position(done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

//! The trace: one line per thing that happened, and the digest of them all. Nothing that differs between two runs of
//! one seed (paths, real time) may stand in it.

use sync_protocol::digest::Digest;

/// What happened so far.
pub struct Trace {
    lines: Vec<String>,
    aloud: bool,
}

impl Trace {
    /// Nothing yet. `aloud` writes every line to the terminal as it comes.
    pub const fn new(aloud: bool) -> Self {
        Self {
            lines: Vec::new(),
            aloud,
        }
    }

    /// Something happened.
    pub fn say(&mut self, line: String) {
        if self.aloud {
            super::terminal(&line);
        }
        self.lines.push(line);
    }

    /// The digest of all of it.
    pub fn digest(&self) -> Digest {
        let lines: Vec<&[u8]> = self.lines.iter().map(|line| line.as_bytes()).collect();
        Digest::of("simulation trace", &lines)
    }

    /// The last lines, for a failure.
    pub fn tail(&self, most: usize) -> &[String] {
        &self.lines[self.lines.len().saturating_sub(most)..]
    }
}

//! A program that is going to be killed: its lines are read while it lives and after it is dead.
use std::{fs::File, process::Stdio, time::Duration};

use support::program;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::{Instant, timeout},
};

/// Longer than anything here takes on a busy machine.
pub const LONG: Duration = Duration::from_secs(60);

/// The program.
pub struct Victim {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Victim {
    /// Starts it; its complaints go to the end of the file `complaints`.
    pub fn start(mut command: Command, input: &str, complaints: File) -> Self {
        command.stdout(Stdio::piped()).stderr(complaints);
        command.stdin(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let out = child.stdout.take().expect("a pipe");
        let mut pipe = child.stdin.take().expect("a pipe");
        let input = input.to_owned();
        tokio::spawn(async move {
            // It may be dead before it has read all.
            let _ = pipe.write_all(input.as_bytes()).await;
        });
        let lines = BufReader::new(out).lines();
        Self { child, lines }
    }

    /// The next line that it printed; `None` when it ended.
    pub async fn line(&mut self) -> Option<String> {
        let next = timeout(LONG, self.lines.next_line()).await;
        next.expect("it goes on talking").expect("text")
    }

    /// Whether it ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_some()
    }

    /// `kill -9`, and what it had printed until then; `None` when it had ended by itself before.
    pub async fn kill(mut self) -> (bool, Vec<String>) {
        let struck = !self.has_ended();
        self.child.kill().await.expect("nobody survives that");
        let mut rest = Vec::new();
        while let Some(line) = self.line().await {
            rest.push(line);
        }
        (struck, rest)
    }

    /// Waits for its own end: the exit status and what it printed.
    pub async fn end(mut self) -> (i32, Vec<String>) {
        let mut rest = Vec::new();
        while let Some(line) = self.line().await {
            rest.push(line);
        }
        let ended = timeout(LONG, self.child.wait()).await;
        let status = ended.expect("it ends").expect("a child");
        (status.code().unwrap_or(-1), rest)
    }
}

/// Waits as exactly as the machine can: the timer counts in milliseconds, and a commit takes less than one.
pub async fn pause(time: Duration) {
    let until = Instant::now() + time;
    if time > Duration::from_millis(3) {
        tokio::time::sleep_until(until - Duration::from_millis(2)).await;
    }
    while Instant::now() < until {
        tokio::task::yield_now().await;
    }
}

/// One of the project's programs.
pub fn command(name: &str) -> Command {
    program::command(name).expect("cargo build --workspace --bins was run")
}

/// Asks again and again until the answer is there.
pub async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + LONG;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < end, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

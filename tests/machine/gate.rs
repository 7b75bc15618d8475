//! A gate in a guest whose program reads a device: what it is asked, says and answers.
use std::fs;

use crate::{
    disk::Disk,
    guest::{Board, Guest},
    parts::Parts,
    scanning::{HOME, Seen},
    venue::{Sold, Venue},
};

/// A machine with USB, and a gate on its disk that has all tickets.
pub async fn with_gate(venue: &Venue, board: &Board) -> Guest {
    let folder = venue.folder().join("machine");
    let content = venue.folder().join("content");
    for folder in [&folder, &content] {
        fs::create_dir_all(folder).expect("a folder");
    }
    let home = venue.enrol("North").await;
    fs::rename(home, content.join("node")).expect("moved");
    let disk = Disk::holding(&content, &folder);
    let mut guest = Guest::power_on(&Parts::with_usb(), board, &disk, &folder);
    guest.boot().await;
    guest
}

/// The program, as it runs in the guest.
pub struct Gate {
    name: &'static str,
    answers: usize,
}

impl Gate {
    /// Starts to scan with a device; what it says goes to files of this name.
    pub async fn start(guest: &mut Guest, name: &'static str, device: &str) -> Self {
        let scan = format!("edge-node --home {HOME} scan {device} --json");
        let files = format!("</dev/null >/tmp/{name} 2>&1");
        guest
            .must(&format!("{scan} {files} & echo $! >/tmp/{name}.pid"))
            .await;
        Self { name, answers: 0 }
    }

    /// A condition of the guest: the program said this.
    pub fn says(&self, words: &str) -> String {
        self.says_times(words, 1)
    }

    /// The same, so many times.
    pub fn says_times(&self, words: &str, times: usize) -> String {
        format!("test $(grep -c '{words}' /tmp/{}) -ge {times}", self.name)
    }

    /// Waits for its next verdict.
    pub async fn answers(&mut self, guest: &mut Guest, verdict: &str, ticket: Option<&Sold>) {
        self.answers += 1;
        guest.until(&self.says_times("verdict", self.answers)).await;
        let lines = guest
            .must(&format!("grep verdict /tmp/{}", self.name))
            .await;
        assert_eq!(lines.len(), self.answers, "{lines:?}");
        let seen = Seen::of(&lines[self.answers - 1]);
        let id = seen.ticket.as_ref().map(|ticket| ticket.id.clone());
        assert_eq!(seen.verdict, verdict, "{seen:?}");
        assert_eq!(id, ticket.map(|sold| sold.ticket.to_string()), "{seen:?}");
    }

    /// Ends it, unless it has ended by itself.
    pub async fn end(self, guest: &mut Guest) {
        let pid = format!("/tmp/{}.pid", self.name);
        let end = format!(
            "kill $(cat {pid}) 2>/dev/null; while kill -0 $(cat {pid}) 2>/dev/null; do usleep 50000; done"
        );
        guest.must(&end).await;
    }
}

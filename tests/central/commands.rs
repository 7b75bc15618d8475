//! The catalogue as it is changed from the command line, with the real program.
use std::path::Path;

use central::store;
use support::{box_office::BoxOffice, program};
use tempfile::TempDir;

/// A shop whose operator types.
struct Desk {
    office: BoxOffice,
    _folder: TempDir,
}

impl Desk {
    async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let office = BoxOffice::open(folder.path()).await.expect("a database");
        Self {
            office,
            _folder: folder,
        }
    }

    /// What the program answers; what it refuses is an error in its own words.
    async fn tell(&self, arguments: &[&str]) -> Result<String, String> {
        let mut central = self.office.central().expect("it is built");
        central.args(arguments);
        let output = program::finish(central, &[0]).await;
        let output = output.map_err(|error| error.to_string())?;
        Ok(String::from_utf8(output.stdout).expect("text"))
    }

    async fn trail(&self, kind: &str, subject: uuid::Uuid) -> Vec<(String, String)> {
        let mut tx = self.office.app.store.read().await.expect("a snapshot");
        let rows = store::audit::of_subject(&mut tx, kind, subject).await;
        let rows = rows.expect("a trail").into_iter();
        rows.map(|row| (row.action, row.detail)).collect()
    }
}

/// The event of the documentation, as it stands there.
fn documented() -> String {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/event.toml");
    docs.to_str().expect("a path").to_owned()
}

#[tokio::test]
async fn everything_sold_is_changed_from_the_command_line_and_the_trail_names_who() {
    let desk = Desk::open().await;
    let by = ["--by", "rina"];
    let tell = async |arguments: &[&str]| {
        let said = desk.tell(&[&["event"], arguments, &by].concat()).await;
        said.unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
    };
    let show = async |arguments: &[&str]| {
        let said = desk.tell(&[&["event"], arguments].concat()).await;
        said.unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
    };
    tell(&["create", &documented()]).await;
    tell(&["publish", "malam-musik"]).await;
    tell(&["change", "malam-musik", "Regular", "--price", "175000"]).await;
    tell(&[
        "change",
        "malam-musik",
        "Regular",
        "--name",
        "Reguler",
        "--sale-until",
        "2026-12-05T12:00",
    ])
    .await;
    let versions = show(&["versions", "malam-musik", "Reguler"]).await;
    assert_eq!(versions.lines().count(), 3, "{versions}");
    assert!(versions.contains("175.000"), "{versions}");

    let prices = show(&["prices", "malam-musik"]).await;
    for line in [
        "fee  Service fee  Rp\u{A0}5.000 each ticket",
        "tax  PBJT 10%  10 % of tickets  part of the price",
        "group discount  Five or more  10 % off from 5 of Reguler on",
        "shared quota  Field  0 of 1010 taken",
    ] {
        assert!(prices.contains(line), "{line} in {prices}");
    }
    let file = desk._folder.path().join("prices.toml");
    std::fs::write(
        &file,
        "[[charges]]\nkind = \"fee\"\nname = \"Booking\"\npercent = 2.5\n",
    )
    .expect("written");
    let file = file.to_str().expect("a path");
    let prices = tell(&["prices", "malam-musik", "--file", file]).await;
    assert!(
        prices.contains("fee  Booking  2.50 % of tickets") && !prices.contains("Service fee"),
        "{prices}"
    );
    assert!(
        prices.contains("Five or more"),
        "what is not named stays: {prices}"
    );
    tell(&["resize", "malam-musik", "Field", "900"]).await;
    let refused = desk
        .tell(&["event", "resize", "malam-musik", "Fields", "900"])
        .await;
    assert!(
        refused
            .expect_err("no such quota")
            .contains("see central event prices")
    );
    tell(&[
        "edit",
        "malam-musik",
        "--name",
        "Malam Musik II",
        "--hold-minutes",
        "20",
    ])
    .await;
    let nothing = desk.tell(&["event", "edit", "malam-musik"]).await;
    assert!(
        nothing
            .expect_err("nothing to do")
            .contains("say what to change")
    );
    tell(&["promo-switch", "malam-musik", "EARLY"]).await;
    let receipts = ["receipts", "malam-musik", "--sale", "K-{number:05}"];
    desk.tell(&[&receipts[..], &by].concat())
        .await
        .expect("written");

    let setup = desk.office.app.event_by_slug("malam-musik").await;
    let setup = setup.expect("the event");
    assert_eq!(
        (setup.event.name.as_str(), setup.event.hold_ms),
        ("Malam Musik II", 1_200_000)
    );
    let mut trail = desk.trail("event", setup.event.id.0).await;
    trail.extend(desk.trail("ticket_type", setup.types[0].id.0).await);
    for action in [
        "event.create",
        "event.status",
        "event.charges",
        "event.change",
        "event.receipt_pattern",
        "type.change",
    ] {
        let found = trail.iter().find(|(what, _)| what == action);
        let (_, detail) = found.unwrap_or_else(|| panic!("no {action} in {trail:?}"));
        assert!(detail.contains(r#""by":"rina""#), "{action}: {detail}");
    }
}

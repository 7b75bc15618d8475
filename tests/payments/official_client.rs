//! Midtrans' own Node client against the simulator, so that the simulator is not only our reading of the API.
//!
//! The client's addresses are static values of its configuration; the script points them at the simulator and changes
//! nothing of the package. `tests/npm` has the pinned package.

use std::{path::PathBuf, process::Stdio};

use midtrans_sim::{Options, Simulator};
use serde_json::Value;
use tokio::process::Command;

const KEY: &str = "SB-Mid-server-TESTKEY123";

fn npm() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("npm")
}

#[tokio::test]
async fn the_official_client_creates_reads_cancels_expires_refunds_and_verifies() {
    let now = 1_764_547_200_000;
    let options = Options::new(KEY, std::sync::Arc::new(move || now));
    let simulator = Simulator::start(options).await.expect("simulator");
    let script = npm().join("official_client.cjs");
    let ran = Command::new("node")
        .arg(script)
        .arg(&simulator.base_url)
        .arg(KEY)
        .current_dir(npm())
        .stderr(Stdio::inherit())
        .output();
    let ran = ran.await.expect("Node is installed by scripts/setup.sh");
    let said = String::from_utf8(ran.stdout).expect("text");
    assert!(ran.status.success(), "{said}");
    let steps: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).expect("one JSON object per line"))
        .collect();
    let want = [
        ("create", "201"),
        ("create_with_wrong_key", "401"),
        ("create_with_wrong_sum", "400"),
        ("status_before_a_channel", "404"),
        ("status", "settlement"),
        ("notification", "settlement"),
        ("signature", "true"),
        ("refund_in_part", "partial_refund"),
        ("refund_again_with_the_key", "406"),
        ("refund_the_rest_directly", "refund"),
        ("cancel", "cancel"),
        ("cancel_again", "412"),
        ("expire", "expire"),
        ("status_of_an_expired_one", "expire"),
        ("approve", "capture"),
        ("deny", "deny"),
        ("reuse_after_expiry", "201"),
        ("reuse_after_payment", "400"),
    ];
    let told: Vec<_> = steps
        .iter()
        .map(|step| (text(step, "step"), text(step, "got")))
        .collect();
    let want: Vec<_> = want.map(|(a, b)| (a.to_owned(), b.to_owned())).to_vec();
    assert_eq!(told, want);
}

fn text(step: &Value, name: &str) -> String {
    step[name].as_str().unwrap_or_default().to_owned()
}

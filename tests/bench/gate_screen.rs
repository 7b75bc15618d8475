//! `gate.scan_to_green`: the first frame that holds a code → the verdict painted in Chromium, beside the aim of 150 ms.
//!
//! The frame is decoded as the camera's watch does it, shown at the door, and told to the page; the page notes the time
//! after its next paint. Both clocks are this machine's. The browser paints on the processor here, as on a gate without a
//! graphics card.

use std::sync::Arc;

use ambient::{Clock, SystemClock};
use anyhow::{Context, Result, ensure};
use decoder::{Cascade, CascadeOptions, FrameDecoder, synth};
use edge_node::{
    door::{Door, Means},
    screen::{self, Options},
};
use support::filled::filled;
use sync_protocol::scan::Action;

use crate::{
    figure::{Figure, Report},
    hands::Hands,
};

const SCANS: usize = 120;
/// The first ones warm the browser.
const WARM: usize = 20;
const AIM_MS: f64 = 150.0;

/// Notes when a verdict was painted: after the frame in which the stage changed.
const NOTE: &str = r"
    window.painted = [];
    const channel = new MessageChannel();
    channel.port1.onmessage = () => window.painted.push(performance.timeOrigin + performance.now());
    new MutationObserver(() => requestAnimationFrame(() => channel.port2.postMessage(0)))
        .observe(document.getElementById('stage'), { childList: true });
    return true";

/// Measures it.
pub async fn run(report: &mut Report) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let filled = filled(&folder.path().join("node"), 1_000, SCANS)?;
    let listening = screen::listen(([127, 0, 0, 1], 0).into()).await?;
    let address = listening.address;
    let door = Arc::new(Door::new(Arc::new(filled.node), None, Action::Entry));
    let options = Options {
        listen: address,
        ..Options::default()
    };
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let until = async { stopped.await.unwrap_or_default() };
    let serving = tokio::spawn(screen::serve(listening, Arc::clone(&door), options, until));
    let hands = Hands::on(&format!("http://{address}/?lang=en")).await;
    hands
        .until("return document.documentElement.dataset.live === 'yes'")
        .await;
    hands.until(NOTE).await;
    let mut took = Vec::new();
    for (place, code) in filled.codes.iter().enumerate() {
        let shown_ms = show(&door, code).await?;
        let painted_ms = painted(&hands, place).await?;
        if place >= WARM {
            took.push(painted_ms - shown_ms);
        }
    }
    took.sort_by(f64::total_cmp);
    for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a short list"
        )]
        let place = ((took.len() - 1) as f64 * share).round() as usize;
        let figure = Figure::new(format!("gate.scan_to_green.{name}"), took[place], "ms");
        report.add(&figure.beside("the aim", AIM_MS));
    }
    drop((hands, stop));
    Ok(serving.await??)
}

/// A frame comes in: its moment, and then all that the gate does.
async fn show(door: &Arc<Door>, code: &str) -> Result<f64> {
    let frame = synth::clean_frame(code, 1280, 720);
    let (door, code) = (Arc::clone(door), code.to_owned());
    let work = move || {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit")]
        let began = SystemClock::new().now().0 as f64;
        let found = Cascade::new(CascadeOptions::live()).decode(&frame);
        let text = found.first().map(|code| code.text.clone());
        let scan = door.show(text.as_deref().unwrap_or_default(), Means::Camera);
        (
            began,
            text.as_deref() == Some(&code) && scan.verdict.admits(),
        )
    };
    let (began, is_green) = tokio::task::spawn_blocking(work).await?;
    ensure!(is_green, "a clean frame was not let in");
    Ok(began)
}

async fn painted(hands: &Hands, place: usize) -> Result<f64> {
    let done = format!("return window.painted.length > {place}");
    hands.until(&done).await;
    let told = hands.ask(&format!("return window.painted[{place}]")).await;
    told.as_f64().context("a time")
}

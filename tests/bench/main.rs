//! `make bench`: the figures, each beside a peer or a limit measured in the same run.
//!
//! Machines are noisy, so ratios are what counts. `cargo bench --workspace --bench figures -- edge` runs the areas
//! whose name contains `edge`.

#![expect(
    clippy::print_stdout,
    reason = "the table is for a person at a terminal"
)]

mod cpu;
mod edge_memory;
mod edge_search;
mod edge_verdict;
mod figure;
mod gate_decode;
mod gate_memory;
mod gate_screen;
mod gate_throughput;
#[path = "../browser/hands.rs"]
#[expect(dead_code, reason = "the browser tests need more hands than a figure")]
mod hands;
mod large_event;
mod merge_rate;
mod panel_export;
mod panel_list;
mod panel_live;
mod sales_checkout;
mod sales_hot;
mod sales_page;
mod sales_pdf;
mod sales_webhook;
mod sim_rate;
mod sync_delta;
mod sync_ingest;
mod sync_propagation;
mod sync_snapshot;
mod wire_meter;

use figure::Report;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let only = std::env::args()
        .skip(1)
        .find(|word| !word.starts_with("--"));
    let mut report = Report::new(only)?;
    if report.wants("gate.decode") {
        gate_decode::run(&mut report);
    }
    if report.wants("gate.throughput") {
        gate_throughput::run(&mut report)?;
    }
    if report.wants("edge.verdict") {
        edge_verdict::run(&mut report)?;
    }
    if report.wants("gate.scan_to_green") {
        gate_screen::run(&mut report).await?;
    }
    if report.wants("merge.rate") {
        merge_rate::run(&mut report);
    }
    if report.wants("sales.pdf") {
        sales_pdf::run(&mut report)?;
    }
    if report.wants("edge.memory") {
        edge_memory::run(&mut report).await?;
    }
    if report.wants("gate.memory") {
        gate_memory::run(&mut report).await?;
    }
    if report.wants("edge.search") {
        edge_search::run(&mut report).await?;
    }
    if report.wants("event.200k") {
        large_event::run(&mut report).await?;
    }
    if report.wants("sync.snapshot") {
        sync_snapshot::run(&mut report).await?;
    }
    if report.wants("sync.delta") {
        sync_delta::run(&mut report).await?;
    }
    if report.wants("sync.ingest") {
        sync_ingest::run(&mut report).await?;
    }
    if report.wants("sales.hot") {
        sales_hot::run(&mut report).await?;
    }
    if report.wants("sales.checkout") {
        sales_checkout::run(&mut report).await?;
    }
    if report.wants("sales.page") {
        sales_page::run(&mut report).await?;
    }
    if report.wants("panel.list") {
        panel_list::run(&mut report).await?;
    }
    if report.wants("panel.export") {
        panel_export::run(&mut report).await?;
    }
    if report.wants("sim.rate") {
        sim_rate::run(&mut report)?;
    }
    if report.wants("sync.propagation") {
        sync_propagation::run(&mut report).await?;
    }
    if report.wants("panel.live") {
        panel_live::run(&mut report).await?;
    }
    if report.wants("sales.webhook") {
        sales_webhook::run(&mut report).await?;
    }
    Ok(())
}

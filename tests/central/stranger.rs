//! A stranger reads the API's document and tries everything that it allows and much that it does not: schemathesis, a
//! program that knows nothing of this one. No request whatever may end in a server error, and every answer must be
//! one that the document tells of.
use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use axum::Router;
use support::{central::Engine, shop::Shop};
use tokio::net::TcpListener;

/// Seconds that it may try.
const LIMIT: &str = "45";

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_finds_no_server_error_in_the_api() {
    let program = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("python/venv/bin/schemathesis");
    assert!(
        program.is_file(),
        "schemathesis is missing: scripts/setup.sh test installs it"
    );
    let shop = Shop::open(Engine::Sqlite).await;
    let order = shop.buy("an-order-to-be-found", &[(0, 1)]).await;
    let routes: Router = central::http::router::public(shop.central.app.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, routes).await });

    let folder = tempfile::tempdir().expect("a folder");
    // Real names, so that it gets beyond "there is no such event".
    let settings = format!(
        "[parameters]\n\"path.slug\" = \"{}\"\n\"path.number\" = \"{}\"\n\"query.access\" = \"{}\"\n",
        shop.event.event.slug, order.number, order.access
    );
    let file = folder.path().join("schemathesis.toml");
    std::fs::write(&file, settings).expect("writes");
    let run = move || {
        Command::new(program)
            .current_dir(folder.path())
            .arg("--config-file")
            .arg(file)
            .args(["run", &format!("http://{address}/api/v1/openapi.json")])
            .args(["--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"])
            .args(["--max-time", LIMIT, "--seed", "1", "--no-color", "--request-timeout", "20"])
            .stdin(Stdio::null())
            .output()
    };
    let output = tokio::task::spawn_blocking(run)
        .await
        .expect("it runs")
        .expect("it starts");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{told}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        told.contains("passed") || told.contains("No issues found"),
        "it tried nothing: {told}"
    );
}

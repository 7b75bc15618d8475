//! What every page of ours owes to whoever looks at it: a picture, a quiet console, no request that leaves the machine,
//! and nothing in the way of people who see, hear or move differently (axe-core, WCAG 2.1 A and AA).

use std::path::PathBuf;

use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::hands::Hands;

/// Part of a page in words, for a failing test.
fn sentences(found: &[String]) -> String {
    found.join("\n")
}

impl Hands {
    /// Puts a picture of the page, as it is now, into `target/screenshots`.
    pub async fn picture(&self, name: &str) {
        let taken = self
            .tools("Page.captureScreenshot", &json!({"format": "png"}))
            .await;
        let text = taken["data"].as_str().expect("a picture");
        let bytes = BASE64.decode(text.as_bytes()).expect("base64");
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
        std::fs::create_dir_all(&folder).expect("a folder for pictures");
        std::fs::write(folder.join(name).with_extension("png"), bytes).expect("a picture");
    }

    /// Shows the page as to somebody who asked the system for a dark or a light look.
    pub async fn prefer(&self, scheme: &str) {
        let wish = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.tools("Emulation.setEmulatedMedia", &wish).await;
    }

    /// Fails on an error in the console, and on a request that left this machine, since it was last asked.
    pub async fn assert_quiet(&self) {
        let noise = self.noise().await;
        assert!(noise.is_empty(), "not quiet: {}", sentences(&noise));
    }

    /// Errors in the console and requests that left this machine, since it was last asked.
    pub async fn noise(&self) -> Vec<String> {
        let console = self.log("browser").await;
        let errors = console.iter().filter(|entry| entry["level"] == "SEVERE");
        let errors = errors.map(|entry| format!("the console: {}", entry["message"]));
        let requests = self.log("performance").await;
        let outside = requests.iter().filter_map(outside);
        let outside = outside.map(|address| format!("left the machine: {address}"));
        errors.chain(outside).collect()
    }

    /// Fails on anything that axe-core finds wrong with the page as it is now.
    pub async fn assert_accessible(&self) {
        let wrong = self.shut_out().await;
        assert!(wrong.is_empty(), "shuts out: {}", sentences(&wrong));
    }

    /// What axe-core finds wrong with the page as it is now.
    pub async fn shut_out(&self) -> Vec<String> {
        let axe =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("npm/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(axe)
            .expect("axe-core is there (scripts/setup.sh test installs it)");
        self.ask(&format!("if (!window.axe) {{ {axe} }}")).await;
        let found = self.ask_later(AXE).await;
        assert!(found["error"].is_null(), "axe-core: {}", found["error"]);
        let rules = found["passes"].as_u64().expect("a number");
        assert!(rules > 5, "axe-core looked at next to nothing: {found}");
        let wrong = found["violations"].as_array().expect("a list");
        wrong.iter().map(Value::to_string).collect()
    }

    /// Fails where something reaches beyond the page's width, or where large words are cut.
    pub async fn assert_fits(&self) {
        let told = self.ask(TOO_LARGE).await;
        assert_eq!(told, Value::from(Vec::<Value>::new()), "reaches too far");
    }

    async fn log(&self, kind: &str) -> Vec<Value> {
        let log = self.order("se/log", &json!({"type": kind})).await;
        log.as_array().expect("a list").clone()
    }
}

/// The address of a request to another machine, out of an entry of the performance log.
fn outside(entry: &Value) -> Option<String> {
    let message: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
    let message = &message["message"];
    let address = match message["method"].as_str()? {
        "Network.requestWillBeSent" => message["params"]["request"]["url"].as_str()?,
        "Network.webSocketCreated" => message["params"]["url"].as_str()?,
        _ => return None,
    };
    let (scheme, rest) = address.split_once(':')?;
    let is_own = match scheme {
        "data" | "blob" | "about" | "chrome" => true,
        _ => {
            let host = rest.trim_start_matches('/').split(['/', '?', '#']).next()?;
            ["127.0.0.1", "localhost"]
                .iter()
                .any(|own| host == *own || host.starts_with(&format!("{own}:")))
        }
    };
    (!is_own).then(|| address.to_owned())
}

/// What is wider than its place. A panel that scrolls down may be longer, never wider.
const TOO_LARGE: &str = r"
    const all = [document.documentElement, ...document.querySelectorAll('body *')];
    const isCut = (one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0
        && getComputedStyle(one).display !== 'inline' && !['INPUT', 'SUMMARY'].includes(one.tagName)
        && !one.closest('svg, .visually-hidden, .gate-place, [hidden]');
    return all.filter(isCut).map((one) => one.outerHTML.slice(0, 120));
";

const AXE: &str = r"
    const done = arguments[arguments.length - 1];
    axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }).then((result) => done({
        passes: result.passes.length,
        violations: result.violations.map((rule) => ({
            rule: rule.id,
            help: rule.help,
            where: rule.nodes.map((node) => node.html.slice(0, 200) + ' :: ' + node.failureSummary),
        })),
    }), (error) => done({ error: String(error), passes: 0, violations: [] }));
";

#[test]
fn requests_that_leave_the_machine_are_seen() {
    let entry = |url: &str| {
        let message = json!({"message": {"method": "Network.requestWillBeSent", "params": {"request": {"url": url}}}});
        json!({"message": message.to_string()})
    };
    for own in [
        "http://127.0.0.1:8780/stage",
        "http://localhost/x",
        "data:image/png;base64,AA",
        "blob:http://127.0.0.1/1",
    ] {
        assert_eq!(outside(&entry(own)), None, "{own}");
    }
    for other in [
        "https://fonts.example/a.css",
        "http://127.0.0.1.example/x",
        "http://10.0.0.7/",
    ] {
        assert_eq!(outside(&entry(other)), Some(other.to_owned()));
    }
}

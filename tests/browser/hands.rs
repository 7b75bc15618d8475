//! Hands and eyes in front of a real page: a headless Chromium that is told what to press and to click, and asked what
//! it shows.
//!
//! By the WebDriver protocol, from `chromedriver`, which is part of Debian's Chromium packages. What every page owes
//! stands in `eyes.rs`: a quiet console, no request that leaves the machine, nothing that shuts somebody out.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
use support::http::client;
use tempfile::TempDir;

/// The running driver; gone when dropped, whatever failed before.
struct Driver(Child);

/// One page, and hands on its keyboard.
pub struct Hands {
    _driver: Driver,
    port: u16,
    session: String,
    _profile: TempDir,
    _said: BufReader<ChildStdout>,
}

impl Hands {
    /// Opens a page in a window of a gate's size.
    pub async fn on(url: &str) -> Self {
        Self::with_window(url, (1280, 800)).await
    }

    /// Opens a page; `(width, height)` is what the page itself has.
    pub async fn with_window(url: &str, size: (u32, u32)) -> Self {
        let started = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut driver =
            Driver(started.expect("chromedriver runs (scripts/setup.sh test installs it)"));
        let mut said = BufReader::new(driver.0.stdout.take().expect("a pipe"));
        let port = port(&mut said);
        let profile = tempfile::tempdir().expect("a folder");
        let user = format!("--user-data-dir={}", profile.path().display());
        let words = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--force-prefers-reduced-motion",
            "--lang=en",
            &user,
        ];
        let options = json!({
            "goog:chromeOptions": {"args": words},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        });
        let wish = json!({"capabilities": {"alwaysMatch": options}});
        let base = format!("http://127.0.0.1:{port}/session");
        let made = post(&base, &wish).await;
        let id = made["sessionId"].as_str().expect("a session").to_owned();
        let hands = Self {
            _driver: driver,
            port,
            session: format!("{base}/{id}"),
            _profile: profile,
            _said: said,
        };
        hands.resize(size).await;
        hands.go(url).await;
        hands
    }

    /// Goes to another page and waits until it is loaded.
    pub async fn go(&self, url: &str) {
        self.order("url", &json!({"url": url})).await;
    }

    /// Gives the page this size.
    pub async fn resize(&self, (width, height): (u32, u32)) {
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.tools("Emulation.setDeviceMetricsOverride", &size)
            .await;
    }

    /// Clicks on the first element that the selector names, where a finger would.
    pub async fn click(&self, selector: &str) {
        let wanted = json!({"using": "css selector", "value": selector});
        let found = self.order("element", &wanted).await;
        let id = found.as_object().and_then(|found| found.values().next());
        let id = id.and_then(Value::as_str).expect("an element");
        self.order(&format!("element/{id}/click"), &json!({})).await;
    }

    /// Types into the first field that the selector names, in place of what stood there.
    pub async fn fill(&self, selector: &str, text: &str) {
        let empty = format!(
            "const field = document.querySelector({selector:?}); field.focus(); field.select?.()"
        );
        self.ask(&empty).await;
        self.press(text).await;
    }

    /// Presses the keys of a text one after the other, as a scanner does; `\n` is Enter, `\t` is
    /// Tab and `\u{1b}` is Escape.
    pub async fn press(&self, text: &str) {
        let key = |c| match c {
            '\n' => "\u{E007}".to_owned(),
            '\t' => "\u{E004}".to_owned(),
            '\u{1b}' => "\u{E00C}".to_owned(),
            other => char::to_string(&other),
        };
        let keys = text.chars().map(key);
        let strokes: Vec<Value> = keys
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key})))
            .collect();
        let actions = json!({"actions": [{"type": "key", "id": "scanner", "actions": strokes}]});
        self.order("actions", &actions).await;
    }

    /// A bare request: nothing can be awaited where this is needed.
    fn end_session(&self) -> std::io::Result<()> {
        let path = format!(
            "/session/{}",
            self.session.rsplit('/').next().unwrap_or_default()
        );
        let mut driver = TcpStream::connect(("127.0.0.1", self.port))?;
        driver.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(
            driver,
            "DELETE {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        )?;
        driver.read_exact(&mut [0; 12])
    }

    /// What a script on the page returns.
    pub async fn ask(&self, script: &str) -> Value {
        let call = json!({"script": script, "args": []});
        self.order("execute/sync", &call).await
    }

    /// What a script hands to its last argument, a function, sooner or later.
    pub async fn ask_later(&self, script: &str) -> Value {
        let call = json!({"script": script, "args": []});
        self.order("execute/async", &call).await
    }

    /// A command of the WebDriver protocol.
    pub async fn order(&self, what: &str, body: &Value) -> Value {
        post(&format!("{}/{what}", self.session), body).await
    }

    /// A command of the browser's own tools.
    pub async fn tools(&self, command: &str, parameters: &Value) -> Value {
        let order = json!({"cmd": command, "params": parameters});
        self.order("goog/cdp/execute", &order).await
    }

    /// Waits until a script on the page returns true.
    pub async fn until(&self, what: &str) {
        let asking = async {
            while self.ask(what).await != Value::Bool(true) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(Duration::from_secs(20), asking)
            .await
            .is_err()
        {
            let page = self.ask("return document.body.innerText").await;
            panic!("never came: {what}\n{page}");
        }
    }
}

impl Drop for Hands {
    /// The browser outlives a driver that is killed, so the session is ended first.
    fn drop(&mut self) {
        let _ = self.end_session();
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The port that the driver says it listens on.
fn port(said: &mut BufReader<ChildStdout>) -> u16 {
    let mut lines = said.lines().map(|line| line.expect("text"));
    let told = lines.find_map(|line| {
        let rest = line.split("successfully on port ").nth(1)?;
        rest.trim_end_matches('.').parse().ok()
    });
    told.expect("chromedriver tells its port")
}

/// Asks the driver, and gives the value that it answers.
async fn post(url: &str, body: &Value) -> Value {
    let answer = client().post(url).json(body).send().await;
    let answer = answer.expect("the driver answers");
    let status = answer.status();
    let mut said: Value = answer.json().await.expect("JSON");
    assert!(status.is_success(), "{url}: {said}");
    said["value"].take()
}

//! Tests of the settings: what is guessed, what is refused, and that no secret is printed.

use super::*;
use ambient::SeededEntropy;

fn config(extra: &str) -> Config {
    let toml = format!(
        "database_url = 'mysql://user:hunter2@db/central'\nlisten = '0.0.0.0:80'\nnode_listen = '0.0.0.0:8443'\nmetrics_listen = 'off'\n\
         log = 'info'\nlog_format = 'text'\n{extra}"
    );
    Figment::from(Toml::string(&toml))
        .extract()
        .expect("settings")
}

#[test]
fn addresses_are_guessed_from_the_listeners() {
    let plain = config("");
    assert_eq!(plain.public_url(), "http://localhost:80");
    assert_eq!(plain.node_url(), "https://localhost:8443");
    assert_eq!(plain.node_names(), ["localhost", "127.0.0.1", "::1"]);
    let named =
        config("node_url = 'https://gates.example:8443/'\nnode_names = '10.0.0.5, gates.lan'");
    assert_eq!(named.node_url(), "https://gates.example:8443");
    let names = named.node_names();
    assert_eq!(names[3..], ["10.0.0.5", "gates.lan", "gates.example"]);
    let proxied = Config {
        node_listen: "off".into(),
        ..config("public_url = 'https://t.example'")
    };
    assert_eq!(proxied.node_url(), "https://t.example");
    let wrong = Config {
        node_listen: "8443".into(),
        ..config("")
    };
    assert!(
        wrong
            .node_listen()
            .expect_err("no address")
            .to_string()
            .contains("NODE_LISTEN")
    );
}

#[test]
fn the_master_key_is_made_once_and_readable_by_its_owner_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("deep/master.key");
    let config = config(&format!("master_key_file = '{}'", path.display()));
    let key = config.master_key(&SeededEntropy::new(1)).expect("made");
    let again = config.master_key(&SeededEntropy::new(2)).expect("read");
    assert_eq!(key, again);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    fs::write(&path, "abc").expect("written");
    let refused = config
        .master_key(&SeededEntropy::new(1))
        .expect_err("too short");
    assert!(
        refused.to_string().contains("64 hexadecimal digits"),
        "{refused}"
    );
}

#[test]
fn no_secret_is_printed() {
    let config = config("midtrans_server_key = 'SB-Mid-server-x'\nmaster_key = '00ff'");
    let printed = format!("{config:?}");
    for secret in ["hunter2", "SB-Mid", "00ff"] {
        assert!(!printed.contains(secret), "{printed}");
    }
    let refused = config
        .master_key(&SeededEntropy::new(1))
        .expect_err("too short");
    assert!(!refused.to_string().contains("00ff"), "{refused}");
}

#[test]
fn the_environment_is_text_and_our_own_spelling_wins() {
    let digits = "0".repeat(64);
    let vars = [
        ("GERBANG_LISTEN", "127.0.0.1:1"),
        ("LISTEN", "127.0.0.1:2"),
        ("GERBANG_MASTER_KEY", digits.as_str()),
        ("MASTER_KEY", "not ours"),
        ("PUBLIC_URL", ""),
        ("HOME", "/root"),
    ];
    let mut vars = vars
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter();
    let settings = environment(&mut vars);
    assert_eq!(settings.len(), 2);
    assert_eq!(
        (settings["listen"].as_str(), &settings["master_key"]),
        ("127.0.0.1:1", &digits)
    );
}

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
        (settings["listen"].1.as_str(), &settings["master_key"].1),
        ("127.0.0.1:1", &digits)
    );
    assert_eq!(settings["listen"].0, "GERBANG_LISTEN", "where it came from");
}

fn source(toml: &str, vars: &[(&str, &str)]) -> anyhow::Result<Source> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("any.toml");
    fs::write(&path, toml)?;
    let file = [(FILE_VARIABLE.to_owned(), path.display().to_string())];
    let vars = vars
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Source::read(&mut file.into_iter().chain(vars))
}

#[test]
fn without_a_file_all_is_as_usual() {
    let source = Source::read(&mut std::iter::empty()).expect("no file is needed");
    assert!(source.in_file.is_empty());
    let config: Config = source.figment.extract().expect("as usual");
    assert!(config.missing_master_key().is_some());
}

#[test]
fn a_setting_that_is_none_is_refused_with_the_one_that_is_meant() {
    for (toml, said) in [
        ("lisen = '127.0.0.1:1'", "Is listen meant?"),
        ("databse_url = 'x'", "Is database_url meant?"),
        ("SMTP_HOST = 'x'", "Is smtp_host meant?"),
        ("smtp-host = 'x'", "Is smtp_host meant?"),
        ("colour = 'green'", "there is no setting colour. docs"),
    ] {
        let refused = source(toml, &[]).err().expect(toml).to_string();
        assert!(refused.contains(said), "{toml}: {refused}");
    }
    let broken = source("listen = ", &[]).err().expect("no TOML").to_string();
    assert!(broken.contains("any.toml cannot be read"), "{broken}");
    let lost = [(FILE_VARIABLE.to_owned(), "/nowhere/x.toml".to_owned())];
    let refused = Source::read(&mut lost.into_iter()).err().expect("no file");
    assert!(refused.to_string().contains(FILE_VARIABLE), "{refused}");
}

#[test]
fn what_is_in_force_is_told_with_where_it_came_from_and_without_secrets() {
    let source = source(
        "public_url = 'https://t.example'\nlisten = '127.0.0.1:1'\nsmtp_password = 'hunter2'\nsmtp_port = 2525",
        &[
            ("LISTEN", "127.0.0.1:2"),
            ("GERBANG_DATABASE_URL", "mysql://u:hunter2@db/central"),
            ("MIDTRANS_SERVER_KEY", "hunter2"),
        ],
    );
    let told = told::all(&source.expect("settings"));
    let of = |variable: &str| {
        let found = told
            .iter()
            .find(|told| told.variable == variable)
            .expect(variable);
        (found.value.clone().unwrap_or_default(), found.from.clone())
    };
    assert_eq!(
        of("LISTEN"),
        ("127.0.0.1:2".into(), "variable LISTEN".into())
    );
    assert!(of("PUBLIC_URL").1.ends_with("any.toml"));
    assert_eq!(of("SMTP_PORT").0, "2525");
    assert_eq!(of("LOG"), ("info".into(), "usual".into()));
    assert_eq!(of("SMTP_HOST"), (String::new(), "not set".into()));
    assert_eq!(of("DATABASE_URL").0, "mysql://u:********@db/central");
    assert!(!format!("{told:?}").contains("hunter2"), "{told:?}");
}

#[test]
fn the_documented_table_is_the_one_that_is_read() {
    // Every field shows itself where the settings are printed for debugging.
    let printed = format!("{:#?}", config(""));
    let names = printed
        .lines()
        .filter_map(|line| line.trim().split_once(": "));
    let names = names.map(|(name, _)| name).filter(|name| *name != "mail");
    let fields: BTreeSet<&str> = names.collect();
    let table: BTreeSet<&str> = setting::SETTINGS
        .iter()
        .map(|setting| setting.name)
        .collect();
    assert_eq!(fields, table);
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/configuration.md");
    let page = fs::read_to_string(page).expect("the page");
    assert!(
        page.contains(&setting::table()),
        "docs/configuration.md must hold this table:\n{}",
        setting::table()
    );
}

//! All settings: what each is called, what counts without it, and what it is for.
//!
//! Invariant: `docs/configuration.md` shows this table and nothing else, which a test keeps true, as it does that every
//! field of the settings stands here.

/// A setting.
pub struct Setting {
    /// Its name in the file; in capitals it is the variable's.
    pub name: &'static str,
    /// Whether the variable also works without `GERBANG_` in front.
    pub(super) is_plain: bool,
    /// Whether its value is shown to nobody.
    pub(super) is_secret: bool,
    /// What counts without it.
    pub usual: &'static str,
    /// What it is for.
    pub means: &'static str,
}

const fn plain(name: &'static str, usual: &'static str, means: &'static str) -> Setting {
    Setting {
        name,
        is_plain: true,
        is_secret: false,
        usual,
        means,
    }
}

const fn secret(name: &'static str, usual: &'static str, means: &'static str) -> Setting {
    Setting {
        is_secret: true,
        ..plain(name, usual, means)
    }
}

/// The table, in the order in which it is shown.
pub const SETTINGS: &[Setting] = &[
    plain(
        "database_url",
        "`sqlite:./gerbang-data/central.db`",
        "`sqlite:PATH` or `mysql://user:password@host/database`",
    ),
    plain(
        "listen",
        "`127.0.0.1:8080`",
        "address for buyers, the panel and payment notices",
    ),
    plain(
        "node_listen",
        "`127.0.0.1:8443`",
        "address for gates, with central's own certificates; `off` = they come through a proxy to `LISTEN`",
    ),
    plain(
        "node_url",
        "guessed from `NODE_LISTEN`",
        "how gates reach central",
    ),
    plain(
        "node_names",
        "",
        "more names and addresses in the certificate for gates, separated by commas",
    ),
    plain(
        "public_url",
        "guessed from `LISTEN`",
        "how buyers reach central",
    ),
    secret(
        "midtrans_server_key",
        "payment on site only",
        "Midtrans' server key",
    ),
    plain("midtrans_server_key_file", "", "a file that holds it"),
    plain(
        "midtrans_base_url",
        "Midtrans itself",
        "another address, for trying things out",
    ),
    Setting {
        // Other programs may call something so.
        is_plain: false,
        ..secret(
            "master_key",
            "made in the database's folder",
            "64 hexadecimal digits",
        )
    },
    plain(
        "master_key_file",
        "`master.key` in the database's folder",
        "a file that holds it",
    ),
    plain(
        "smtp_host",
        "mail waits in the outbox",
        "name of the mail server",
    ),
    plain(
        "smtp_port",
        "587, 465 with `tls`, 25 with `off`",
        "its port",
    ),
    plain(
        "smtp_tls",
        "`starttls`",
        "`starttls`, `tls` (from the first byte) or `off` (no password then, except on this machine)",
    ),
    plain("smtp_user", "no login", "user at the mail server"),
    secret("smtp_password", "", "password there"),
    plain("smtp_password_file", "", "a file that holds it"),
    plain(
        "smtp_ca_file",
        "public authorities only",
        "PEM of the authority that signed the mail server's certificate, where it is your own",
    ),
    plain(
        "mail_from",
        "`Gerbang <tickets@SMTP_HOST>`",
        "sender of all mail; its domain is the one of the message ids",
    ),
    plain(
        "mail_folder",
        "",
        "instead of a server: every mail becomes an `.eml` file there, for trying things out",
    ),
    plain(
        "metrics_listen",
        "`off`",
        "address of `GET /metrics` for Prometheus",
    ),
    plain(
        "trusted_proxies",
        "`127.0.0.0/8, ::1`",
        "networks of your own proxies, whose `X-Forwarded-For` is believed; `none` believes nobody",
    ),
    plain(
        "rate_limits",
        "`1`",
        "how many times the usual allowance per address (1,200 pages, 120 orders, 60 documents a minute); `off` = no limits",
    ),
    plain("log", "`info`", "what is logged, as `tracing` filters it"),
    plain("log_format", "`text`", "`text` or `json`"),
];

impl Setting {
    /// The variable that sets it.
    #[must_use]
    pub fn variable(&self) -> String {
        let name = self.name.to_uppercase();
        if self.is_plain {
            name
        } else {
            format!("GERBANG_{name}")
        }
    }

    /// The setting of this name in the file.
    #[must_use]
    pub fn of_name(name: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.name == name)
    }
}

/// The setting whose name is most like this one, if any is.
#[must_use]
pub fn like(name: &str) -> Option<&'static Setting> {
    let name = name.to_lowercase().replace('-', "_");
    let likeness = |setting: &&Setting| {
        let alike = strsim::jaro_winkler(setting.name, &name);
        // Compared as whole numbers: likeness has no order of its own.
        (alike * 1_000.0).round()
    };
    let best = SETTINGS
        .iter()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    best.filter(|setting| likeness(setting) >= 800.0)
}

/// The table as `docs/configuration.md` shows it.
#[must_use]
pub fn table() -> String {
    let head = "| variable | in the file | without it | what it is |\n| --- | --- | --- | --- |\n";
    let row = |setting: &Setting| {
        format!(
            "| `{}` | `{}` | {} | {} |\n",
            setting.variable(),
            setting.name,
            setting.usual,
            setting.means
        )
    };
    std::iter::once(head.to_owned())
        .chain(SETTINGS.iter().map(row))
        .collect()
}

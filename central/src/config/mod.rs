//! What an operator may set: the file `gerbang.toml` in the working folder (or the one that `GERBANG_CONFIG` names), and
//! over it the environment.
//!
//! Read once, here, and nowhere else. Secrets are wrapped so that no log and no message can print them; each may
//! come from a file instead (`…_FILE`), as container platforms hand them over. A name in the file that is no setting is
//! refused: whoever mistypes one would otherwise run with the usual value and not know it.

pub mod setting;
pub mod told;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write as _,
    net::{AddrParseError, SocketAddr},
    path::{Path, PathBuf},
};

use ambient::Entropy;
use anyhow::{Context as _, bail, ensure};
use data_encoding::HEXLOWER_PERMISSIVE;
use figment::{
    Figment, Profile, Provider as _,
    providers::{Format as _, Serialized, Toml},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use self::{setting::Setting, told::Told};
use crate::mail::MailConfig;

const FILE: &str = "gerbang.toml";
/// Names another file.
const FILE_VARIABLE: &str = "GERBANG_CONFIG";
/// Where everything lies that central makes itself.
const FOLDER: &str = "gerbang-data";
const KEY_FILE: &str = "master.key";
/// All settings.
#[derive(Debug, Deserialize)]
pub struct Config {
    /// `sqlite:PATH` or `mysql://…`.
    pub database_url: SecretString,
    /// Address for people and webhooks.
    pub listen: SocketAddr,
    /// Address for gates, with central's own certificates; `off` = they come through a proxy to `listen`.
    pub node_listen: String,
    /// Address for Prometheus (`GET /metrics`); `off` = nothing is counted.
    pub metrics_listen: String,
    /// How gates reach central; guessed from `node_listen`.
    pub node_url: Option<String>,
    /// Host names and addresses in the certificate for gates, besides those of `node_url`; separated by commas.
    pub node_names: Option<String>,
    /// How buyers reach central.
    pub public_url: Option<String>,
    /// Another address of Midtrans than its own, for trying things out.
    pub midtrans_base_url: Option<String>,
    midtrans_server_key: Option<SecretString>,
    midtrans_server_key_file: Option<PathBuf>,
    master_key: Option<SecretString>,
    master_key_file: Option<PathBuf>,
    /// Networks of our own proxies, separated by commas, or `none`; this machine if nothing is said.
    pub trusted_proxies: Option<String>,
    /// `off`, or how many times the usual rate limits.
    pub rate_limits: Option<String>,
    /// Filter for the log, as `tracing` reads it.
    pub log: String,
    /// `text` or `json`.
    pub log_format: String,
    /// How letters leave.
    #[serde(flatten)]
    pub mail: MailConfig,
}

#[derive(Serialize)]
struct Defaults {
    database_url: String,
    listen: &'static str,
    node_listen: &'static str,
    metrics_listen: &'static str,
    log: &'static str,
    log_format: &'static str,
}

impl Defaults {
    fn new() -> Self {
        Self {
            database_url: format!("sqlite:./{FOLDER}/central.db"),
            listen: "127.0.0.1:8080",
            node_listen: "127.0.0.1:8443",
            metrics_listen: "off",
            log: "info",
            log_format: "text",
        }
    }
}

/// Where settings come from.
struct Source {
    figment: Figment,
    file: PathBuf,
    /// Names that stand in the file.
    in_file: BTreeSet<String>,
    /// The variable of each setting that one sets.
    variables: BTreeMap<String, String>,
}

impl Config {
    /// Reads file and environment.
    ///
    /// # Errors
    /// Names the setting that cannot be read, or that is none.
    pub fn load() -> anyhow::Result<Self> {
        let source = Source::read(&mut vars())?;
        source.figment.extract().map_err(|error| {
            let name = error.path.join(".").to_uppercase();
            let what = if name.is_empty() { FILE } else { name.as_str() };
            anyhow::anyhow!("the setting {what} cannot be read: {}", error.kind)
        })
    }

    /// What is in force, and where each setting came from.
    ///
    /// # Errors
    /// As for [`Config::load`].
    pub fn told() -> anyhow::Result<Vec<Told>> {
        Self::load()?;
        Ok(told::all(&Source::read(&mut vars())?))
    }

    /// Where gates connect, if central listens for them itself.
    ///
    /// # Errors
    /// When the setting is neither an address nor `off`.
    pub fn node_listen(&self) -> anyhow::Result<Option<SocketAddr>> {
        address_or_off(&self.node_listen)
            .context("NODE_LISTEN must be an address with a port, such as 0.0.0.0:8443, or off")
    }

    /// Where Prometheus reads the counters, if anything is counted.
    ///
    /// # Errors
    /// When the setting is neither an address nor `off`.
    pub fn metrics_listen(&self) -> anyhow::Result<Option<SocketAddr>> {
        address_or_off(&self.metrics_listen).context(
            "METRICS_LISTEN must be an address with a port, such as 127.0.0.1:9464, or off",
        )
    }

    /// How buyers reach central, without a slash at the end.
    #[must_use]
    pub fn public_url(&self) -> String {
        let guess = || format!("http://{}", reachable(self.listen));
        let url = self.public_url.clone().unwrap_or_else(guess);
        url.trim_end_matches('/').to_owned()
    }

    /// How gates reach central, without a slash at the end.
    #[must_use]
    pub fn node_url(&self) -> String {
        let guess = || match self.node_listen() {
            Ok(Some(address)) => format!("https://{}", reachable(address)),
            _ => self.public_url(),
        };
        let url = self.node_url.clone().unwrap_or_else(guess);
        url.trim_end_matches('/').to_owned()
    }

    /// Host names and addresses for the certificate.
    #[must_use]
    pub fn node_names(&self) -> Vec<String> {
        let mut names = vec![
            "localhost".to_owned(),
            "127.0.0.1".to_owned(),
            "::1".to_owned(),
        ];
        let url = self.node_url();
        let host = url.split_once("://").map_or(url.as_str(), |(_, host)| host);
        let host = host.split('/').next().unwrap_or_default();
        let host = match host.parse::<SocketAddr>() {
            Ok(address) => address.ip().to_string(),
            Err(_) => host.split(':').next().unwrap_or_default().to_owned(),
        };
        let extra = self.node_names.clone().unwrap_or_default();
        for name in extra.split(',').map(str::trim).chain([host.as_str()]) {
            if !name.is_empty() && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    /// The Midtrans server key, if there is one.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn midtrans_server_key(&self) -> anyhow::Result<Option<SecretString>> {
        match (&self.midtrans_server_key, &self.midtrans_server_key_file) {
            (Some(key), _) => Ok(Some(key.clone())),
            (None, Some(path)) => Ok(Some(secret_file(path)?)),
            (None, None) => Ok(None),
        }
    }

    /// The master key: given, or from its file, which is made on the first start.
    ///
    /// # Errors
    /// When it is not 64 hexadecimal digits, or its file cannot be read or made.
    pub fn master_key(&self, entropy: &dyn Entropy) -> anyhow::Result<[u8; 32]> {
        if let Some(key) = &self.master_key {
            return parse_key(key, "GERBANG_MASTER_KEY");
        }
        let path = self.key_file();
        if !path.exists() {
            return make_key(&path, entropy);
        }
        parse_key(&secret_file(&path)?, &path.display().to_string())
    }

    /// Where the master key should be and is not, if it is nowhere.
    #[must_use]
    pub fn missing_master_key(&self) -> Option<PathBuf> {
        let file = self.key_file();
        (self.master_key.is_none() && !file.exists()).then_some(file)
    }

    fn key_file(&self) -> PathBuf {
        if let Some(path) = &self.master_key_file {
            return path.clone();
        }
        let database = self.database_url.expose_secret().strip_prefix("sqlite:");
        let folder = database.and_then(|path| Path::new(path).parent());
        folder.unwrap_or(Path::new(FOLDER)).join(KEY_FILE)
    }
}

impl Source {
    fn read(vars: &mut dyn Iterator<Item = (String, String)>) -> anyhow::Result<Self> {
        let vars: Vec<(String, String)> = vars.collect();
        let named = vars.iter().find(|(name, _)| name == FILE_VARIABLE);
        let file = PathBuf::from(named.map_or(FILE, |(_, path)| path.as_str()));
        ensure!(
            named.is_none() || file.is_file(),
            "{} is not there: {FILE_VARIABLE} must name the file with the settings",
            file.display()
        );
        let environment = environment(&mut vars.into_iter());
        let values: BTreeMap<_, _> = environment
            .iter()
            .map(|(name, (_, value))| (name, value))
            .collect();
        // Without a file all is as usual.
        let toml = if file.exists() {
            Toml::file_exact(&file)
        } else {
            Toml::string("")
        };
        Ok(Self {
            in_file: names(&toml.data(), &file)?,
            figment: Figment::from(Serialized::defaults(Defaults::new()))
                .merge(toml)
                .merge(Serialized::defaults(values)),
            variables: environment
                .into_iter()
                .map(|(name, (variable, _))| (name, variable))
                .collect(),
            file,
        })
    }
}

type Data = Result<figment::value::Map<Profile, figment::value::Dict>, figment::Error>;

/// The names in a file, each of which must be a setting's.
fn names(data: &Data, file: &Path) -> anyhow::Result<BTreeSet<String>> {
    let data = match data {
        Ok(data) => data,
        Err(error) => bail!("{} cannot be read: {error}", file.display()),
    };
    let names: BTreeSet<String> = data
        .values()
        .flat_map(|dict| dict.keys().cloned())
        .collect();
    let strange = names.iter().find(|name| Setting::of_name(name).is_none());
    let Some(strange) = strange else {
        return Ok(names);
    };
    let meant = setting::like(strange);
    let meant = meant.map_or_else(String::new, |meant| format!(" Is {} meant?", meant.name));
    bail!(
        "{}: there is no setting {strange}.{meant} docs/configuration.md lists them all",
        file.display()
    )
}

/// Values stay the texts they are: a key of digits alone is no number. Each with the variable that it came from.
fn environment(
    vars: &mut dyn Iterator<Item = (String, String)>,
) -> BTreeMap<String, (String, String)> {
    let setting = |(name, value): (String, String)| {
        let ours = name.strip_prefix("GERBANG_").map(str::to_lowercase);
        let ours = ours.filter(|ours| Setting::of_name(ours).is_some());
        let plain = || {
            let found = Setting::of_name(&name.to_lowercase());
            let is_meant = |setting: &&Setting| setting.is_plain && setting.variable() == name;
            found
                .filter(is_meant)
                .map(|setting| setting.name.to_owned())
        };
        let known = ours.or_else(plain)?;
        (!value.is_empty()).then_some((known, name.len(), (name, value)))
    };
    let mut settings: Vec<_> = vars.filter_map(setting).collect();
    // With both spellings set, the longer one is meant.
    settings.sort();
    settings
        .into_iter()
        .map(|(name, _, set)| (name, set))
        .collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn vars() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

fn address_or_off(text: &str) -> Result<Option<SocketAddr>, AddrParseError> {
    match text {
        "off" => Ok(None),
        address => address.parse().map(Some),
    }
}

/// An address that listens everywhere is reached at this machine.
fn reachable(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("localhost:{}", address.port())
    } else {
        address.to_string()
    }
}

fn secret_file(path: &Path) -> anyhow::Result<SecretString> {
    let text = fs::read_to_string(path);
    let text = text.with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(text.trim().into())
}

fn parse_key(text: &SecretString, place: &str) -> anyhow::Result<[u8; 32]> {
    let bytes = HEXLOWER_PERMISSIVE
        .decode(text.expose_secret().trim().as_bytes())
        .ok();
    let key = bytes.and_then(|bytes| bytes.try_into().ok());
    key.with_context(|| {
        format!("{place} must be 64 hexadecimal digits: make one with `openssl rand -hex 32`")
    })
}

/// Nobody but the owner may ever have read it, so it is made with its rights.
fn make_key(path: &Path, entropy: &dyn Entropy) -> anyhow::Result<[u8; 32]> {
    let failed = || format!("{} cannot be made", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(failed)?;
    }
    let mut key = [0; 32];
    entropy.fill(&mut key);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).with_context(failed)?;
    let text = format!("{}\n", HEXLOWER_PERMISSIVE.encode(&key));
    file.write_all(text.as_bytes()).with_context(failed)?;
    file.sync_all().with_context(failed)?;
    ensure!(path.exists(), failed());
    Ok(key)
}

#[cfg(test)]
mod tests;

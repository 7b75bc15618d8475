//! What an operator may set about mail. The password is a secret, and may come from a file.

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context as _, bail, ensure};
use secrecy::SecretString;
use serde::Deserialize;

use super::{
    Folder, Mailer, Sender, Smtp,
    smtp::{Protection, Server, is_local},
};

/// Settings of mail: a server, or a folder, or neither, which leaves letters in the outbox.
#[derive(Debug, Default, Deserialize)]
pub struct MailConfig {
    smtp_host: Option<String>,
    smtp_port: Option<Port>,
    /// `starttls` (default), `tls` or `off`.
    smtp_tls: Option<String>,
    smtp_user: Option<String>,
    smtp_password: Option<SecretString>,
    smtp_password_file: Option<PathBuf>,
    /// PEM of authorities of one's own.
    smtp_ca_file: Option<PathBuf>,
    /// `Name <address>`.
    mail_from: Option<String>,
    mail_folder: Option<PathBuf>,
}

/// A number in the file, a text in the environment.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Port {
    Number(u16),
    Text(String),
}

impl MailConfig {
    /// The way that letters take; none if neither a server nor a folder is set.
    ///
    /// # Errors
    /// Names the setting to change.
    pub fn mailer(&self) -> anyhow::Result<Option<Arc<dyn Mailer>>> {
        let Some(host) = &self.smtp_host else {
            let Some(folder) = &self.mail_folder else {
                return Ok(None);
            };
            let sender = self.sender("localhost")?;
            let opened = Folder::open(folder, sender);
            let failed = || format!("MAIL_FOLDER {} cannot be made", folder.display());
            return Ok(Some(Arc::new(opened.with_context(failed)?)));
        };
        ensure!(
            self.mail_folder.is_none(),
            "set SMTP_HOST or MAIL_FOLDER, not both"
        );
        let protection = self.protection()?;
        let login = self.login()?;
        ensure!(
            login.is_none() || protection != Protection::Off || is_local(host),
            "SMTP_TLS=off would send the password in clear: set it to starttls or tls"
        );
        let server = Server {
            host: host.clone(),
            port: self.port(protection)?,
            protection,
            login,
            authorities: self.authorities()?,
        };
        let smtp = Smtp::new(server, self.sender(host)?);
        let smtp = smtp.with_context(|| {
            format!("SMTP_HOST {host} is no name of a server, or SMTP_CA_FILE holds no certificate")
        })?;
        Ok(Some(Arc::new(smtp)))
    }

    fn sender(&self, host: &str) -> anyhow::Result<Sender> {
        let usual = || format!("Gerbang <tickets@{}>", host.trim_matches(['[', ']']));
        let typed = match &self.mail_from {
            Some(typed) => typed.clone(),
            None if is_local(host) => "Gerbang <tickets@localhost>".to_owned(),
            None => usual(),
        };
        Sender::parse(&typed)
            .context("MAIL_FROM must be an address such as Gerbang <tickets@example.id>")
    }

    fn protection(&self) -> anyhow::Result<Protection> {
        Ok(match self.smtp_tls.as_deref() {
            None | Some("starttls") => Protection::StartTls,
            Some("tls") => Protection::Tls,
            Some("off") => Protection::Off,
            Some(_) => bail!("SMTP_TLS must be starttls, tls or off"),
        })
    }

    fn port(&self, protection: Protection) -> anyhow::Result<u16> {
        match &self.smtp_port {
            Some(Port::Number(port)) => Ok(*port),
            Some(Port::Text(text)) => text.parse().context("SMTP_PORT must be a number"),
            None => Ok(match protection {
                Protection::Tls => 465,
                Protection::StartTls => 587,
                Protection::Off => 25,
            }),
        }
    }

    fn authorities(&self) -> anyhow::Result<Option<Vec<u8>>> {
        let read = |path: &PathBuf| {
            let pem = std::fs::read(path);
            pem.with_context(|| format!("SMTP_CA_FILE {} cannot be read", path.display()))
        };
        self.smtp_ca_file.as_ref().map(read).transpose()
    }

    fn login(&self) -> anyhow::Result<Option<(String, SecretString)>> {
        let password = match (&self.smtp_password, &self.smtp_password_file) {
            (Some(password), _) => Some(password.clone()),
            (None, Some(path)) => {
                let text = std::fs::read_to_string(path);
                let text = text.with_context(|| format!("{} cannot be read", path.display()))?;
                Some(text.trim().into())
            }
            (None, None) => None,
        };
        match (&self.smtp_user, password) {
            (Some(user), Some(password)) => Ok(Some((user.clone(), password))),
            (None, None) => Ok(None),
            _ => bail!("set SMTP_USER and SMTP_PASSWORD (or SMTP_PASSWORD_FILE) together"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(settings: &[(&str, &str)]) -> MailConfig {
        let json: serde_json::Map<_, _> = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).into()))
            .collect();
        serde_json::from_value(json.into()).expect("settings")
    }

    // A way to a server holds connections, which belong to a runtime.
    #[tokio::test]
    async fn settings_lead_to_a_way_or_to_a_sentence() {
        let host = ("smtp_host", "mail.example.id");
        let login = [("smtp_user", "u"), ("smtp_password", "hush-hush")];
        for (settings, want) in [
            (vec![], Ok(None)),
            (vec![host], Ok(Some("the mail server mail.example.id:587"))),
            (
                vec![host, ("smtp_tls", "tls")],
                Ok(Some("the mail server mail.example.id:465")),
            ),
            (
                vec![host, ("smtp_port", "2525"), login[0], login[1]],
                Ok(Some("the mail server mail.example.id:2525")),
            ),
            (
                vec![host, ("smtp_tls", "off"), login[0], login[1]],
                Err("in clear"),
            ),
            (
                vec![
                    ("smtp_host", "127.0.0.1"),
                    ("smtp_tls", "off"),
                    login[0],
                    login[1],
                ],
                Ok(Some("the mail server 127.0.0.1:25")),
            ),
            (vec![host, login[0]], Err("together")),
            (vec![host, ("smtp_tls", "ssl")], Err("SMTP_TLS must be")),
            (vec![host, ("smtp_port", "many")], Err("SMTP_PORT")),
            (vec![host, ("mail_from", "nobody")], Err("MAIL_FROM")),
            (
                vec![host, ("smtp_ca_file", "/nowhere/ca.pem")],
                Err("SMTP_CA_FILE /nowhere/ca.pem cannot be read"),
            ),
            (vec![host, ("mail_folder", "x")], Err("not both")),
        ] {
            let config = config(&settings);
            match (config.mailer(), want) {
                (Ok(mailer), Ok(want)) => {
                    let shown = mailer.map(|mailer| mailer.describe());
                    assert_eq!(shown.as_deref(), want, "{settings:?}");
                }
                (Err(error), Err(want)) => {
                    let said = format!("{error:#}");
                    assert!(said.contains(want) && !said.contains("hush"), "{said}");
                }
                (made, want) => panic!("{settings:?}: {made:?} instead of {want:?}"),
            }
            assert!(!format!("{config:?}").contains("hush"));
        }
    }
}

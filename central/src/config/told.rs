//! What is in force and where each setting came from, for a person who wonders; secrets are masked.

use figment::value::Value;

use super::{
    Source,
    setting::{SETTINGS, Setting},
};

const MASK: &str = "********";

/// A setting as it is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its variable.
    pub variable: String,
    /// Its value; `None` where nothing is set.
    pub value: Option<String>,
    /// Where that came from.
    pub from: String,
}

/// All settings, in the order of the table.
pub(super) fn all(source: &Source) -> Vec<Told> {
    let told = |setting: &Setting| {
        let value = source.figment.find_value(setting.name).ok();
        let from = match source.variables.get(setting.name) {
            Some(variable) => format!("variable {variable}"),
            None if source.in_file.contains(setting.name) => source.file.display().to_string(),
            None if value.is_some() => "usual".to_owned(),
            None => "not set".to_owned(),
        };
        Told {
            variable: setting.variable(),
            value: value.as_ref().map(|value| shown(setting, value)),
            from,
        }
    };
    SETTINGS.iter().map(told).collect()
}

fn shown(setting: &Setting, value: &Value) -> String {
    if setting.is_secret {
        return MASK.to_owned();
    }
    let text = match value {
        Value::String(_, text) => text.clone(),
        Value::Num(_, number) => {
            let number = number
                .to_i128()
                .map(|n| n.to_string())
                .or_else(|| Some(number.to_u128()?.to_string()));
            number.unwrap_or_default()
        }
        Value::Bool(_, is) => is.to_string(),
        _ => String::new(),
    };
    masked(&text)
}

/// An address without its password, and without its query, which may hold another one.
fn masked(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.to_owned();
    };
    // The last one: a password may hold one itself.
    let Some((login, host)) = rest.rsplit_once('@') else {
        return format!("{scheme}://{}", before_query(rest));
    };
    if before_query(login) != login {
        // A password with a mark of a query in it, or a query with a password in it: what stands where, nobody can say.
        return format!("{scheme}://{MASK}");
    }
    let host = before_query(host);
    match login.split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:{MASK}@{host}"),
        None => format!("{scheme}://{login}@{host}"),
    }
}

fn before_query(text: &str) -> &str {
    text.split(['?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn passwords_in_addresses_are_masked_however_they_are_written() {
        for (text, want) in [
            (
                "mysql://user:hunter2@db/central",
                "mysql://user:********@db/central",
            ),
            (
                "mysql://user:hun@ter:2@db/central",
                "mysql://user:********@db/central",
            ),
            ("mysql://user:hun?ter@db/x", "mysql://********"),
            ("mysql://user:hun#ter@db/x", "mysql://********"),
            ("mysql://db:3306/x?password=hun@ter", "mysql://********"),
            (
                "mysql://user:hunter2@db/x?ssl-key=k",
                "mysql://user:********@db/x",
            ),
            ("mysql://user@db/central", "mysql://user@db/central"),
            ("mysql://db/central?password=hunter2", "mysql://db/central"),
            (
                "sqlite:./gerbang-data/central.db",
                "sqlite:./gerbang-data/central.db",
            ),
            ("https://t.example", "https://t.example"),
        ] {
            assert_eq!(masked(text), want);
        }
    }
}

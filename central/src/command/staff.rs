//! `central staff`: who may work the gates.
//!
//! A secret is printed when it is made and never again; nothing else tells it.

use std::process::ExitCode;

use clap::{
    Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};
use serde_json::json;
use sync_protocol::{id::EventId, operator::Role};

use super::{open, output};
use crate::{
    app::{
        App,
        staff::{MOST_IDLE_MINUTES, NewStaff, Secret, StaffMember},
    },
    config::Config,
    domain::event::Event,
};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Take somebody in who works gates; prints their gate secret, once
    Add {
        /// The name to sign in with, such as siti
        login: String,
        /// What people call them
        #[arg(long)]
        name: String,
        /// Their address; one account per person
        #[arg(long)]
        email: String,
        /// What they are at the gates
        #[arg(long, value_parser = role_parser())]
        role: Role,
        /// Slug or id of an event at which they work; may be repeated
        #[arg(long = "event", required = true)]
        events: Vec<String>,
        /// Answer in JSON
        #[arg(long)]
        json: bool,
    },
    /// Give somebody a role at more events, or another one
    Assign {
        /// The name they sign in with
        login: String,
        /// What they are at the gates
        #[arg(long, value_parser = role_parser())]
        role: Role,
        /// Slug or id of an event; may be repeated
        #[arg(long = "event", required = true)]
        events: Vec<String>,
    },
    /// Take somebody's role at one event away
    Withdraw {
        /// The name they sign in with
        login: String,
        /// Slug or id of the event
        #[arg(long)]
        event: String,
    },
    /// List who works gates
    List {
        /// Slug or id of an event; everybody without it
        event: Option<String>,
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Make somebody another gate secret; prints it, once
    Reset {
        /// The name they sign in with
        login: String,
        /// Answer in JSON
        #[arg(long)]
        json: bool,
    },
    /// Let somebody sign in no more
    Disable {
        /// The name they sign in with
        login: String,
    },
    /// Let somebody sign in again
    Enable {
        /// The name they sign in with
        login: String,
    },
    /// After how many minutes a gate that is left alone locks
    Idle {
        /// Slug or id of the event
        event: String,
        /// Minutes
        #[arg(value_parser = clap::value_parser!(i64).range(1..=MOST_IDLE_MINUTES))]
        minutes: i64,
    },
    /// Let the gates of an event work without signing in again
    Open {
        /// Slug or id of the event
        event: String,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let app = open::open(config).await?.app;
    match command {
        Command::Add {
            login,
            name,
            email,
            role,
            events,
            json,
        } => {
            let events = find_events(&app, &events).await?;
            let wish = NewStaff {
                name,
                login: login.clone(),
                email,
                role,
                events,
            };
            tell(&login, &app.add_staff(&wish).await?, json);
        }
        Command::Assign {
            login,
            role,
            events,
        } => {
            let events = find_events(&app, &events).await?;
            app.assign_staff(&login, role, &events).await?;
            output::line(&format!("{login} is {role} there."));
        }
        Command::Withdraw { login, event } => {
            let event = open::event(&app, &event).await?.event;
            app.withdraw_staff(&login, event.id).await?;
            output::line(&format!("{login} works no more at {}.", event.slug));
        }
        Command::List { event, json } => list(&app, event.as_deref(), json).await?,
        Command::Reset { login, json } => tell(&login, &app.reset_staff(&login).await?, json),
        Command::Disable { login } => {
            app.set_staff_active(&login, false).await?;
            output::line(&format!(
                "{login} is disabled: gates refuse them as soon as they have synced."
            ));
        }
        Command::Enable { login } => {
            app.set_staff_active(&login, true).await?;
            output::line(&format!("{login} may sign in again."));
        }
        Command::Idle { event, minutes } => {
            let event = open::event(&app, &event).await?.event;
            app.set_idle_lock(event.id, minutes).await?;
            output::line(&format!(
                "Gates of {} lock after {minutes} minutes.",
                event.slug
            ));
        }
        Command::Open { event } => {
            let event = open::event(&app, &event).await?.event;
            app.open_gates_to_all(event.id).await?;
            output::line(&format!("Gates of {} work without signing in.", event.slug));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn find_events(app: &App, names: &[String]) -> anyhow::Result<Vec<EventId>> {
    let mut events = Vec::new();
    for name in names {
        events.push(open::event(app, name).await?.event.id);
    }
    Ok(events)
}

fn tell(login: &str, secret: &Secret, as_json: bool) {
    if as_json {
        output::json(&json!({"login": login, "secret": secret.as_str()}));
        return;
    }
    output::line(&format!(
        "{login} signs in at gates with {}  (shown this once; it opens no panel)",
        secret.as_str()
    ));
}

async fn list(app: &App, event: Option<&str>, as_json: bool) -> anyhow::Result<()> {
    let event = match event {
        Some(name) => Some(open::event(app, name).await?.event.id),
        None => None,
    };
    let events = app.all_events().await?;
    for member in app.staff(event).await? {
        print(&member, &events, as_json);
    }
    Ok(())
}

fn print(member: &StaffMember, events: &[Event], as_json: bool) {
    let StaffMember { account, roles } = member;
    let slug = |id: &EventId| {
        let found = events.iter().find(|event| event.id == *id);
        found.map_or_else(|| id.to_string(), |event| event.slug.clone())
    };
    let status = if account.is_active {
        "active"
    } else {
        "disabled"
    };
    if as_json {
        let roles: Vec<_> = roles
            .iter()
            .map(|(event, role)| json!({"event": slug(event), "role": role.name()}))
            .collect();
        output::json(&json!({
            "id": account.id.to_string(),
            "login": account.login,
            "name": account.name,
            "email": account.email,
            "status": status,
            "roles": roles,
        }));
        return;
    }
    let roles: Vec<String> = roles
        .iter()
        .map(|(event, role)| format!("{role} at {}", slug(event)))
        .collect();
    output::line(&format!(
        "{}  {status}  {}  {}",
        account.login,
        account.name,
        roles.join(", ")
    ));
}

fn role_parser() -> impl TypedValueParser<Value = Role> {
    let names = Role::ALL.iter().map(|role| role.name());
    PossibleValuesParser::new(names)
        .try_map(|name| Role::from_name(&name).ok_or("there is no such role"))
}

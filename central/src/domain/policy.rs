//! Who may do what to whose things: one pure answer, with a reason where it is no.
//!
//! Invariants: nothing is allowed that no role allows; what belongs to another organiser or to an event that was not
//! given to the account is [`Denial::Foreign`], which pages answer as if it did not exist. An account with a role of
//! the gates may do nothing here at all. Lists ask [`Powers::sight`] and show no more.

use std::collections::BTreeSet;

use sync_protocol::id::EventId;

use super::{
    id::{ClientId, UserId},
    permission::{Permission, Reach, Role},
};

/// A role as one account holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The events it was given for, where it reaches events.
    pub events: BTreeSet<EventId>,
}

/// All that an account may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Powers {
    /// The account.
    pub user: UserId,
    /// Its organiser, if it belongs to one.
    pub client: Option<ClientId>,
    /// Its roles.
    pub grants: Vec<Grant>,
}

/// What something is done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A list, which shows what the account sees.
    List,
    /// The whole installation.
    Platform,
    /// An event or what belongs to it.
    Event {
        /// The event.
        event: EventId,
        /// Its organiser.
        client: ClientId,
    },
}

/// Why something is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// The account works gates, and whoever works gates has no panel.
    WorksGates,
    /// No role of the account allows it.
    NotAllowed,
    /// It is allowed, but not with this one.
    Foreign,
}

/// What an account sees in lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Everything.
    All,
    /// What belongs to an organiser or to these events.
    Some {
        /// All events of this organiser.
        client: Option<ClientId>,
        /// These events.
        events: BTreeSet<EventId>,
    },
}

impl Powers {
    /// Whether the account may open the panel.
    #[must_use]
    pub fn opens_panel(&self) -> bool {
        !self.works_gates() && !self.grants.is_empty()
    }

    fn works_gates(&self) -> bool {
        self.grants
            .iter()
            .any(|grant| grant.role.reach == Reach::Gates)
    }

    fn with(&self, permission: Permission) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(move |grant| {
            permission.fits(grant.role.reach) && grant.role.permissions.contains(&permission)
        })
    }

    /// Whether this may be done to that.
    ///
    /// # Errors
    /// The reason why not.
    pub fn decide(&self, permission: Permission, thing: Thing) -> Result<(), Denial> {
        if self.works_gates() {
            return Err(Denial::WorksGates);
        }
        let mut with = self.with(permission).peekable();
        if with.peek().is_none() {
            return Err(Denial::NotAllowed);
        }
        let reaches = |grant: &Grant| match (thing, grant.role.reach) {
            (Thing::List, _) | (_, Reach::All) => true,
            (Thing::Event { client, .. }, Reach::Client) => self.client == Some(client),
            (Thing::Event { event, .. }, Reach::Events) => grant.events.contains(&event),
            (Thing::Event { .. }, Reach::Gates) | (Thing::Platform, _) => false,
        };
        if with.any(reaches) {
            Ok(())
        } else if thing == Thing::Platform {
            Err(Denial::NotAllowed)
        } else {
            Err(Denial::Foreign)
        }
    }

    /// The same as yes or no.
    #[must_use]
    pub fn may(&self, permission: Permission, thing: Thing) -> bool {
        self.decide(permission, thing).is_ok()
    }

    /// What lists that need a permission show.
    #[must_use]
    pub fn sight(&self, permission: Permission) -> Sight {
        let (mut client, mut events) = (None, BTreeSet::new());
        if self.works_gates() {
            return Sight::Some { client, events };
        }
        for grant in self.with(permission) {
            match grant.role.reach {
                Reach::All => return Sight::All,
                Reach::Client => client = self.client,
                Reach::Events => events.extend(grant.events.iter().copied()),
                Reach::Gates => {}
            }
        }
        Sight::Some { client, events }
    }

    /// Whether the account may give a role to others: nobody gives what they do not have.
    #[must_use]
    pub fn may_give(&self, role: &Role) -> bool {
        let has = |permission: &Permission| self.may(*permission, Thing::Platform);
        role.reach != Reach::Gates && role.permissions.iter().all(has)
    }

    /// Whether the account may give another one a new password and the like: who can become somebody has their rights.
    #[must_use]
    pub fn may_manage(&self, other: &Self) -> bool {
        other.grants.iter().all(|grant| self.may_give(&grant.role))
    }
}

impl Sight {
    /// Whether an event is seen.
    #[must_use]
    pub fn shows(&self, event: EventId, of: ClientId) -> bool {
        match self {
            Self::All => true,
            Self::Some { client, events } => *client == Some(of) || events.contains(&event),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn role(name: &str, reach: Reach, permissions: &[Permission]) -> Role {
        Role {
            name: name.into(),
            reach,
            permissions: permissions.iter().copied().collect(),
        }
    }

    fn powers(client: Option<u128>, roles: &[(Role, &[u128])]) -> Powers {
        let grant = |(role, events): &(Role, &[u128])| Grant {
            role: role.clone(),
            events: events
                .iter()
                .map(|id| EventId(Uuid::from_u128(*id)))
                .collect(),
        };
        Powers {
            user: UserId(Uuid::from_u128(1)),
            client: client.map(|id| ClientId(Uuid::from_u128(id))),
            grants: roles.iter().map(grant).collect(),
        }
    }

    fn event(event: u128, client: u128) -> Thing {
        Thing::Event {
            event: EventId(Uuid::from_u128(event)),
            client: ClientId(Uuid::from_u128(client)),
        }
    }

    #[test]
    fn reach_decides_whose_things() {
        use Permission::{EventsView, ScansView, StaffManage};
        let all = powers(
            None,
            &[(role("super_admin", Reach::All, Permission::ALL), &[])],
        );
        let client = powers(
            Some(7),
            &[(role("client", Reach::Client, &[EventsView]), &[])],
        );
        let manager = powers(
            None,
            &[(role("manager", Reach::Events, &[ScansView]), &[3])],
        );
        let lost = powers(None, &[(role("client", Reach::Client, &[EventsView]), &[])]);
        for (who, permission, thing, want) in [
            (&all, StaffManage, Thing::Platform, Ok(())),
            (&all, EventsView, event(3, 7), Ok(())),
            (
                &all,
                Permission::GateValidate,
                Thing::List,
                Err(Denial::NotAllowed),
            ),
            (&client, EventsView, event(3, 7), Ok(())),
            (&client, EventsView, event(3, 8), Err(Denial::Foreign)),
            (&client, ScansView, event(3, 7), Err(Denial::NotAllowed)),
            (&client, EventsView, Thing::List, Ok(())),
            (
                &client,
                EventsView,
                Thing::Platform,
                Err(Denial::NotAllowed),
            ),
            (&manager, ScansView, event(3, 8), Ok(())),
            (&manager, ScansView, event(4, 8), Err(Denial::Foreign)),
            (&lost, EventsView, event(3, 7), Err(Denial::Foreign)),
        ] {
            assert_eq!(who.decide(permission, thing), want, "{permission:?}");
        }
    }

    #[test]
    fn permissions_of_the_platform_are_worth_nothing_in_smaller_roles() {
        let planted = role("client", Reach::Client, Permission::ALL);
        let client = powers(Some(7), &[(planted, &[])]);
        for permission in Permission::ALL
            .iter()
            .filter(|permission| permission.is_of_platform())
        {
            assert_eq!(
                client.decide(*permission, Thing::Platform),
                Err(Denial::NotAllowed)
            );
            assert_eq!(
                client.decide(*permission, Thing::List),
                Err(Denial::NotAllowed)
            );
        }
    }

    #[test]
    fn whoever_works_gates_has_no_panel_whatever_else_they_are() {
        let both = powers(
            None,
            &[
                (role("super_admin", Reach::All, Permission::ALL), &[]),
                (
                    role(
                        "wristband_validator",
                        Reach::Gates,
                        &[Permission::GateValidate],
                    ),
                    &[3],
                ),
            ],
        );
        assert!(!both.opens_panel());
        assert_eq!(
            both.decide(Permission::EventsView, Thing::List),
            Err(Denial::WorksGates)
        );
        assert!(
            !both
                .sight(Permission::EventsView)
                .shows(EventId(Uuid::from_u128(3)), ClientId(Uuid::from_u128(7)))
        );
    }

    #[test]
    fn nobody_gives_what_they_do_not_have() {
        use Permission::{OrdersView, StaffManage};
        let some = powers(
            None,
            &[(role("desk", Reach::All, &[StaffManage, OrdersView]), &[])],
        );
        assert!(some.may_give(&role("client", Reach::Client, &[OrdersView])));
        assert!(!some.may_give(&role("super_admin", Reach::All, Permission::ALL)));
        assert!(!some.may_give(&role("wristband_validator", Reach::Gates, &[])));
    }
}

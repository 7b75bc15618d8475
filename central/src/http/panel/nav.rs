//! The way around: sections of the panel, of which everybody sees those that are open to them.

use crate::domain::{
    permission::Permission,
    policy::{Powers, Thing},
};

/// A section of the panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Dashboard,
    Events,
    Orders,
    Nodes,
    Conflicts,
    Clients,
    Staff,
    Roles,
    Audit,
    Account,
}

/// A link of the navigation.
pub(super) struct Link {
    pub(super) section: Section,
    pub(super) path: &'static str,
    pub(super) icon: &'static str,
    pub(super) english: &'static str,
    pub(super) indonesian: &'static str,
    needs: Option<(Permission, Thing)>,
}

const fn link(
    section: Section,
    (path, icon): (&'static str, &'static str),
    (english, indonesian): (&'static str, &'static str),
    needs: Option<(Permission, Thing)>,
) -> Link {
    Link {
        section,
        path,
        icon,
        english,
        indonesian,
        needs,
    }
}

const LINKS: [Link; 9] = [
    link(
        Section::Dashboard,
        ("/panel", "speedometer2"),
        ("Overview", "Ringkasan"),
        None,
    ),
    link(
        Section::Events,
        ("/panel/events", "calendar-event"),
        ("Events", "Acara"),
        Some((Permission::EventsView, Thing::List)),
    ),
    link(
        Section::Orders,
        ("/panel/orders", "receipt"),
        ("Orders", "Pesanan"),
        Some((Permission::OrdersView, Thing::List)),
    ),
    link(
        Section::Nodes,
        ("/panel/nodes", "hdd-network"),
        ("Nodes", "Perangkat"),
        Some((Permission::ScansView, Thing::List)),
    ),
    link(
        Section::Conflicts,
        ("/panel/conflicts", "exclamation-diamond"),
        ("Conflicts", "Konflik"),
        Some((Permission::ScansView, Thing::List)),
    ),
    link(
        Section::Clients,
        ("/panel/clients", "building"),
        ("Organisers", "Penyelenggara"),
        Some((Permission::ClientsManage, Thing::Platform)),
    ),
    link(
        Section::Staff,
        ("/panel/staff", "people"),
        ("Accounts", "Akun"),
        Some((Permission::StaffManage, Thing::Platform)),
    ),
    link(
        Section::Roles,
        ("/panel/roles", "key"),
        ("Roles", "Peran"),
        Some((Permission::RolesManage, Thing::Platform)),
    ),
    link(
        Section::Audit,
        ("/panel/audit", "journal-text"),
        ("Audit trail", "Jejak audit"),
        Some((Permission::AuditView, Thing::Platform)),
    ),
];

/// The links that are open to somebody.
pub(super) fn open_to(powers: &Powers) -> Vec<&'static Link> {
    let is_open = |link: &&Link| {
        link.needs
            .is_none_or(|(permission, thing)| powers.may(permission, thing))
    };
    LINKS.iter().filter(is_open).collect()
}

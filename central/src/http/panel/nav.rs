//! The way around: sections of the panel, of which everybody sees those that are open to them.
//!
//! The pages of one event stand in `tab.rs`.

use super::tab;
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
    Tickets,
    Payments,
    Refunds,
    Disputes,
    Promos,
    Reports,
    Nodes,
    Conflicts,
    Operators,
    Checks,
    Clients,
    Letters,
    Staff,
    Roles,
    Audit,
    Account,
}

impl Section {
    /// The letter that leads there after `g`; sections without one are reached by Tab.
    pub(super) const fn key(self) -> Option<char> {
        Some(match self {
            Self::Dashboard => 'h',
            Self::Events => 'e',
            Self::Orders => 'o',
            Self::Tickets => 't',
            Self::Payments => 'm',
            Self::Refunds => 'b',
            Self::Disputes => 'd',
            Self::Promos => 'k',
            Self::Reports => 'l',
            Self::Nodes => 'n',
            Self::Conflicts => 'c',
            Self::Operators => 'w',
            Self::Checks => 'v',
            Self::Clients => 'p',
            Self::Letters => 'u',
            Self::Staff => 's',
            Self::Roles => 'r',
            Self::Audit => 'a',
            Self::Account => return None,
        })
    }
}

/// Links that stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Top,
    Sales,
    Gates,
    Platform,
}

impl Group {
    /// What stands above them.
    pub(super) const fn words(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Top => None,
            Self::Sales => Some(("Sales", "Penjualan")),
            Self::Gates => Some(("Gates", "Gerbang")),
            Self::Platform => Some(("Installation", "Instalasi")),
        }
    }
}

/// A link of the navigation.
pub(super) struct Link {
    pub(super) group: Group,
    pub(super) section: Section,
    pub(super) path: &'static str,
    pub(super) icon: &'static str,
    pub(super) english: &'static str,
    pub(super) indonesian: &'static str,
    needs: Option<(Permission, Thing)>,
}

const fn link(
    group: Group,
    section: Section,
    (path, icon): (&'static str, &'static str),
    (english, indonesian): (&'static str, &'static str),
    needs: Option<(Permission, Thing)>,
) -> Link {
    Link {
        group,
        section,
        path,
        icon,
        english,
        indonesian,
        needs,
    }
}

const LINKS: &[Link] = &[
    link(
        Group::Top,
        Section::Dashboard,
        ("/panel", "speedometer2"),
        ("Overview", "Ringkasan"),
        None,
    ),
    link(
        Group::Top,
        Section::Events,
        ("/panel/events", "calendar-event"),
        ("Events", "Acara"),
        Some((Permission::EventsView, Thing::List)),
    ),
    link(
        Group::Sales,
        Section::Orders,
        ("/panel/orders", "receipt"),
        ("Orders", "Pesanan"),
        Some((Permission::OrdersView, Thing::List)),
    ),
    link(
        Group::Sales,
        Section::Tickets,
        ("/panel/tickets", "ticket-perforated"),
        ("Tickets", "Tiket"),
        Some((Permission::OrdersView, Thing::List)),
    ),
    link(
        Group::Sales,
        Section::Promos,
        ("/panel/promos", "tag"),
        ("Promo codes", "Kode promo"),
        Some((Permission::EventsManage, Thing::List)),
    ),
    link(
        Group::Sales,
        Section::Payments,
        ("/panel/payments", "credit-card"),
        ("Payments", "Pembayaran"),
        Some((Permission::OrdersView, Thing::List)),
    ),
    link(
        Group::Sales,
        Section::Refunds,
        ("/panel/refunds", "arrow-counterclockwise"),
        ("Refunds", "Pengembalian"),
        Some((Permission::OrdersView, Thing::List)),
    ),
    link(
        Group::Sales,
        Section::Disputes,
        ("/panel/disputes", "shield-exclamation"),
        ("Disputes", "Sengketa"),
        Some((Permission::OrdersView, Thing::List)),
    ),
    link(
        Group::Sales,
        Section::Reports,
        ("/panel/reports", "bar-chart-line"),
        ("Reports", "Laporan"),
        Some((Permission::ReportsView, Thing::List)),
    ),
    link(
        Group::Gates,
        Section::Nodes,
        ("/panel/nodes", "hdd-network"),
        ("Nodes", "Perangkat"),
        Some((Permission::ScansView, Thing::List)),
    ),
    link(
        Group::Gates,
        Section::Conflicts,
        ("/panel/conflicts", "exclamation-diamond"),
        ("Conflicts", "Konflik"),
        Some((Permission::ScansView, Thing::List)),
    ),
    link(
        Group::Gates,
        Section::Operators,
        ("/panel/operators", "person-circle"),
        ("Gate staff", "Petugas gerbang"),
        Some((Permission::StaffManage, Thing::Platform)),
    ),
    link(
        Group::Gates,
        Section::Checks,
        ("/panel/checks", "shield-lock"),
        ("Checks of the logs", "Pemeriksaan log"),
        Some((Permission::AuditView, Thing::Platform)),
    ),
    link(
        Group::Platform,
        Section::Clients,
        ("/panel/clients", "building"),
        ("Organisers", "Penyelenggara"),
        Some((Permission::ClientsManage, Thing::Platform)),
    ),
    link(
        Group::Platform,
        Section::Letters,
        ("/panel/letters", "envelope"),
        ("Letters", "Surat"),
        Some((Permission::OrdersManage, Thing::Platform)),
    ),
    link(
        Group::Platform,
        Section::Staff,
        ("/panel/staff", "people"),
        ("Accounts", "Akun"),
        Some((Permission::StaffManage, Thing::Platform)),
    ),
    link(
        Group::Platform,
        Section::Roles,
        ("/panel/roles", "key"),
        ("Roles", "Peran"),
        Some((Permission::RolesManage, Thing::Platform)),
    ),
    link(
        Group::Platform,
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

/// The sections and tabs that a permission opens: English and Indonesian words.
pub(super) fn opened_by(permission: Permission) -> Vec<(&'static str, &'static str)> {
    let links = LINKS.iter().filter(|link| {
        let needs = link.needs.as_ref();
        needs.is_some_and(|(needed, _)| *needed == permission)
    });
    let links = links.map(|link| (link.english, link.indonesian));
    let mut all = Vec::new();
    for words in links.chain(tab::opened_by(permission)) {
        if !all.contains(&words) {
            all.push(words);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_sections_have_the_same_key() {
        let mut keys: Vec<_> = LINKS.iter().filter_map(|link| link.section.key()).collect();
        let all = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all, "{keys:?}");
    }
}

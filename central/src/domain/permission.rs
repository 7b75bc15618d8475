//! What somebody may do, and how far a role reaches. Both are rows of the database too; the names are the same.
//!
//! Invariants: a permission that is not here exists for nobody, whatever a row says. A role that reaches gates opens
//! no panel, and one that opens the panel works no gate.

use std::collections::BTreeSet;

use super::named::named_enum;

named_enum! {
    /// One thing that somebody may do.
    pub enum Permission {
        /// See events and sales.
        EventsView => "events.view",
        /// Set up events, types, prices and promo codes.
        EventsManage => "events.manage",
        /// Open events to the public, close their sale, postpone and cancel them.
        EventsPublish => "events.publish",
        /// See orders and attendees.
        OrdersView => "orders.view",
        /// Take lists of orders away as files.
        OrdersExport => "orders.export",
        /// Flag orders, send their papers again, ask for refunds that somebody else agrees to.
        OrdersManage => "orders.manage",
        /// Agree to refunds and make them, cancel orders, end disputes.
        OrdersRefund => "orders.refund",
        /// See reports of sales, money and attendance.
        ReportsView => "reports.view",
        /// Enrol, assign and revoke nodes.
        NodesManage => "nodes.manage",
        /// See scan logs, rulings and conflicts.
        ScansView => "scans.view",
        /// Decide and annotate conflicts.
        ScansDecide => "scans.decide",
        /// Organisers and their accounts.
        ClientsManage => "clients.manage",
        /// Accounts, their passwords and roles.
        StaffManage => "staff.manage",
        /// What each role may do.
        RolesManage => "roles.manage",
        /// Read the audit trail.
        AuditView => "audit.view",
        /// Exchange tickets for wristbands.
        GateExchange => "gate.exchange",
        /// Let in and out.
        GateValidate => "gate.validate",
        /// Decide where a gate asks or refuses.
        GateSupervise => "gate.supervise",
    }
}

named_enum! {
    /// How far a role reaches.
    pub enum Reach {
        /// Everything.
        All => "all",
        /// What belongs to the account's own organiser.
        Client => "client",
        /// The events that were given to the account.
        Events => "events",
        /// The screens of gates, and no panel.
        Gates => "gates",
    }
}

impl Permission {
    /// It is for the screens of gates alone.
    #[must_use]
    pub const fn is_of_gates(self) -> bool {
        matches!(
            self,
            Self::GateExchange | Self::GateValidate | Self::GateSupervise
        )
    }

    /// It concerns the whole installation, so it is worth nothing in a role that reaches less.
    #[must_use]
    pub const fn is_of_platform(self) -> bool {
        matches!(
            self,
            Self::ClientsManage | Self::StaffManage | Self::RolesManage | Self::AuditView
        )
    }

    /// Whether a role that reaches this far may hold it.
    #[must_use]
    pub const fn fits(self, reach: Reach) -> bool {
        match reach {
            Reach::All => !self.is_of_gates(),
            Reach::Client | Reach::Events => !self.is_of_gates() && !self.is_of_platform(),
            Reach::Gates => self.is_of_gates(),
        }
    }
}

/// The role that may do everything and that nobody can change: without it nobody could mend the others.
pub const SUPER_ADMIN: &str = "super_admin";
/// The role of an organiser's own accounts.
pub const CLIENT: &str = "client";

/// A role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its stable name.
    pub name: String,
    /// How far it reaches.
    pub reach: Reach,
    /// What it allows.
    pub permissions: BTreeSet<Permission>,
}

impl Role {
    /// Nobody changes it.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        self.name == SUPER_ADMIN || self.reach == Reach::Gates
    }
}

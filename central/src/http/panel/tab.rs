//! The pages of one event: a few groups above, and below them what the group holds that one stands in.
//!
//! Everybody sees the pages that are open to them, a group leads to the first of its own, and one that would be empty is
//! not there. Lists of all events (orders, tickets) are pages of an event too while they show that event alone.

use super::door::Here;
use crate::domain::{
    event::{Event, EventStatus},
    permission::Permission,
};

/// A page about one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    Overview,
    Setup,
    Orders,
    Tickets,
    Attendees,
    Promos,
    Receipts,
    RefundRun,
    Live,
    Nodes,
    Scans,
    Conflicts,
    Rules,
    Wristbands,
    Bundles,
    Checks,
    Reports,
}

/// Pages that stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Overview,
    Setup,
    Sales,
    Gates,
    Reports,
}

impl Group {
    const ALL: [Self; 5] = [
        Self::Overview,
        Self::Setup,
        Self::Sales,
        Self::Gates,
        Self::Reports,
    ];

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Overview => ("Overview", "Ringkasan"),
            Self::Setup => ("Set-up", "Persiapan"),
            Self::Sales => ("Sales", "Penjualan"),
            Self::Gates => ("Gates", "Gerbang"),
            Self::Reports => ("Reports", "Laporan"),
        }
    }
}

/// A line of the table of pages.
struct Line {
    group: Group,
    tab: Tab,
    /// Its address, as the route table has it; with the event's name asked for, where that has no place for it.
    path: &'static str,
    words: (&'static str, &'static str),
    needs: Permission,
}

const fn line(
    group: Group,
    tab: Tab,
    path: &'static str,
    words: (&'static str, &'static str),
    needs: Permission,
) -> Line {
    Line {
        group,
        tab,
        path,
        words,
        needs,
    }
}

#[rustfmt::skip]
const LINES: &[Line] = &[
    line(Group::Overview, Tab::Overview, "/panel/events/{event}", ("Overview", "Ringkasan"), Permission::EventsView),
    line(Group::Setup, Tab::Setup, "/panel/events/{event}/setup", ("Set-up", "Persiapan"), Permission::EventsManage),
    line(Group::Sales, Tab::Orders, "/panel/orders", ("Orders", "Pesanan"), Permission::OrdersView),
    line(Group::Sales, Tab::Tickets, "/panel/tickets", ("Tickets", "Tiket"), Permission::OrdersView),
    line(Group::Sales, Tab::Attendees, "/panel/events/{event}/attendees", ("Attendees", "Peserta"), Permission::OrdersView),
    line(Group::Sales, Tab::Promos, "/panel/events/{event}/promos", ("Promo codes", "Kode promo"), Permission::EventsManage),
    line(Group::Sales, Tab::Receipts, "/panel/events/{event}/receipts", ("Receipts", "Faktur"), Permission::OrdersView),
    line(Group::Sales, Tab::RefundRun, "/panel/events/{event}/refund-run", ("Refund run", "Pengembalian massal"), Permission::OrdersView),
    line(Group::Gates, Tab::Live, "/panel/events/{event}/live", ("Door now", "Pintu sekarang"), Permission::ScansView),
    line(Group::Gates, Tab::Nodes, "/panel/events/{event}/nodes", ("Nodes", "Perangkat"), Permission::ScansView),
    line(Group::Gates, Tab::Scans, "/panel/events/{event}/scans", ("Scans", "Pindaian"), Permission::ScansView),
    line(Group::Gates, Tab::Conflicts, "/panel/events/{event}/conflicts", ("Conflicts", "Konflik"), Permission::ScansView),
    line(Group::Gates, Tab::Rules, "/panel/events/{event}/gate-rules", ("Rules", "Aturan"), Permission::ScansView),
    line(Group::Gates, Tab::Wristbands, "/panel/events/{event}/wristbands", ("Wristbands", "Gelang"), Permission::EventsView),
    line(Group::Gates, Tab::Bundles, "/panel/events/{event}/bundles", ("Logs as files", "Log berupa berkas"), Permission::NodesManage),
    line(Group::Gates, Tab::Checks, "/panel/events/{event}/checks", ("Checks of the logs", "Pemeriksaan log"), Permission::ScansView),
    line(Group::Reports, Tab::Reports, "/panel/events/{event}/reports", ("Reports", "Laporan"), Permission::ReportsView),
];

/// A page as it is shown.
pub(super) struct Shown {
    pub(super) path: String,
    pub(super) words: &'static str,
    pub(super) is_on: bool,
}

/// A group as it is shown; it has a page at least.
pub(super) struct ShownGroup {
    pub(super) words: &'static str,
    pub(super) pages: Vec<Shown>,
}

impl ShownGroup {
    /// Where the group leads.
    pub(super) fn path(&self) -> &str {
        self.pages.first().map_or("", |page| &page.path)
    }

    /// Whether this page is one of it.
    pub(super) fn is_on(&self) -> bool {
        self.pages.iter().any(|page| page.is_on)
    }

    /// What `aria-current` says: the page itself, or that it stands below.
    pub(super) fn current(&self) -> Option<&'static str> {
        let is_alone = self.pages.len() == 1;
        self.is_on()
            .then_some(if is_alone { "page" } else { "true" })
    }
}

/// What somebody may open of an event, standing on one page of it.
pub(super) fn of_event(here: &Here, event: &Event, on: Tab) -> Vec<ShownGroup> {
    let is_open = |line: &Line| here.may(line.needs, event) && is_there(line.tab, event, on);
    let say = |(english, indonesian)| here.say(english, indonesian);
    grouped(say, &event.slug, on, is_open)
}

fn grouped(
    say: impl Fn((&'static str, &'static str)) -> &'static str,
    slug: &str,
    on: Tab,
    is_open: impl Fn(&Line) -> bool,
) -> Vec<ShownGroup> {
    let shown = |line: &Line| Shown {
        path: address(line.path, slug),
        words: say(line.words),
        is_on: line.tab == on,
    };
    let groups = Group::ALL.map(|group| {
        let lines = LINES.iter().filter(|line| line.group == group);
        ShownGroup {
            words: say(group.words()),
            pages: lines.filter(|line| is_open(line)).map(shown).collect(),
        }
    });
    let groups = groups.into_iter();
    groups.filter(|group| !group.pages.is_empty()).collect()
}

/// Orders are given back by themselves of a cancelled event alone.
fn is_there(tab: Tab, event: &Event, on: Tab) -> bool {
    tab != Tab::RefundRun || on == tab || event.status == EventStatus::Cancelled
}

fn address(path: &str, slug: &str) -> String {
    if path.contains("{event}") {
        path.replace("{event}", slug)
    } else {
        format!("{path}?event={slug}")
    }
}

/// The words of the pages that a permission opens.
pub(super) fn opened_by(
    permission: Permission,
) -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = LINES.iter().filter(move |line| line.needs == permission);
    lines.map(|line| line.words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::panel::{Access, ROUTES, Verb};

    #[test]
    fn a_page_takes_what_its_route_takes() {
        for line in LINES {
            let mut routes = ROUTES
                .iter()
                .filter(|route| route.verb == Verb::Get && route.path == line.path);
            let route = routes.next().expect("a route of this address");
            let Access::May(permission, _) = route.access else {
                panic!("{} takes no permission", line.path);
            };
            assert_eq!(permission, line.needs, "{}", line.path);
        }
    }

    #[test]
    fn every_group_that_is_shown_leads_somewhere_and_one_at_most_is_current() {
        for permission in LINES.iter().map(|line| line.needs) {
            for on in LINES.iter().map(|line| line.tab) {
                let open = |line: &Line| line.needs == permission;
                let groups = grouped(|(english, _)| english, "jazz", on, open);
                assert!(groups.iter().all(|group| group.path().contains("jazz")));
                let is_seen = LINES.iter().any(|line| line.tab == on && open(line));
                let current = groups.iter().filter(|group| group.current().is_some());
                assert_eq!(current.count(), usize::from(is_seen), "{on:?}");
            }
        }
    }
}

//! The tables of what was sold, by what it was: ticket types, channels, promo codes, reasons of refunds, events.

use sync_protocol::id::EventId;

use super::{
    cell::{Cell, Table, columns, grouped},
    money::View,
    words,
};
use crate::{
    domain::{channel::Channel, refund::RefundReason, report::sale::Figures},
    http::panel::chart::{self, Row},
    store::report::sale::{PromoSold, TypeSold},
};

/// Bars of a picture at most.
const MOST_BARS: usize = 14;

impl View<'_> {
    fn event_name(&self, event: EventId) -> String {
        let found = self.asked.events.iter().find(|one| one.id == event);
        found.map_or_else(String::new, |event| event.name.clone())
    }

    /// A name of something of an event: with the event's own, where there are several.
    fn named(&self, event: EventId, name: &str) -> String {
        if self.asked.events.len() > 1 {
            format!("{name} · {}", self.event_name(event))
        } else {
            name.to_owned()
        }
    }

    pub(super) fn types(&self, types: &[TypeSold]) -> Option<Table> {
        let types = types
            .iter()
            .filter(|kind| kind.gross.currency == self.sales.currency);
        let mut types: Vec<(String, i64, i64)> = types
            .map(|kind| {
                (
                    self.named(kind.event, &kind.name),
                    kind.quantity,
                    kind.gross.minor,
                )
            })
            .collect();
        if types.is_empty() {
            return None;
        }
        types.sort_by_key(|(_, _, gross)| std::cmp::Reverse(*gross));
        let title = self.say("Ticket types", "Jenis tiket");
        let language = self.here.door.visitor.language;
        let bar = |(name, quantity, _): &(String, i64, i64)| Row {
            name: name.clone(),
            values: vec![(*quantity, grouped(*quantity, language))],
        };
        let bars: Vec<Row> = types.iter().take(MOST_BARS).map(bar).collect();
        let says = self.say("Tickets sold of each type.", "Tiket terjual per jenis.");
        let row = |(name, quantity, gross): &(String, i64, i64)| {
            vec![
                Cell::Text(name.clone()),
                Cell::Count(*quantity),
                self.sum(*gross),
            ]
        };
        Some(Table {
            id: self.id("types"),
            title: title.to_owned(),
            note: Some(
                self.say(
                    "Prices before discounts, fees and taxes; tickets whose money went back are in it.",
                    "Harga sebelum potongan, biaya, dan pajak; termasuk tiket yang uangnya dikembalikan.",
                )
                .to_owned(),
            ),
            columns: columns(&[
                (self.say("Type", "Jenis"), false),
                (self.say("Sold", "Terjual"), true),
                (self.say("Prices", "Harga"), true),
            ]),
            total: Some(vec![
                Cell::Text(self.say("Together", "Bersama").to_owned()),
                Cell::Count(types.iter().map(|(_, quantity, _)| quantity).sum()),
                self.sum(types.iter().map(|(_, _, gross)| gross).sum()),
            ]),
            rows: types.iter().map(row).collect(),
            chart: Some(chart::rows(&self.id("picture-types"), title, says, &[], &bars)),
        })
    }

    pub(super) fn channels(&self) -> Table {
        let language = self.here.door.visitor.language;
        let channels = &self.sales.channels;
        let title = self.say("How orders came", "Asal pesanan");
        let name = |channel: &Channel| words::channel(*channel, language).to_owned();
        let bar = |(channel, figures): (&Channel, &Figures)| Row {
            name: name(channel),
            values: vec![(figures.paid, self.text(figures.paid))],
        };
        let bars: Vec<Row> = channels.iter().map(bar).collect();
        let says = self.say(
            "What was paid, by how the order came.",
            "Yang dibayar menurut asal pesanan.",
        );
        let row = |(channel, figures): (&Channel, &Figures)| {
            vec![
                Cell::Text(name(channel)),
                Cell::Count(figures.orders),
                self.sum(figures.paid),
            ]
        };
        Table {
            id: self.id("channels"),
            title: title.to_owned(),
            note: None,
            columns: columns(&[
                (self.say("Channel", "Saluran"), false),
                (self.say("Orders", "Pesanan"), true),
                (self.say("Paid", "Dibayar"), true),
            ]),
            rows: channels.iter().map(row).collect(),
            total: None,
            chart: Some(chart::rows(
                &self.id("picture-channels"),
                title,
                says,
                &[],
                &bars,
            )),
        }
    }

    pub(super) fn promos(&self, promos: &[PromoSold]) -> Option<Table> {
        let mut promos: Vec<&PromoSold> = promos
            .iter()
            .filter(|promo| promo.paid.currency == self.sales.currency)
            .collect();
        promos.sort_by_key(|promo| std::cmp::Reverse(promo.orders));
        let language = self.here.door.visitor.language;
        let bar = |promo: &&PromoSold| Row {
            name: promo.code.clone(),
            values: vec![(promo.orders, grouped(promo.orders, language))],
        };
        let bars: Vec<Row> = promos.iter().take(MOST_BARS).map(bar).collect();
        let title = self.say("Promo codes", "Kode promo");
        let says = self.say(
            "Paid orders with each code.",
            "Pesanan dibayar dengan tiap kode.",
        );
        let row = |promo: &&PromoSold| {
            vec![
                Cell::Text(self.named(promo.event, &promo.code)),
                Cell::Count(promo.orders),
                Cell::Sum(promo.discount),
                Cell::Sum(promo.paid),
            ]
        };
        (!promos.is_empty()).then(|| Table {
            id: self.id("promos"),
            title: title.to_owned(),
            note: None,
            columns: columns(&[
                (self.say("Code", "Kode"), false),
                (self.say("Orders", "Pesanan"), true),
                (self.say("Taken off", "Potongan"), true),
                (self.say("Paid", "Dibayar"), true),
            ]),
            rows: promos.iter().map(row).collect(),
            total: None,
            chart: Some(chart::rows(
                &self.id("picture-promos"),
                title,
                says,
                &[],
                &bars,
            )),
        })
    }

    pub(super) fn reasons(&self) -> Option<Table> {
        let language = self.here.door.visitor.language;
        let reasons = &self.sales.reasons;
        let row = |(reason, (count, minor)): (&RefundReason, &(i64, i64))| {
            let name = words::refund(*reason, language).to_owned();
            vec![Cell::Text(name), Cell::Count(*count), self.sum(*minor)]
        };
        (!reasons.is_empty()).then(|| Table {
            id: self.id("refunds"),
            title: self
                .say("Why money went back", "Mengapa uang dikembalikan")
                .to_owned(),
            note: None,
            columns: columns(&[
                (self.say("Reason", "Alasan"), false),
                (self.say("Refunds", "Pengembalian"), true),
                (self.say("Amount", "Jumlah"), true),
            ]),
            rows: reasons.iter().map(row).collect(),
            total: None,
            chart: None,
        })
    }

    /// The events beside each other, where there are several.
    pub(super) fn events(&self) -> Option<Table> {
        let mut events: Vec<_> = self.sales.events.iter().collect();
        events.sort_by_key(|(_, figures)| std::cmp::Reverse(figures.paid));
        let row = |(event, figures): &(&EventId, &Figures)| {
            let name = Cell::Text(self.event_name(**event));
            [vec![name], self.figures(figures)].concat()
        };
        let mut heads = vec![(self.say("Event", "Acara"), false)];
        heads.extend(self.figure_heads());
        (self.asked.one().is_none()).then(|| Table {
            id: self.id("events"),
            title: self.say("Events", "Acara").to_owned(),
            note: None,
            columns: columns(&heads),
            rows: events.iter().map(row).collect(),
            total: None,
            chart: None,
        })
    }
}

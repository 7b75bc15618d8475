//! The tables of what was sold, one group for each currency.

use super::{
    Group,
    asked::Asked,
    cell::{Cell, Table, Tile, columns, grouped},
    words,
};
use crate::{
    domain::{
        channel::Channel,
        money::Money,
        report::sale::{Figures, Sales},
    },
    http::panel::{
        chart::{self, Chart, Row, Series},
        door::Here,
    },
    store::report::sale::{PromoSold, TypeSold},
};

/// Bars of a picture at most.
const MOST_BARS: usize = 14;

/// What was sold.
pub(super) struct Sold {
    pub(super) sales: Vec<Sales>,
    pub(super) types: Vec<TypeSold>,
    pub(super) promos: Vec<PromoSold>,
}

/// The numbers that the page begins with.
pub(super) fn tiles(here: &Here, sales: &[Sales]) -> Vec<Tile> {
    let language = here.door.visitor.language;
    let of = |sales: &Sales| {
        let (all, money) = (&sales.all, |minor| {
            Money::new(minor, sales.currency).text(language)
        });
        let tile = |(english, indonesian), value, note: String| Tile {
            words: here.say(english, indonesian).to_owned(),
            value,
            note,
        };
        let orders = here.say("orders", "pesanan");
        let refunds = here.say("refunds", "pengembalian");
        let without = here.say("without fees and taxes", "tanpa biaya dan pajak");
        [
            tile(
                ("Paid", "Dibayar"),
                money(all.paid),
                format!("{} {orders}", grouped(all.orders, language)),
            ),
            tile(
                ("Given back", "Dikembalikan"),
                money(all.returned),
                format!("{} {refunds}", grouped(all.refunds, language)),
            ),
            tile(
                ("Left", "Tersisa"),
                money(all.net()),
                here.say("paid less given back", "dibayar dikurangi dikembalikan")
                    .to_owned(),
            ),
            tile(
                ("To the organiser", "Untuk penyelenggara"),
                money(all.of_organiser()),
                without.to_owned(),
            ),
        ]
    };
    sales.iter().flat_map(of).collect()
}

/// The groups.
pub(super) fn groups(here: &Here, asked: &Asked, sold: &Sold) -> Vec<Group> {
    let one = |sales: &Sales| {
        let view = View { here, asked, sales };
        let mut tables = vec![view.days(), view.summary()];
        tables.extend(view.types(&sold.types));
        tables.push(view.channels());
        tables.extend(view.promos(&sold.promos));
        tables.extend(view.reasons());
        tables.extend(view.events());
        let title = here.say("Sales", "Penjualan");
        Group {
            title: if sold.sales.len() > 1 {
                format!("{title} ({})", sales.currency.code())
            } else {
                title.to_owned()
            },
            tables,
        }
    };
    sold.sales.iter().map(one).collect()
}

struct View<'a> {
    here: &'a Here,
    asked: &'a Asked,
    sales: &'a Sales,
}

impl View<'_> {
    fn say(&self, english: &'static str, indonesian: &'static str) -> &str {
        self.here.say(english, indonesian)
    }

    fn sum(&self, minor: i64) -> Cell {
        Cell::Sum(Money::new(minor, self.sales.currency))
    }

    fn text(&self, minor: i64) -> String {
        Money::new(minor, self.sales.currency).text(self.here.door.visitor.language)
    }

    fn id(&self, name: &str) -> String {
        format!("{name}-{}", self.sales.currency.code().to_lowercase())
    }

    /// For an axis: whole units in few letters.
    fn short(&self) -> impl Fn(i64) -> String + use<> {
        let unit = 10_i64.pow(self.sales.currency.exponent());
        let language = self.here.door.visitor.language;
        move |minor| chart::short(minor / unit, language)
    }

    fn days(&self) -> Table {
        let language = self.here.door.visitor.language;
        let step = self.asked.period.step();
        let title = self.say("Sales over time", "Penjualan dari waktu ke waktu");
        let row = |(day, figures): (&chrono::NaiveDate, &Figures)| {
            let name = words::part_in_full(*day, step, language);
            [vec![Cell::Text(name)], self.figures(figures)].concat()
        };
        let rows = self.sales.parts.iter().map(row).collect();
        let total = self.say("Together", "Bersama").to_owned();
        let mut heads = vec![(self.say("Day", "Hari"), false)];
        heads.extend(self.figure_heads());
        Table {
            id: self.id("days"),
            title: title.to_owned(),
            note: None,
            columns: columns(&heads),
            rows,
            total: Some([vec![Cell::Text(total)], self.figures(&self.sales.all)].concat()),
            chart: Some(self.days_chart(title)),
        }
    }

    fn days_chart(&self, title: &str) -> String {
        let language = self.here.door.visitor.language;
        let (step, parts) = (self.asked.period.step(), &self.sales.parts);
        let label = |day: &chrono::NaiveDate| words::part(*day, step, language);
        let labels: Vec<String> = parts.keys().map(label).collect();
        let of_channel = |channel: &Channel| {
            let paid = |day| self.sales.paid_by.get(&(day, *channel)).copied();
            Series {
                name: words::channel(*channel, language).to_owned(),
                values: parts.keys().map(|day| paid(*day).unwrap_or(0)).collect(),
            }
        };
        let series: Vec<Series> = self.sales.channels.keys().map(of_channel).collect();
        let best = parts.iter().max_by_key(|(_, figures)| figures.paid);
        let best = best.map_or_else(String::new, |(day, figures)| {
            let when = words::part_in_full(*day, step, language);
            let most = self.say("The most", "Terbanyak");
            format!("{most}: {}, {when}. ", self.text(figures.paid))
        });
        let all = self.say("Together", "Bersama");
        chart::bars(&Chart {
            id: &self.id("picture-days"),
            title,
            says: &format!("{best}{all}: {}.", self.text(self.sales.all.paid)),
            labels: &labels,
            series: &series,
            text: &self.short(),
        })
    }

    fn figure_heads(&self) -> [(&str, bool); 5] {
        [
            (self.say("Orders", "Pesanan"), true),
            (self.say("Paid", "Dibayar"), true),
            (self.say("Given back", "Dikembalikan"), true),
            (self.say("Left", "Tersisa"), true),
            (self.say("To the organiser", "Untuk penyelenggara"), true),
        ]
    }

    fn figures(&self, figures: &Figures) -> Vec<Cell> {
        vec![
            Cell::Count(figures.orders),
            self.sum(figures.paid),
            self.sum(figures.returned),
            self.sum(figures.net()),
            self.sum(figures.of_organiser()),
        ]
    }

    /// How the money comes apart, line by line.
    fn summary(&self) -> Table {
        let all = &self.sales.all;
        let (fees, taxes) = all.returned_charges;
        let on_top = all.paid - (all.gross - all.discounts);
        let lines = [
            (
                self.say("Prices of all that was ordered", "Harga semua yang dipesan"),
                all.gross,
            ),
            (self.say("− Discounts", "− Potongan"), -all.discounts),
            (
                self.say("+ Fees and taxes on top", "+ Biaya dan pajak di atas harga"),
                on_top,
            ),
            (self.say("= Paid", "= Dibayar"), all.paid),
            (self.say("− Given back", "− Dikembalikan"), -all.returned),
            (self.say("= Left", "= Tersisa"), all.net()),
            (
                self.say("− Fees in it", "− Biaya di dalamnya"),
                fees - all.fees,
            ),
            (
                self.say("− Taxes in it", "− Pajak di dalamnya"),
                taxes - all.taxes,
            ),
            (
                self.say("= To the organiser", "= Untuk penyelenggara"),
                all.of_organiser(),
            ),
        ];
        let row = |(words, minor): (&str, i64)| vec![Cell::Text(words.to_owned()), self.sum(minor)];
        Table {
            id: self.id("money"),
            title: self.say("Where the money is", "Ke mana uangnya").to_owned(),
            note: Some(
                self.say(
                    "A sale counts on the day its money came, a refund on the day its money went back. Fees and taxes count whether they stood on top of the price or in it.",
                    "Penjualan dihitung pada hari uangnya masuk, pengembalian pada hari uangnya keluar. Biaya dan pajak dihitung baik di atas harga maupun di dalamnya.",
                )
                .to_owned(),
            ),
            columns: columns(&[(self.say("What", "Apa"), false), (self.say("Amount", "Jumlah"), true)]),
            rows: lines.into_iter().map(row).collect(),
            total: None,
            chart: None,
        }
    }

    fn event_name(&self, event: sync_protocol::id::EventId) -> String {
        let found = self.asked.events.iter().find(|one| one.id == event);
        found.map_or_else(String::new, |event| event.name.clone())
    }

    /// A name of something of an event: with the event's own, where there are several.
    fn named(&self, event: sync_protocol::id::EventId, name: &str) -> String {
        if self.asked.events.len() > 1 {
            format!("{name} · {}", self.event_name(event))
        } else {
            name.to_owned()
        }
    }

    fn types(&self, types: &[TypeSold]) -> Option<Table> {
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

    fn channels(&self) -> Table {
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

    fn promos(&self, promos: &[PromoSold]) -> Option<Table> {
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

    fn reasons(&self) -> Option<Table> {
        let language = self.here.door.visitor.language;
        let reasons = &self.sales.reasons;
        let row =
            |(reason, (count, minor)): (&crate::domain::refund::RefundReason, &(i64, i64))| {
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
    fn events(&self) -> Option<Table> {
        let mut events: Vec<_> = self.sales.events.iter().collect();
        events.sort_by_key(|(_, figures)| std::cmp::Reverse(figures.paid));
        let row = |(event, figures): &(&sync_protocol::id::EventId, &Figures)| {
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

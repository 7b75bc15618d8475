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
        chart::{self, Chart, Series},
        door::Here,
    },
    store::report::sale::{PromoSold, TypeSold},
};

/// What was sold.
pub(super) struct Sold<'a> {
    pub(super) sales: Vec<Sales>,
    pub(super) types: &'a [TypeSold],
    pub(super) promos: &'a [PromoSold],
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
pub(super) fn groups(here: &Here, asked: &Asked, sold: &Sold<'_>) -> Vec<Group> {
    let one = |sales: &Sales| {
        let view = View { here, asked, sales };
        let mut tables = vec![view.days(), view.summary()];
        tables.extend(view.types(sold.types));
        tables.push(view.channels());
        tables.extend(view.promos(sold.promos));
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

/// What one currency's tables are made of.
pub(super) struct View<'a> {
    pub(super) here: &'a Here,
    pub(super) asked: &'a Asked,
    pub(super) sales: &'a Sales,
}

impl View<'_> {
    pub(super) fn say(&self, english: &'static str, indonesian: &'static str) -> &str {
        self.here.say(english, indonesian)
    }

    pub(super) fn sum(&self, minor: i64) -> Cell {
        Cell::Sum(Money::new(minor, self.sales.currency))
    }

    pub(super) fn text(&self, minor: i64) -> String {
        Money::new(minor, self.sales.currency).text(self.here.door.visitor.language)
    }

    pub(super) fn id(&self, name: &str) -> String {
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

    pub(super) fn figure_heads(&self) -> [(&str, bool); 5] {
        [
            (self.say("Orders", "Pesanan"), true),
            (self.say("Paid", "Dibayar"), true),
            (self.say("Given back", "Dikembalikan"), true),
            (self.say("Left", "Tersisa"), true),
            (self.say("To the organiser", "Untuk penyelenggara"), true),
        ]
    }

    pub(super) fn figures(&self, figures: &Figures) -> Vec<Cell> {
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
                ' ',
                self.say("Prices of all that was ordered", "Harga semua yang dipesan"),
                all.gross,
            ),
            ('−', self.say("Discounts", "Potongan"), -all.discounts),
            (
                '+',
                self.say("Fees and taxes on top", "Biaya dan pajak di atas harga"),
                on_top,
            ),
            ('=', self.say("Paid", "Dibayar"), all.paid),
            ('−', self.say("Given back", "Dikembalikan"), -all.returned),
            ('=', self.say("Left", "Tersisa"), all.net()),
            (
                '−',
                self.say("Fees in it", "Biaya di dalamnya"),
                fees - all.fees,
            ),
            (
                '−',
                self.say("Taxes in it", "Pajak di dalamnya"),
                taxes - all.taxes,
            ),
            (
                '=',
                self.say("To the organiser", "Untuk penyelenggara"),
                all.of_organiser(),
            ),
        ];
        let row = |(sign, words, minor): (char, &str, i64)| {
            let what = match sign {
                ' ' => Cell::Text(words.to_owned()),
                sign => Cell::Step(sign, words.to_owned()),
            };
            vec![what, self.sum(minor)]
        };
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
}

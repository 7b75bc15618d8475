//! The tables of who came, and of what the gates did; of one event alone.

use std::collections::BTreeMap;

use chrono::DateTime;
use chrono_tz::Tz;
use sync_protocol::{id::GateId, time::Timestamp, verdict::Reason};

use super::{
    Group,
    cell::{Cell, Table, columns, grouped},
};
use crate::{
    app::reports::Crowd,
    domain::{
        event::Event,
        report::crowd::{Curve, Pace, curve, paces},
    },
    http::panel::{
        chart::{self, Chart, Row, Series},
        door::Here,
        gates::reason_words,
        when,
    },
    store::report::scan::{Came, Refusals},
};

/// Lines of a picture besides the one of all gates: more cannot be told apart.
const MOST_LINES: usize = 5;
const MOST_BARS: usize = 14;

/// The group; none where no gate scanned anything.
pub(super) fn group(here: &Here, event: &Event, crowd: &Crowd) -> Option<Group> {
    let view = View { here, event, crowd };
    if crowd.minutes.is_empty() {
        return None;
    }
    let mut tables = Vec::new();
    tables.extend(view.arrivals());
    tables.push(view.came());
    tables.extend(view.by_day());
    tables.push(view.paces());
    tables.extend(view.refusals());
    Some(Group {
        title: here.say("Guests and gates", "Tamu dan gerbang").to_owned(),
        tables,
    })
}

struct View<'a> {
    here: &'a Here,
    event: &'a Event,
    crowd: &'a Crowd,
}

impl View<'_> {
    fn say(&self, english: &'static str, indonesian: &'static str) -> &str {
        self.here.say(english, indonesian)
    }

    fn count(&self, count: i64) -> String {
        grouped(count, self.here.door.visitor.language)
    }

    fn gate(&self, id: GateId) -> String {
        let found = self.crowd.gates.iter().find(|gate| gate.id == id);
        found.map_or_else(|| id.to_string(), |gate| gate.name.clone())
    }

    fn zone(&self) -> Tz {
        self.event.time_zone.parse().unwrap_or(Tz::UTC)
    }

    fn moment(&self, at: Timestamp) -> String {
        when::moment(at, &self.event.time_zone, self.here.door.visitor.language)
    }

    /// In few letters, for an axis: the hour, and the day where it begins.
    fn hour(&self, at: Timestamp) -> String {
        let at = DateTime::from_timestamp_millis(at.0).unwrap_or_default();
        at.with_timezone(&self.zone()).format("%H:%M").to_string()
    }

    fn arrivals(&self) -> Option<Table> {
        let curve = curve(&self.crowd.minutes);
        let title = self.say(
            "Arrivals by quarter of an hour",
            "Kedatangan per seperempat jam",
        );
        let all = curve.all();
        if all.is_empty() {
            return None;
        }
        let gates = ranked(&curve);
        let mut heads = vec![(self.say("From", "Dari").to_owned(), false)];
        heads.push((self.say("All gates", "Semua gerbang").to_owned(), true));
        heads.extend(gates.iter().map(|(id, _)| (self.gate(*id), true)));
        let heads: Vec<(&str, bool)> = heads.iter().map(|(n, is)| (n.as_str(), *is)).collect();
        let quarters = curve.quarters.iter().enumerate();
        let busy = quarters.filter(|(place, _)| all[*place] > 0);
        let row = |(place, at): (usize, &Timestamp)| {
            let mut cells = vec![Cell::Text(self.moment(*at)), Cell::Count(all[place])];
            cells.extend(gates.iter().map(|(_, entries)| Cell::Count(entries[place])));
            cells
        };
        Some(Table {
            id: "arrivals".to_owned(),
            title: title.to_owned(),
            note: Some(
                self.say(
                    "Everybody who was let in, by the true time of the scan; whoever came in again counts again.",
                    "Semua yang diizinkan masuk, menurut waktu pindai yang sebenarnya; yang masuk lagi dihitung lagi.",
                )
                .to_owned(),
            ),
            columns: columns(&heads),
            rows: busy.map(row).collect(),
            total: None,
            chart: Some(self.arrivals_chart(title, &curve, &gates)),
        })
    }

    fn arrivals_chart(&self, title: &str, curve: &Curve, gates: &[(GateId, &Vec<i64>)]) -> String {
        let all = curve.all();
        let labels: Vec<String> = curve.quarters.iter().map(|at| self.hour(*at)).collect();
        let mut series = vec![Series {
            name: self.say("All gates", "Semua gerbang").to_owned(),
            values: all.clone(),
        }];
        let line = |(id, entries): &(GateId, &Vec<i64>)| Series {
            name: self.gate(*id),
            values: (*entries).clone(),
        };
        if gates.len() > 1 {
            series.extend(gates.iter().take(MOST_LINES).map(line));
        }
        let most = all
            .iter()
            .zip(&curve.quarters)
            .max_by_key(|(count, _)| **count);
        let says = most.map_or_else(String::new, |(count, at)| {
            let words = self.say("The most", "Terbanyak");
            format!("{words}: {}, {}.", self.count(*count), self.moment(*at))
        });
        chart::lines(&Chart {
            id: "picture-arrivals",
            title,
            says: &says,
            labels: &labels,
            series: &series,
            text: &|count| chart::short(count, self.here.door.visitor.language),
        })
    }

    fn came(&self) -> Table {
        let title = self.say("Who came, by ticket type", "Yang datang, per jenis tiket");
        let share = |came: i64, valid: i64| {
            if valid > 0 {
                Cell::Text(format!("{}%", came * 100 / valid))
            } else {
                Cell::Text("–".to_owned())
            }
        };
        let row = |one: &Came| {
            vec![
                Cell::Text(one.name.clone()),
                Cell::Count(one.valid),
                Cell::Count(one.came),
                share(one.came, one.valid),
            ]
        };
        let (valid, came) = self.crowd.came.iter().fold((0, 0), |(valid, came), one| {
            (valid + one.valid, came + one.came)
        });
        let bar = |one: &Came| Row {
            name: one.name.clone(),
            values: vec![
                (one.valid, self.count(one.valid)),
                (one.came, self.count(one.came)),
            ],
        };
        let bars: Vec<Row> = self.crowd.came.iter().take(MOST_BARS).map(bar).collect();
        let means = [
            self.say("Valid tickets", "Tiket berlaku").to_owned(),
            self.say("Came", "Datang").to_owned(),
        ];
        let says = format!(
            "{}: {}. {}: {}.",
            means[0],
            self.count(valid),
            means[1],
            self.count(came)
        );
        Table {
            id: "came".to_owned(),
            title: title.to_owned(),
            note: None,
            columns: columns(&[
                (self.say("Type", "Jenis"), false),
                (self.say("Valid tickets", "Tiket berlaku"), true),
                (self.say("Came", "Datang"), true),
                (self.say("Share", "Bagian"), true),
            ]),
            rows: self.crowd.came.iter().map(row).collect(),
            total: Some(vec![
                Cell::Text(self.say("Together", "Bersama").to_owned()),
                Cell::Count(valid),
                Cell::Count(came),
                share(came, valid),
            ]),
            chart: Some(chart::rows("picture-came", title, &says, &means, &bars)),
        }
    }

    /// Where the event has several days.
    fn by_day(&self) -> Option<Table> {
        let row = |(number, came): &(i64, i64)| {
            let days = &self.crowd.days;
            let day = days.iter().find(|day| i64::from(day.number) == *number);
            let name = day.map_or_else(|| number.to_string(), |day| day.label.clone());
            vec![Cell::Text(name), Cell::Count(*came)]
        };
        (self.crowd.days.len() > 1).then(|| Table {
            id: "came-days".to_owned(),
            title: self
                .say("Who came, by event day", "Yang datang, per hari acara")
                .to_owned(),
            note: None,
            columns: columns(&[
                (self.say("Event day", "Hari acara"), false),
                (self.say("Tickets that came", "Tiket yang datang"), true),
            ]),
            rows: self.crowd.by_day.iter().map(row).collect(),
            total: None,
            chart: None,
        })
    }

    fn paces(&self) -> Table {
        let title = self.say("How quickly gates worked", "Kecepatan gerbang");
        let mut paces: Vec<(String, Pace)> = paces(&self.crowd.minutes)
            .into_iter()
            .map(|(gate, pace)| (self.gate(gate), pace))
            .collect();
        paces.sort_by(|a, b| a.0.cmp(&b.0));
        let language = self.here.door.visitor.language;
        let bar = |(name, pace): &(String, Pace)| Row {
            name: name.clone(),
            values: vec![
                (
                    pace.median_tenths,
                    Cell::Tenths(pace.median_tenths).text(&language),
                ),
                (pace.peak * 10, self.count(pace.peak)),
            ],
        };
        let bars: Vec<Row> = paces.iter().take(MOST_BARS).map(bar).collect();
        let means = [
            self.say("Median per minute", "Median per menit").to_owned(),
            self.say("Most in one minute", "Terbanyak dalam satu menit")
                .to_owned(),
        ];
        let says = self.say(
            "Scans per minute of each gate: the median of its busy minutes, and the most.",
            "Pindaian per menit di tiap gerbang: median menit-menit sibuk, dan yang terbanyak.",
        );
        let row = |(name, pace): &(String, Pace)| {
            vec![
                Cell::Text(name.clone()),
                Cell::Count(pace.scans),
                Cell::Count(pace.entries),
                Cell::Tenths(pace.median_tenths),
                Cell::Count(pace.peak),
                Cell::Text(self.moment(pace.peak_at)),
            ]
        };
        Table {
            id: "gates".to_owned(),
            title: title.to_owned(),
            note: Some(
                self.say(
                    "Minutes in which a gate scanned nothing are left out.",
                    "Menit tanpa pindaian tidak dihitung.",
                )
                .to_owned(),
            ),
            columns: columns(&[
                (self.say("Gate", "Gerbang"), false),
                (self.say("Scans", "Pindaian"), true),
                (self.say("Entries", "Masuk"), true),
                (self.say("Median per minute", "Median per menit"), true),
                (self.say("Most in one minute", "Terbanyak per menit"), true),
                (self.say("When", "Kapan"), false),
            ]),
            rows: paces.iter().map(row).collect(),
            total: None,
            chart: Some(chart::rows("picture-gates", title, says, &means, &bars)),
        }
    }

    fn refusals(&self) -> Option<Table> {
        let language = self.here.door.visitor.language;
        let mut reasons: BTreeMap<Reason, i64> = BTreeMap::new();
        for one in &self.crowd.refusals {
            *reasons.entry(one.reason).or_default() += one.count;
        }
        if reasons.is_empty() {
            return None;
        }
        let mut reasons: Vec<(Reason, i64)> = reasons.into_iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let mut gates: Vec<(String, GateId)> = self
            .crowd
            .refusals
            .iter()
            .map(|one| (self.gate(one.gate), one.gate))
            .collect();
        gates.sort();
        gates.dedup();
        let title = self.say(
            "Refused or asked, by reason",
            "Ditolak atau ditanyakan, per alasan",
        );
        let bar = |(reason, count): &(Reason, i64)| Row {
            name: reason_words(*reason, language),
            values: vec![(*count, self.count(*count))],
        };
        let bars: Vec<Row> = reasons.iter().take(MOST_BARS).map(bar).collect();
        let says = self.say(
            "How often gates did not let in at once, by reason.",
            "Seberapa sering gerbang tidak langsung mengizinkan, per alasan.",
        );
        let row = |(reason, count): &(Reason, i64)| {
            let at = |gate: GateId| {
                let of = |one: &&Refusals| one.gate == gate && one.reason == *reason;
                let found = self.crowd.refusals.iter().find(of);
                Cell::Count(found.map_or(0, |one| one.count))
            };
            let mut cells = vec![
                Cell::Text(reason_words(*reason, language)),
                Cell::Count(*count),
            ];
            cells.extend(gates.iter().map(|(_, gate)| at(*gate)));
            cells
        };
        let mut heads = vec![
            (self.say("Reason", "Alasan"), false),
            (self.say("All gates", "Semua gerbang"), true),
        ];
        heads.extend(gates.iter().map(|(name, _)| (name.as_str(), true)));
        Some(Table {
            id: "refusals".to_owned(),
            title: title.to_owned(),
            note: None,
            columns: columns(&heads),
            rows: reasons.iter().map(row).collect(),
            total: None,
            chart: Some(chart::rows("picture-refusals", title, says, &[], &bars)),
        })
    }
}

/// Gates by how many they let in, the most first.
fn ranked(curve: &Curve) -> Vec<(GateId, &Vec<i64>)> {
    let mut gates: Vec<(GateId, &Vec<i64>)> = curve.gates.iter().map(|(id, n)| (*id, n)).collect();
    gates.sort_by_key(|(_, entries)| std::cmp::Reverse(entries.iter().sum::<i64>()));
    gates
}

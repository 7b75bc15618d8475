//! The rolls of an event as a list: searched, filtered, turned, and as files, which name rolls and hold no code.
//!
//! How many of each are in use is counted when a link asks for it, and for a file, because every exchange is read for it. It
//! is no filter: what is typed into the search counts nothing. Nothing is done to several at once: a roll that is withdrawn
//! by mistake is lost.

use std::collections::BTreeMap;

use askama::Template;
use axum::{http::StatusCode, response::Response};
use sync_protocol::wristband::WristbandStatus;
use uuid::Uuid;

use super::{
    super::{
        door::Here,
        export::{Cell, Few, Format, head, in_zone},
        frame::Frame,
        guard,
        list::{
            List, Making,
            few::{Rank, finds, options},
        },
        tab::Tab,
        when,
    },
    said::Refused,
};
use crate::{
    app::wristbands::RollSummary,
    domain::{event::Event, permission::Permission, wristband::RollKind},
    http::refusal::Refusal,
    store::{self, StoreError},
};

#[derive(Template)]
#[template(path = "panel/money/rolls.html")]
struct Page {
    page: Frame,
    list: List,
    slug: String,
    rows: Vec<Row>,
    /// Where they are counted; `None` = they are.
    counted: Option<String>,
    may_manage: bool,
    typed: Typed,
}

/// The event gives no wristbands for tickets.
#[derive(Template)]
#[template(path = "panel/money/rolls_none.html")]
struct Without {
    page: Frame,
    /// Where its rules are set, for who may set them.
    rules: Option<String>,
}

/// What was typed into a form that was refused.
struct Typed {
    roll: String,
    count: String,
    imported: String,
    list: String,
}

struct Row {
    id: String,
    name: String,
    is_ours: bool,
    count: u32,
    serials: String,
    void: u64,
    used: Option<u64>,
    is_void: bool,
    made: String,
}

/// A roll, and how many of it are in use where that was counted.
struct Item {
    summary: RollSummary,
    used: Option<u64>,
}

const KINDS: [(&str, (&str, &str)); 2] = [
    ("printed", ("Made here", "Dibuat di sini")),
    ("imported", ("Printed elsewhere", "Dicetak di tempat lain")),
];
const STATES: [(&str, (&str, &str)); 2] = [
    ("good", ("Good", "Berlaku")),
    ("void", ("Withdrawn", "Ditarik")),
];
const SORTS: [(&str, (&str, &str)); 4] = [
    ("oldest", ("Oldest first", "Terlama dahulu")),
    ("newest", ("Newest first", "Terbaru dahulu")),
    ("name", ("By name", "Menurut nama")),
    ("largest", ("Largest first", "Terbesar dahulu")),
];
/// The head of the file, before the moment.
const HEAD: [(&str, &str); 8] = [
    ("Roll", "Rol"),
    ("From", "Asal"),
    ("First serial", "Nomor seri pertama"),
    ("Last serial", "Nomor seri terakhir"),
    ("Wristbands", "Gelang"),
    ("Withdrawn", "Ditarik"),
    ("In use", "Dipakai"),
    ("State", "Keadaan"),
];

pub(in crate::http::panel) async fn show(here: Here) -> Response {
    page(&here, None).await
}

pub(super) async fn page(here: &Here, refused: Option<Refused>) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    let code = refused.as_ref().map_or(StatusCode::OK, |one| one.status);
    let mut frame = Frame::of_event(here, event, Tab::Wristbands)
        .at(&format!("/panel/events/{}/wristbands", event.slug));
    frame.wrong = refused.map(|one| one.words);
    let loaded = async {
        let mut tx = here.app().store.read().await?;
        store::wristband::unbound(&mut tx, event.id).await
    };
    match loaded.await {
        Ok(None) => {
            let may_set = here.may(Permission::EventsManage, event);
            let rules = || format!("/panel/events/{}/setup/settings#rules", event.slug);
            let template = Without {
                page: frame,
                rules: may_set.then(rules),
            };
            template.page.send(code, &template)
        }
        Ok(Some(_)) => match load(here, event, frame).await {
            Ok(template) => template.page.send(code, &template),
            Err(error) => guard::failed(&error),
        },
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here, event: &Event, page: Frame) -> Result<Page, StoreError> {
    let counts = here.door.asked("count") == "1";
    let items = found(here, event, counts).await?;
    let making = described(here, event);
    let (making, items) = making.cut(items, |item| rank(here, item));
    let list = making.done(&mut here.app().store.read().await?).await?;
    Ok(Page {
        page,
        counted: (!counts).then(|| counted(here, &list)),
        list,
        slug: event.slug.clone(),
        rows: items.iter().map(|item| row(here, event, item)).collect(),
        may_manage: here.may(Permission::EventsManage, event),
        typed: typed(here),
    })
}

fn typed(here: &Here) -> Typed {
    let form = here.form();
    let is_import = !form.text("list").is_empty();
    let text = |name: &str, is_wanted: bool| {
        if is_wanted {
            form.text(name)
        } else {
            String::new()
        }
    };
    Typed {
        roll: text("name", !is_import),
        count: text("count", true),
        imported: text("name", is_import),
        list: text("list", true),
    }
}

/// This very page, counted.
fn counted(here: &Here, list: &List) -> String {
    let after = here.door.asked("after");
    let mut query = form_urlencoded::Serializer::new(list.query.clone());
    if !after.is_empty() {
        query.append_pair("after", after);
    }
    query.append_pair("count", "1");
    format!("{}?{}", list.path, query.finish())
}

fn described<'a>(here: &'a Here, event: &Event) -> Making<'a> {
    let (path, any) = (
        format!("/panel/events/{}/wristbands", event.slug),
        ("Any", "Semua"),
    );
    List::begin(here, "rolls", &path, ("Wristbands", "Gelang"))
        .search(("Name of the roll", "Nama rol"))
        .choice("kind", ("From", "Asal"), any, options(here, &KINDS))
        .choice("state", ("State", "Keadaan"), any, options(here, &STATES))
        .sort(options(here, &SORTS))
        .files(true)
        .empty((
            "No roll yet. Make one to print here, or take in the codes of one that was printed elsewhere.",
            "Belum ada rol. Buat satu untuk dicetak di sini, atau masukkan kode rol yang dicetak di tempat lain.",
        ))
}

/// All rolls that fit what the address asks for, in its order.
async fn found(here: &Here, event: &Event, counts: bool) -> Result<Vec<Item>, StoreError> {
    let used = match counts {
        true => Some(here.app().wristbands_in_use(event.id).await?),
        false => None,
    };
    let rolls = here.app().wristband_rolls(event.id).await?.into_iter();
    let fitting = rolls.filter(|summary| fits(here, summary));
    let mut items: Vec<Item> = fitting
        .map(|summary| item(summary, used.as_ref()))
        .collect();
    items.sort_by_cached_key(|item| rank(here, item));
    Ok(items)
}

fn rank(here: &Here, item: &Item) -> Rank {
    let roll = &item.summary.roll;
    let (made, id) = (roll.created_at.0, roll.id);
    match here.door.asked("sort") {
        "newest" => Rank::new([-made, 0], "", id),
        "name" => Rank::named(&roll.name, id),
        "largest" => Rank::new([-i64::from(roll.count()), made], "", id),
        _ => Rank::new([made, 0], "", id),
    }
}

/// A roll that nobody counted anything of has none in use, where it was counted.
fn item(summary: RollSummary, used: Option<&BTreeMap<Uuid, u64>>) -> Item {
    let used = used.map(|used| used.get(&summary.roll.id).copied().unwrap_or_default());
    Item { summary, used }
}

fn fits(here: &Here, summary: &RollSummary) -> bool {
    let roll = &summary.roll;
    let kind = RollKind::from_name(here.door.asked("kind"));
    let state = WristbandStatus::from_name(here.door.asked("state"));
    kind.is_none_or(|kind| roll.kind == kind)
        && state.is_none_or(|state| roll.status == state)
        && finds(here, &[&roll.name])
}

fn row(here: &Here, event: &Event, item: &Item) -> Row {
    let roll = &item.summary.roll;
    let is_ours = roll.kind == RollKind::Printed;
    Row {
        id: roll.id.to_string(),
        name: roll.name.clone(),
        is_ours,
        count: roll.count(),
        serials: match is_ours {
            true => format!("{}–{}", roll.first, roll.last),
            false => String::new(),
        },
        void: item.summary.void,
        used: item.used,
        is_void: roll.status == WristbandStatus::Void,
        made: when::moment(
            roll.created_at,
            &event.time_zone,
            here.door.visitor.language,
        ),
    }
}

pub(in crate::http::panel) async fn csv(here: Here) -> Response {
    file(&here, Format::Csv).await
}

pub(in crate::http::panel) async fn xlsx(here: Here) -> Response {
    file(&here, Format::Xlsx).await
}

async fn file(here: &Here, format: Format) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    let mut head = head(here, &HEAD);
    head.push(in_zone(here.say("Made", "Dibuat"), &event.time_zone));
    let file = Few {
        format,
        act: "rolls.export",
        names: ("wristband-rolls", here.say_fixed("Wristbands", "Gelang")),
        head,
    };
    let items = found(here, event, true).await;
    file.send(here, items, |item| cells(here, event, &item))
        .await
}

/// Serials of a roll that was printed elsewhere are central's own count and stand on no wristband.
fn cells(here: &Here, event: &Event, item: &Item) -> Vec<Cell> {
    let (roll, count) = (&item.summary.roll, |count: u64| {
        Cell::count(i64::try_from(count).unwrap_or(i64::MAX))
    });
    let is_ours = roll.kind == RollKind::Printed;
    let serial = |serial: u32| match is_ours {
        true => count(serial.into()),
        false => Cell::text(""),
    };
    let (_, kind) = KINDS[usize::from(!is_ours)];
    let (_, state) = STATES[usize::from(roll.status == WristbandStatus::Void)];
    vec![
        Cell::text(&roll.name),
        Cell::text(here.say(kind.0, kind.1)),
        serial(roll.first),
        serial(roll.last),
        count(roll.count().into()),
        count(item.summary.void),
        item.used.map_or_else(|| Cell::text(""), count),
        Cell::text(here.say(state.0, state.1)),
        Cell::moment(roll.created_at, &event.time_zone),
    ]
}

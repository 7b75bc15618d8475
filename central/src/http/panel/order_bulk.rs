//! Deeds on orders that were chosen in their list: flagged, unflagged, papers sent again, given up unpaid.
//!
//! Each is judged by itself: an order of somebody else's event is one that does not exist.

use axum::response::Response;

use super::{
    door::Here,
    frame::Frame,
    list::bulk::{Became, Deed, failed, picked, report},
    nav::Section,
    sure,
    undo::{Undo, changed},
};
use crate::{
    app::{
        order_acts::{Acted, Flagging},
        orders::OrderError,
        users::By,
    },
    domain::{flagged, order::Order, permission::Permission, policy::Thing},
    store::{self, StoreError},
};

const LIST: &str = "/panel/orders";

/// What may be done to orders that are chosen.
#[derive(Clone, Debug)]
enum Wish {
    Flag(String),
    Unflag,
    Papers(String),
    Cancel,
}

/// The buttons that an account sees.
pub(super) fn deeds(here: &Here) -> Vec<Deed> {
    let may = |permission| here.signed.powers.may(permission, Thing::List);
    let deed = |path, (english, indonesian)| Deed {
        path,
        words: here.say(english, indonesian).to_owned(),
        sure: None,
        is_grave: false,
        note: None,
    };
    let (manages, refunds) = (may(Permission::OrdersManage), may(Permission::OrdersRefund));
    let mut deeds = Vec::new();
    if manages {
        // First, because the enter key in the note presses the first button of the form.
        deeds.push(Deed {
            note: Some(here.say("Why flag them", "Alasan menandai").to_owned()),
            ..deed("/panel/orders/flag", ("Flag", "Tandai"))
        });
        deeds.push(deed(
            "/panel/orders/unflag",
            ("Take flag away", "Hapus tanda"),
        ));
        let words = here.say("Send papers again", "Kirim ulang dokumen");
        deeds.push(papers_deed(here, words));
    }
    if refunds {
        let words = here.say("Cancel unpaid", "Batalkan yang belum dibayar");
        deeds.push(Deed::asked(here, "/panel/orders/cancel", words));
    }
    deeds
}

/// Sends the papers of orders again, from whichever list names them: one letter for each.
pub(super) fn papers_deed(here: &Here, words: &str) -> Deed {
    let sure = here.say(
        "Send tickets and receipt to the buyer of every chosen order once more?",
        "Kirim lagi tiket dan kuitansi kepada pembeli setiap pesanan terpilih?",
    );
    Deed {
        path: "/panel/orders/papers",
        words: words.to_owned(),
        sure: Some(sure.to_owned()),
        is_grave: false,
        note: None,
    }
}

pub(super) async fn flag(here: Here) -> Response {
    let title = here.say("Flag orders", "Tandai pesanan").to_owned();
    let Some(note) = flagged::note(&here.form().text("note")) else {
        let label = here.say("Why flag them", "Alasan menandai");
        let page = Frame::inside(&here, Section::Orders);
        return sure::without_note(&here, page, &title, label);
    };
    all(&here, &title, Permission::OrdersManage, &Wish::Flag(note)).await
}

pub(super) async fn unflag(here: Here) -> Response {
    let title = here.say("Take flags away", "Hapus tanda").to_owned();
    all(&here, &title, Permission::OrdersManage, &Wish::Unflag).await
}

pub(super) async fn papers(here: Here) -> Response {
    let title = here.say("Send papers again", "Kirim ulang dokumen");
    let wish = Wish::Papers(here.form().text("key"));
    all(&here, title, Permission::OrdersManage, &wish).await
}

pub(super) async fn cancel(here: Here) -> Response {
    let title = here.say(
        "Cancel unpaid orders",
        "Batalkan pesanan yang belum dibayar",
    );
    all(&here, title, Permission::OrdersRefund, &Wish::Cancel).await
}

async fn all(here: &Here, title: &str, permission: Permission, wish: &Wish) -> Response {
    let (mut rows, mut undone) = (Vec::new(), Vec::new());
    for number in picked(here) {
        let row = one(here, &number, permission, wish).await;
        let failed = |error| (Became::failed(here, &number, &error), None);
        let (row, reverse) = row.unwrap_or_else(failed);
        rows.push(row);
        undone.extend(reverse.map(|(reverse, stamp)| (number, reverse, stamp)));
    }
    report(
        here,
        Section::Orders,
        (LIST, title),
        (rows, undo(here, &undone)),
    )
}

/// What leaves an order as it was before.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Reverse {
    Flag(String),
    Unflag,
}

/// What the reverse says of each order: its number, and the stamp of the flag that was left there.
const LEFT: &str = "left";

/// Takes back what was done to these, where one form can: flags that are put back have the same words. Each is taken back
/// only where it stands as it was left.
fn undo(here: &Here, undone: &[(String, Reverse, String)]) -> Option<Undo> {
    let (_, first, _) = undone.first()?;
    if undone.iter().any(|(_, reverse, _)| reverse != first) {
        return None;
    }
    let undo = match first {
        Reverse::Flag(note) => Undo::new("/panel/orders/flag").field("note", note),
        Reverse::Unflag => Undo::new("/panel/orders/unflag"),
    };
    let back = here.form().text("back");
    let back = undo.field("back", back);
    Some(undone.iter().fold(back, |undo, (number, _, stamp)| {
        undo.field("row", number)
            .field(LEFT, format!("{number} {stamp}"))
    }))
}

/// The stamp that a reverse says this order was left with; nothing where the form is no reverse.
fn left<'a>(here: &'a Here, number: &str) -> Option<&'a str> {
    let mut left = here.form().all(LEFT);
    left.find_map(|one| one.strip_prefix(number)?.strip_prefix(' '))
}

/// What takes a deed back, as its order was flagged before: what somebody else wrote is not brought back.
fn reverse(wish: &Wish, done: Flagging) -> Option<(Reverse, String)> {
    let reverse = match (wish, done.before) {
        (Wish::Flag(_), None) => Reverse::Unflag,
        (Wish::Unflag, Some(flag)) => Reverse::Flag(flag.note),
        _ => return None,
    };
    Some((reverse, done.stamp))
}

/// What was done to an order, with its flag where it is about that.
struct Made(Acted, Option<Flagging>);

impl From<Acted> for Made {
    fn from(acted: Acted) -> Self {
        Self(acted, None)
    }
}

impl From<Flagging> for Made {
    fn from(flagging: Flagging) -> Self {
        Self(flagging.acted, Some(flagging))
    }
}

async fn make(
    here: &Here,
    order: &Order,
    left: Option<&str>,
    wish: &Wish,
) -> Result<Made, OrderError> {
    let (app, by, id) = (here.app(), By::account(&here.signed.account), order.id);
    Ok(match wish {
        Wish::Flag(note) => app.flag_order(&by, id, note, left).await?.into(),
        Wish::Unflag => app.unflag_order(&by, id, left).await?.into(),
        Wish::Papers(key) => app.send_papers(&by, id, key).await?.into(),
        Wish::Cancel => app.cancel_unpaid(&by, id).await?.into(),
    })
}

/// The order of this number, if this may be done to it.
async fn own(
    here: &Here,
    number: &str,
    permission: Permission,
) -> Result<Option<Order>, StoreError> {
    let mut tx = here.app().store.read().await?;
    let Some(order) = store::order::by_number(&mut tx, number).await? else {
        return Ok(None);
    };
    let event = store::event::by_id(&mut tx, order.event).await?;
    Ok(event
        .is_some_and(|event| here.may(permission, &event))
        .then_some(order))
}

async fn one(
    here: &Here,
    number: &str,
    permission: Permission,
    wish: &Wish,
) -> Result<(Became, Option<(Reverse, String)>), StoreError> {
    let Some(order) = own(here, number, permission).await? else {
        let why = here.say("There is no such order.", "Pesanan ini tidak ada.");
        return Ok((Became::not(here, number, String::new(), why), None));
    };
    let left = left(here, number);
    let path = format!("{LIST}/{}", order.number);
    Ok(match make(here, &order, left, wish).await {
        Ok(Made(Acted::Now, done)) => {
            let reverse = done.and_then(|done| reverse(wish, done));
            (Became::done(here, number, path), reverse)
        }
        Ok(Made(Acted::Before, _)) => {
            (Became::before(here, number, path, was_so(here, wish)), None)
        }
        Err(OrderError::ChangedMeanwhile) if left.is_some() => {
            (Became::not(here, number, path, changed(here)), None)
        }
        Err(error) => (Became::not(here, number, path, &why(here, &error)), None),
    })
}

fn was_so<'a>(here: &'a Here, wish: &Wish) -> &'a str {
    match wish {
        Wish::Flag(_) => here.say(
            "It was flagged with the same words.",
            "Sudah ditandai dengan kata yang sama.",
        ),
        Wish::Unflag => here.say("It was not flagged.", "Memang tidak ditandai."),
        Wish::Papers(_) => here.say(
            "They were sent from this page already: open the list anew to send them once more.",
            "Sudah dikirim dari halaman ini: buka lagi daftarnya untuk mengirim sekali lagi.",
        ),
        Wish::Cancel => here.say("It was cancelled before.", "Sudah dibatalkan sebelumnya."),
    }
}

/// Why an order was left as it is, for whoever works here.
pub(super) fn why(here: &Here, error: &OrderError) -> String {
    let (english, indonesian) = match error {
        OrderError::NotPaid => (
            "It is not paid, so there are no papers to send.",
            "Belum dibayar, jadi tidak ada dokumen untuk dikirim.",
        ),
        OrderError::SentOften => (
            "The papers were sent ten times today already: ask the buyer to look into the spam folder.",
            "Dokumen sudah dikirim sepuluh kali hari ini: minta pembeli melihat folder spam.",
        ),
        OrderError::ChangedMeanwhile => (
            "Somebody else changed this order meanwhile: look at it again.",
            "Pesanan ini baru saja diubah orang lain: lihat lagi.",
        ),
        OrderError::SameAddress => (
            "The order has this address already: enter another one.",
            "Pesanan ini sudah memakai alamat itu: isi alamat lain.",
        ),
        OrderError::AnswerFirst => (
            "The provider waits for an answer: give it on the page of the order's money.",
            "Penyedia menunggu jawaban: berikan di halaman uang pesanan ini.",
        ),
        OrderError::Illegal(_) => (
            "It does not wait for payment any more: look at its status.",
            "Tidak lagi menunggu pembayaran: lihat statusnya.",
        ),
        error => {
            tracing::error!(%error, "order not changed");
            return failed(here).to_owned();
        }
    };
    here.say(english, indonesian).to_owned()
}

//! The list of orders as a file.

use axum::response::Response;

use super::{
    super::{
        door::Here,
        guard,
        order_list::{Question, question},
        status, when,
    },
    Cell, Format, PIECE, hand_on, in_zone, note, send,
};
use crate::{
    domain::permission::Permission,
    store::{
        StoreError,
        order_list::{OrderRow, Walk},
    },
};

const HEAD: [(&str, &str); 7] = [
    ("Number", "Nomor"),
    ("Event", "Acara"),
    ("Status", "Status"),
    ("Buyer", "Pembeli"),
    ("E-mail", "E-mail"),
    ("Currency", "Mata uang"),
    ("Total", "Jumlah"),
];

pub(in crate::http::panel) async fn csv(here: Here) -> Response {
    file(here, Format::Csv).await
}

pub(in crate::http::panel) async fn xlsx(here: Here) -> Response {
    file(here, Format::Xlsx).await
}

async fn file(here: Here, format: Format) -> Response {
    let begun = async {
        let question = question(&here, Permission::OrdersExport).await?;
        note(&here, "orders.export").await?;
        Ok::<_, StoreError>(question)
    };
    let question = match begun.await {
        Ok(question) => question,
        Err(error) => return guard::failed(&error),
    };
    let mut head = HEAD
        .map(|(english, indonesian)| here.say(english, indonesian).to_owned())
        .to_vec();
    let zone = when::zone(question.only());
    head.push(in_zone(here.say("Placed", "Dipesan"), zone));
    let names = ("orders", here.say_fixed("Orders", "Pesanan"));
    send(format, names, head, move |filling| async move {
        let mut walk = None;
        loop {
            let rows = piece(&here, &question, &mut walk).await;
            if !hand_on(&filling, rows, |row| line(&here, &question, &row)).await {
                return;
            }
        }
    })
}

async fn piece(
    here: &Here,
    question: &Question,
    walk: &mut Option<Walk>,
) -> Result<Vec<OrderRow>, StoreError> {
    let mut tx = here.app().store.read().await?;
    let begun = match walk.take() {
        Some(begun) => begun,
        None => Walk::begin(&mut tx, question.limit.as_deref(), &question.filter, None).await?,
    };
    walk.insert(begun).next(&mut tx, PIECE).await
}

fn line(here: &Here, question: &Question, row: &OrderRow) -> Vec<Cell> {
    let language = here.door.visitor.language;
    let event = question.events.get(&row.event);
    vec![
        Cell::text(&row.number),
        Cell::text(event.map_or("", |event| &event.name)),
        Cell::text(status::order(row.status, language).0),
        Cell::text(&row.buyer_name),
        Cell::text(&row.email),
        Cell::text(row.total.currency.code()),
        Cell::sum(row.total),
        Cell::moment(row.created_at, when::zone(question.only())),
    ]
}

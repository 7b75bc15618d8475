//! The list of orders as a file.

use axum::response::Response;

use super::{
    super::{
        door::Here,
        guard,
        order_list::{Question, question},
        status, when,
    },
    Cell, Format, Lines, PIECE, Whole, heads,
};
use crate::{
    domain::permission::Permission,
    store::{
        StoreError,
        order_list::{OrderRow, Walk},
    },
};

const HEAD: [(&str, &str); 8] = [
    ("Number", "Nomor"),
    ("Event", "Acara"),
    ("Status", "Status"),
    ("Buyer", "Pembeli"),
    ("E-mail", "E-mail"),
    ("Currency", "Mata uang"),
    ("Total", "Jumlah"),
    ("Placed", "Dipesan"),
];

/// The column of moments.
const PLACED: usize = 7;

pub(in crate::http::panel) async fn csv(here: Here) -> Response {
    file(here, Format::Csv).await
}

pub(in crate::http::panel) async fn xlsx(here: Here) -> Response {
    file(here, Format::Xlsx).await
}

async fn file(here: Here, format: Format) -> Response {
    let question = match question(&here, Permission::OrdersExport).await {
        Ok(question) => question,
        Err(error) => return guard::failed(&error),
    };
    let file = Whole {
        format,
        act: "orders.export",
        names: ("orders", here.say_fixed("Orders", "Pesanan")),
        head: heads(&here, &HEAD, (&[PLACED], when::zone(question.only()))),
    };
    let walk = None;
    file.send(here, Orders { question, walk }).await
}

struct Orders {
    question: Question,
    /// How far it has come.
    walk: Option<Walk>,
}

impl Lines for Orders {
    type Row = OrderRow;

    async fn piece(&mut self, here: &Here) -> Result<Vec<OrderRow>, StoreError> {
        let (limit, filter) = (self.question.limit.as_deref(), &self.question.filter);
        let mut tx = here.app().store.read().await?;
        let begun = match self.walk.take() {
            Some(begun) => begun,
            None => Walk::begin(&mut tx, limit, filter, None).await?,
        };
        self.walk.insert(begun).next(&mut tx, PIECE).await
    }

    fn line(&self, here: &Here, row: OrderRow) -> Vec<Cell> {
        let language = here.door.visitor.language;
        let event = self.question.events.get(&row.event);
        vec![
            Cell::text(&row.number),
            Cell::text(event.map_or("", |event| &event.name)),
            Cell::text(status::order(row.status, language).0),
            Cell::text(&row.buyer_name),
            Cell::text(&row.email),
            Cell::text(row.total.currency.code()),
            Cell::sum(row.total),
            Cell::moment(row.created_at, when::zone(self.question.only())),
        ]
    }
}

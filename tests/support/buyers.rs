//! Many buyers, each a person of her own: forms for orders, and crowds that order at once.
use std::sync::Arc;

use central::{
    app::{App, orders::OrderError},
    domain::{
        buyer::BuyerForm,
        cart::{ItemForm, OrderForm},
        id::TicketTypeId,
    },
};
use tokio::task::JoinSet;

/// The form of buyer number `n` for tickets of one type.
#[must_use]
pub fn form(n: usize, kind: TicketTypeId, quantity: i64) -> OrderForm {
    OrderForm {
        buyer: BuyerForm {
            full_name: "Siti Rahma".into(),
            identity_type: "passport".into(),
            identity_number: format!("A{n:07}"),
            email: format!("buyer{n}@example.id"),
            whatsapp_number: "0812-3456-7890".into(),
            language: "en".into(),
        },
        items: vec![ItemForm {
            ticket_type_id: kind.to_string(),
            quantity,
            attendees: Vec::new(),
        }],
        promo_codes: Vec::new(),
    }
}

/// The same with a code.
#[must_use]
pub fn form_with(n: usize, kind: TicketTypeId, quantity: i64, code: &str) -> OrderForm {
    let mut form = form(n, kind, quantity);
    form.promo_codes.push(code.to_owned());
    form
}

/// All order at once, each with a key of her own and in turn at one of these servers; gives what each was told, in
/// the order of the forms: the total, or the refusal's name.
///
/// # Panics
/// When a task does.
pub async fn order_at_once(
    servers: &[App],
    slug: &str,
    forms: Vec<OrderForm>,
) -> Vec<Result<i64, &'static str>> {
    let slug: Arc<str> = slug.into();
    let mut buyers = JoinSet::new();
    for (n, form) in forms.into_iter().enumerate() {
        let (app, slug) = (servers[n % servers.len()].clone(), Arc::clone(&slug));
        buyers.spawn(async move {
            let key = format!("crowd-buyer-{n:06}");
            let placed = app.place_order(&slug, &key, &form).await;
            let told = placed.map(|placed| placed.order.total.minor).map_err(name);
            (n, told)
        });
    }
    let mut told = buyers.join_all().await;
    told.sort_unstable_by_key(|(n, _)| *n);
    told.into_iter().map(|(_, told)| told).collect()
}

/// A refusal's stable name; that of the field where one was refused.
#[must_use]
pub fn name(error: OrderError) -> &'static str {
    match error {
        OrderError::Invalid(fields) => fields.first().map_or("", |field| field.code),
        other => other.code(),
    }
}

//! What a basket costs, as the buyer sees it: live while choosing, and again beside the order form.

use askama::Template;
use axum::{
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::Response,
};

use super::{basket::Basket, frame::Frame, words};
use crate::{
    app::{App, orders::OrderError},
    domain::{cart::Quote, money::Money, price::Adjustment},
    http::{refusal::Refusal, visitor::Visitor},
};

/// What a basket costs.
#[derive(Default)]
pub(super) struct Sum {
    /// Number, name and amount.
    pub(super) lines: Vec<(u32, String, String)>,
    /// Name, amount, and whether it is part of the price already.
    pub(super) adjustments: Vec<(String, String, bool)>,
    /// Nothing is asked for without one.
    pub(super) total: Option<String>,
    /// Why there is none: code and sentence.
    pub(super) problems: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "shop/sum.html")]
struct SumPart {
    page: Frame,
    sum: Sum,
}

/// The price of what stands in the address, as a part of a page.
pub(super) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let basket = Basket::of_query(query.as_deref());
    let part = SumPart {
        page: Frame::private(&visitor),
        sum: Sum::of(&app, &visitor, &slug, &basket).await,
    };
    part.page.send(StatusCode::OK, &part)
}

impl Sum {
    /// Asks for the price.
    pub(super) async fn of(app: &App, visitor: &Visitor, slug: &str, basket: &Basket) -> Self {
        if basket.is_empty() {
            return Self::default();
        }
        match app.quote(slug, &basket.quote_form()).await {
            Ok(quote) => Self::new(&quote, visitor),
            Err(error) => Self {
                problems: problems(&error, visitor),
                ..Self::default()
            },
        }
    }

    fn new(quote: &Quote, visitor: &Visitor) -> Self {
        let language = visitor.language;
        let text = |minor| Money::new(minor, quote.total.currency).text(language);
        let lines = quote.lines.iter();
        let adjustments = quote.price.adjustments.iter();
        Self {
            lines: lines
                .map(|line| (line.quantity, line.name.clone(), line.amount.text(language)))
                .collect(),
            adjustments: adjustments.map(|it| adjustment(it, &text)).collect(),
            total: Some(quote.total.text(language)),
            problems: Vec::new(),
        }
    }
}

/// A discount with its sign; what is included with its plain amount.
pub(super) fn adjustment(it: &Adjustment, text: &impl Fn(i64) -> String) -> (String, String, bool) {
    let minor = if it.is_included {
        it.amount_minor
    } else {
        it.signed_minor()
    };
    (it.name.clone(), text(minor), it.is_included)
}

fn problems(error: &OrderError, visitor: &Visitor) -> Vec<(&'static str, String)> {
    match error {
        OrderError::Invalid(fields) => fields
            .iter()
            .map(|field| (field.code, words::field(field, visitor.language)))
            .collect(),
        other => {
            if super::super::api::status(other) == StatusCode::INTERNAL_SERVER_ERROR {
                tracing::error!(code = other.code(), error = %other, "no price");
                let ours = Refusal::INTERNAL;
                return vec![(ours.code, ours.sentence(visitor.language).to_owned())];
            }
            vec![(other.code(), words::order(other, visitor.language))]
        }
    }
}

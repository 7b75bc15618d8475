//! How long answers take, by the route's pattern: never by the address itself, of which strangers make as many as they like.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
    middleware::Next,
    response::Response,
};

use crate::counter;

pub(super) async fn measure(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| "none".to_owned(), |route| route.as_str().to_owned());
    let method = match *request.method() {
        Method::GET | Method::HEAD => "GET",
        Method::POST => "POST",
        _ => "other",
    };
    let begun = Instant::now();
    let answer = next.run(request).await;
    counter::answered(route, method, answer.status().as_u16(), begun.elapsed());
    answer
}

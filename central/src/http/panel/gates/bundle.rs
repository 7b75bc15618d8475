//! Logs of gates without a network, brought as files: taken in, and the answer for the way back.

use askama::Template;
use axum::{
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use sync_protocol::{id::NodeId, time::Timestamp};

use super::{
    super::{
        door::{Here, to},
        frame::Frame,
        guard, problem,
        tab::Tab,
        when,
    },
    said,
};
use crate::{
    app::{bundle::ImportError, bundle_refusals::BundleRefusal, users::By},
    domain::{event::Event, node::Node, policy::Denial},
    http::refusal::Refusal,
    store::{self, StoreError, bundle_import::BundleImport},
};

/// Imports that are shown.
const MOST: i64 = 50;
const MOST_ROWS: usize = 50;

#[derive(Template)]
#[template(path = "panel/bundles.html")]
struct Page {
    page: Frame,
    name: String,
    slug: String,
    rows: Vec<Row>,
}

struct Row {
    at: Timestamp,
    /// Why it was refused.
    refused: Option<&'static str>,
    /// By which its answer is asked for.
    id: String,
    node: String,
    who: String,
    when: String,
    made: String,
    records: Option<u64>,
    fresh: u64,
}

pub(in super::super) async fn show(here: Here) -> Response {
    page(&here, None, StatusCode::OK).await
}

async fn page(here: &Here, wrong: Option<String>, code: StatusCode) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    match load(here, event).await {
        Ok(mut template) => {
            if wrong.is_some() {
                let path = format!("/panel/events/{}/bundles", event.slug);
                template.page = template.page.at(&path);
            }
            template.page.wrong = wrong;
            template.page.send(code, &template)
        }
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here, event: &Event) -> Result<Page, StoreError> {
    let mut tx = here.app().store.read().await?;
    let imports = store::bundle_import::latest_of(&mut tx, event.id, MOST).await?;
    let refusals = store::bundle_refusal::latest_of(&mut tx, event.id, MOST).await?;
    let nodes = store::node::of_event(&mut tx, event.id).await?;
    let shown = Shown { here, event, nodes };
    let taken = imports.into_iter().map(|import| shown.taken(import));
    let refused = refusals.into_iter().map(|refusal| shown.refused(refusal));
    let mut rows: Vec<Row> = taken.chain(refused).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.at));
    rows.truncate(MOST_ROWS);
    Ok(Page {
        page: Frame::of_event(here, event, Tab::Bundles),
        name: event.name.clone(),
        slug: event.slug.clone(),
        rows,
    })
}

/// What a row needs to be put in words.
struct Shown<'a> {
    here: &'a Here,
    event: &'a Event,
    nodes: Vec<Node>,
}

impl Shown<'_> {
    fn node(&self, id: Option<NodeId>) -> String {
        let found = self.nodes.iter().find(|node| Some(node.id) == id);
        found.map_or_else(|| "–".to_owned(), |node| node.name.clone())
    }

    fn moment(&self, at: Timestamp) -> String {
        when::moment(at, &self.event.time_zone, self.here.door.visitor.language)
    }

    fn taken(&self, import: BundleImport) -> Row {
        Row {
            at: import.imported_at,
            refused: None,
            id: import.id.to_string(),
            node: self.node(Some(import.node)),
            who: import.author,
            when: self.moment(import.imported_at),
            made: self.moment(import.made_at),
            records: Some(import.records),
            fresh: import.fresh,
        }
    }

    fn refused(&self, refusal: BundleRefusal) -> Row {
        let (english, indonesian) = said::import_words(&refusal.code);
        Row {
            at: refusal.refused_at,
            refused: Some(self.here.say_fixed(english, indonesian)),
            id: String::new(),
            node: self.node(refusal.node),
            who: refusal.author,
            when: self.moment(refusal.refused_at),
            made: "–".to_owned(),
            records: None,
            fresh: refusal.taken,
        }
    }
}

/// Takes a file in.
pub(in super::super) async fn bring(here: Here) -> Response {
    let Some(event) = here.event().cloned() else {
        return Refusal::INTERNAL.answer();
    };
    let Some(file) = &here.door.file else {
        let said = here.say(
            "Choose the file that the gate wrote.",
            "Pilih berkas yang ditulis gerbang.",
        );
        return page(
            &here,
            Some(said.to_owned()),
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await;
    };
    let by = By::account(&here.signed.account);
    let imported = here
        .app()
        .import_log_by(&by, Some(event.id), file, &mut |_, _| {})
        .await;
    match imported {
        Ok(_) => to(&format!(
            "/panel/events/{}/bundles?done=imported",
            event.slug
        )),
        Err(error) => {
            let (code, said) = said::import(&here, &error);
            page(&here, Some(said), code).await
        }
    }
}

/// The answer to a file that was taken in, as of now.
pub(in super::super) async fn answer(here: Here) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    let id = match here.door.asked("id") {
        "" => return to(&format!("/panel/events/{}/bundles", event.slug)),
        id => id.parse().unwrap_or_default(),
    };
    match here.app().answer_import(event.id, id).await {
        Ok(Some(bytes)) => {
            let mut answer = (StatusCode::OK, bytes).into_response();
            let headers = answer.headers_mut();
            let kind = HeaderValue::from_static("application/octet-stream");
            headers.insert(CONTENT_TYPE, kind);
            let name = HeaderValue::from_static("attachment; filename=\"answer.gerbang\"");
            headers.insert(CONTENT_DISPOSITION, name);
            answer
        }
        Ok(None) => problem::denied(&here.door, &here.signed, Denial::Foreign),
        Err(ImportError::Store(error)) => guard::failed(&error),
        Err(error) => {
            let (code, said) = said::import(&here, &error);
            page(&here, Some(said), code).await
        }
    }
}

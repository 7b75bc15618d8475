//! A new event: only what a draft needs. The rest is set up step by step.
//!
//! Invariant: whoever belongs to an organiser makes events for that one, whatever their form says.

use axum::{http::StatusCode, response::Response};

use super::{
    event::zone_field,
    page::{Fault, Page, actor, failed},
    words,
};
use crate::{
    domain::{
        event::GateRules,
        id::ClientId,
        money::Currency,
        new_event::{NewClient, NewEvent},
        new_price::NewPrices,
        permission::Permission,
        policy::{Denial, Sight},
        wall_clock,
    },
    http::panel::{
        card::{Card, Field, FormPart},
        door::{Here, to},
        frame::Frame,
        guard,
        nav::Section,
        problem, typed,
    },
    store::{self, StoreError, client::ClientRow},
};

const HOLD_MS: i64 = 15 * 60_000;
const HOME: &str = "Asia/Jakarta";

/// Organisers for whom an account may make events.
async fn clients(here: &Here) -> Result<Vec<ClientRow>, StoreError> {
    let mut tx = here.app().store.read().await?;
    let all = store::client::all(&mut tx).await?;
    Ok(match here.signed.powers.sight(Permission::EventsManage) {
        Sight::All => all,
        Sight::Some { client, .. } => {
            let is_own = |row: &ClientRow| Some(row.id) == client;
            all.into_iter().filter(is_own).collect()
        }
    })
}

pub(in crate::http::panel) async fn show(here: Here) -> Response {
    page(&here, None, StatusCode::OK).await
}

async fn page(here: &Here, wrong: Option<String>, code: StatusCode) -> Response {
    let clients = match clients(here).await {
        Ok(clients) => clients,
        Err(error) => return guard::failed(&error),
    };
    if clients.is_empty() && !here.may_see_all() {
        return problem::denied(&here.door, &here.signed, Denial::NotAllowed);
    }
    let name = here.say("Events", "Acara").to_owned();
    let mut frame = Frame::inside(here, Section::Events).below("/panel/events", &name);
    frame = frame.at("/panel/events/new");
    frame.wrong = wrong;
    let title = here.say("New event", "Acara baru").to_owned();
    let page = Page {
        page: frame,
        name: String::new(),
        status: None,
        lead: here
            .say(
                "This makes a draft that nobody sees. You set up the rest step by step, and open it to the public when it is ready.",
                "Ini membuat draf yang tidak terlihat siapa pun. Sisanya disiapkan langkah demi langkah, lalu dibuka untuk umum bila sudah siap.",
            )
            .to_owned(),
        actions: Vec::new(),
        steps: Vec::new(),
        missing: Vec::new(),
        cards: vec![Card::new("draft", &title).form(form(here, &clients))],
        matrix: None,
        back: None,
        next: None,
        preview: None,
        title,
    };
    page.answer(code)
}

fn form(here: &Here, clients: &[ClientRow]) -> FormPart {
    let organisers = clients
        .iter()
        .map(|row| (row.slug.clone(), row.name.clone()));
    let currencies = Currency::ALL
        .iter()
        .map(|one| (one.code().to_owned(), one.code().to_owned()));
    let slug_hint = here.say(
        "Small letters, digits and hyphens, such as gema-2027",
        "Huruf kecil, angka, dan tanda hubung, misalnya gema-2027",
    );
    FormPart::new(here, "new", "/panel/events")
        .row(
            here,
            [Field::choice(
                "client",
                here.say("Organiser", "Penyelenggara"),
                organisers.collect(),
            )
            .required()],
        )
        .row(
            here,
            [
                Field::line("name", here.say("Name", "Nama")).required(),
                Field::line("slug", here.say("Name in addresses", "Nama di alamat"))
                    .required()
                    .most(80)
                    .hint(slug_hint),
            ],
        )
        .row(
            here,
            [
                Field::line("venue", here.say("Venue", "Tempat")).required(),
                Field::line("city", here.say("City", "Kota"))
                    .required()
                    .most(100),
            ],
        )
        .row(
            here,
            [
                Field::moment("starts", here.say("Begins", "Mulai")).required(),
                Field::moment("ends", here.say("Ends", "Selesai")).required(),
                zone_field(here, HOME),
            ],
        )
        .row(
            here,
            [Field::choice(
                "currency",
                here.say("Currency", "Mata uang"),
                currencies.collect(),
            )
            .value(Currency::Idr.code())],
        )
        .button(here.say("Make the draft", "Buat draf"))
}

pub(in crate::http::panel) async fn create(here: Here) -> Response {
    match try_create(&here).await {
        Ok(path) => to(&path),
        Err(fault) => refused(&here, fault).await,
    }
}

async fn refused(here: &Here, fault: Fault) -> Response {
    let wrong = match fault {
        Fault::Said(english, indonesian) => here.say(english, indonesian).to_owned(),
        Fault::Refused(error) => words::catalog(&error, here.door.visitor.language),
        other => return failed(here, other),
    };
    page(here, Some(wrong), StatusCode::UNPROCESSABLE_ENTITY).await
}

async fn try_create(here: &Here) -> Result<String, Fault> {
    let (wish, by) = (wish(here).await?, actor(here));
    here.app().create_draft(&wish, &by).await?;
    Ok(format!(
        "/panel/events/{}/setup/event?done=drafted",
        wish.slug
    ))
}

async fn client(here: &Here) -> Result<NewClient, Fault> {
    let clients = clients(here).await?;
    let asked = here.form().text("client");
    let is_meant = |row: &&ClientRow| match here.own_client() {
        Some(own) => row.id == own,
        None => row.slug == asked,
    };
    let found = clients.iter().find(is_meant).ok_or(Fault::Said(
        "Choose the organiser of the event.",
        "Pilih penyelenggara acara.",
    ))?;
    Ok(NewClient {
        slug: found.slug.clone(),
        name: found.name.clone(),
        email: found.email.clone(),
    })
}

async fn wish(here: &Here) -> Result<NewEvent, Fault> {
    let form = here.form();
    let time_zone = form.text("zone");
    let zone = wall_clock::zone(&time_zone);
    let moment = |field| typed::moment(&form.text(field), zone, None);
    let times = moment("starts").zip(moment("ends"));
    let (starts_at, ends_at) = times.ok_or(Fault::Said(
        "Enter when the event begins and when it ends.",
        "Isi waktu mulai dan waktu selesai acara.",
    ))?;
    Ok(NewEvent {
        client: client(here).await?,
        slug: form.text("slug"),
        name: form.text("name"),
        summary: String::new(),
        description: String::new(),
        terms: String::new(),
        venue: form.text("venue"),
        address: String::new(),
        city: form.text("city"),
        time_zone,
        currency: Currency::from_code(&form.text("currency")).unwrap_or(Currency::Idr),
        starts_at,
        ends_at,
        hold_ms: HOLD_MS,
        rules: GateRules::USUAL,
        days: Vec::new(),
        gates: Vec::new(),
        types: Vec::new(),
        check_outs: Vec::new(),
        wristbands: None,
        prices: NewPrices::default(),
    })
}

impl Here {
    /// The organiser that the account belongs to, unless it makes events for all of them.
    fn own_client(&self) -> Option<ClientId> {
        match self.signed.powers.sight(Permission::EventsManage) {
            Sight::All => None,
            Sight::Some { client, .. } => client,
        }
    }

    fn may_see_all(&self) -> bool {
        self.signed.powers.sight(Permission::EventsManage) == Sight::All
    }
}

//! The sixth step: promo codes, one or many at once. The working list of an event's codes is `promo`.

use axum::response::Response;
use sync_protocol::time::Timestamp;

use super::{
    page::{At, Body, Desk, Fault, actor, answer, done, meant},
    prices::cut,
};
use crate::{
    app::catalog::CatalogError,
    domain::{event::Event, new_price::NewPromo, readiness::Step, wall_clock},
    http::panel::{
        card::{Card, Cell, Field, FormPart},
        door::Here,
        promo::used,
        typed,
    },
    store,
};

const AT: At = At::Step(Step::Promos);
/// Codes that are shown here; the list shows them all.
const SHOWN: usize = 5;

pub(super) async fn body(desk: &Desk<'_>) -> Result<Body, Fault> {
    let here = desk.here;
    let one = FormPart::new(here, "promo-one", desk.action("promos")).row(
        here,
        [Field::line("code", desk.say("Code", "Kode"))
            .required()
            .most(40)],
    );
    let many = FormPart::new(here, "promo-many", desk.action("promos/many")).row(
        here,
        [
            Field::line("prefix", desk.say("They begin with", "Awalan"))
                .most(30)
                .hint(desk.say(
                    "Eight random letters follow, such as GEMA-7K2MWQ4X.",
                    "Diikuti delapan huruf acak, misalnya GEMA-7K2MWQ4X.",
                )),
            Field::number("count", desk.say("How many codes", "Berapa kode")).required(),
        ],
    );
    let one = fields(one, desk, "").button(desk.say("Make the code", "Buat kode"));
    let many = fields(many, desk, "1").button(desk.say("Make the codes", "Buat kode-kode"));
    Ok(Body {
        title: desk.say("Promo codes", "Kode promo").to_owned(),
        lead: desk
            .say(
                "Nothing has to be done here. A code takes something off the price, within its limits.",
                "Langkah ini tidak wajib. Kode memotong harga, dalam batasnya.",
            )
            .to_owned(),
        cards: vec![
            known_card(desk).await?,
            Card::new("one", desk.say("One code", "Satu kode")).form(one),
            Card::new("many", desk.say("Many codes at once", "Banyak kode sekaligus")).form(many),
        ],
        matrix: None,
    })
}

async fn known_card(desk: &Desk<'_>) -> Result<Card, Fault> {
    let path = format!("/panel/events/{}/promos", desk.event().slug);
    let filter = crate::domain::promo_list::PromoFilter {
        event: Some(desk.event().id),
        ..Default::default()
    };
    let mut tx = desk.here.app().store.read().await?;
    let found = store::promo_list::page(&mut tx, None, &filter, (None, desk.now), SHOWN).await?;
    let row = |row: &store::promo_list::PromoRow| {
        let promo = &row.promo;
        vec![
            Cell::link(&promo.code, format!("{path}/{}", promo.code)),
            Cell::number(used(promo, desk.here.door.visitor.language)),
        ]
    };
    let mut rows: Vec<_> = found.iter().map(row).collect();
    if rows.len() == SHOWN {
        let all = desk.say("All codes of this event", "Semua kode acara ini");
        rows.push(vec![Cell::link(all, &path), Cell::text("")]);
    }
    Ok(
        Card::new("known", desk.say("Codes of this event", "Kode acara ini")).table(
            [
                Cell::text(desk.say("Code", "Kode")),
                Cell::number(desk.say("Used", "Terpakai")),
            ],
            rows,
            desk.say("There is no code yet.", "Belum ada kode."),
        ),
    )
}

/// What one code and many have in common.
fn fields(form: FormPart, desk: &Desk<'_>, quota: &str) -> FormPart {
    let (here, zone) = (desk.here, desk.zone());
    let ways = [
        ("percent", desk.say("percent", "persen")),
        ("fixed", desk.say("amount", "jumlah uang")),
    ];
    let ways = ways.map(|(value, words)| (value.to_owned(), words.to_owned()));
    let mut types = vec![(
        String::new(),
        desk.say("all types", "semua jenis").to_owned(),
    )];
    let own = desk.offer.setup.types.iter();
    types.extend(own.map(|kind| (kind.number.to_string(), kind.name.clone())));
    form.row(
        here,
        [
            Field::line("amount", desk.say("How much off", "Potongan"))
                .required()
                .most(20),
            Field::choice("how", desk.say("Counted", "Dihitung"), ways.into()).value("percent"),
            Field::choice("type", desk.say("For", "Untuk"), types),
        ],
    )
    .row(
        here,
        [
            Field::moment("from", desk.say("Good from", "Berlaku mulai"))
                .hint(desk.say("Empty: at once.", "Kosong: langsung.")),
            Field::moment("until", desk.say("Good until", "Berlaku sampai"))
                .value(typed::moment_text(desk.event().ends_at, zone))
                .required(),
        ],
    )
    .row(
        here,
        [
            Field::number(
                "quota",
                desk.say("Orders that may use it", "Pesanan yang boleh memakai"),
            )
            .value(quota)
            .hint(desk.say("Empty: any number.", "Kosong: tanpa batas.")),
            Field::number("per_buyer", desk.say("Of one buyer", "Per pembeli"))
                .value("1")
                .required(),
            Field::line("spend", desk.say("Least spend", "Belanja minimum"))
                .value("0")
                .most(20),
        ],
    )
    .row(
        here,
        [Field::check(
            "stackable",
            desk.say(
                "Goes with other codes that do",
                "Dapat digabung dengan kode lain yang dapat digabung",
            ),
            false,
        )],
    )
}

async fn wish(here: &Here, event: &Event) -> Result<NewPromo, Fault> {
    let form = here.form();
    let zone = wall_clock::zone(&event.time_zone);
    let moment = |field, default| typed::moment(&form.text(field), zone, Some(default));
    let window = moment("from", Timestamp(0)).zip(moment("until", event.ends_at));
    let (valid_from, valid_until) = window.ok_or(Fault::Said(
        "Enter a day and a time, or nothing.",
        "Isi tanggal dan jam, atau kosongkan.",
    ))?;
    let numbers = typed::limit(&form.text("quota")).zip(typed::number(&form.text("per_buyer")));
    let (quota, per_buyer) = numbers.ok_or(Fault::Said(
        "Enter whole numbers for how often a code may be used.",
        "Isi angka bulat untuk berapa kali kode boleh dipakai.",
    ))?;
    let spend = match form.text("spend").as_str() {
        "" => Some(0),
        text => typed::money(text, event.currency),
    };
    let off = cut(&form.text("how"), &form.text("amount"), event.currency);
    let (off, min_spend_minor) = off.zip(spend).ok_or(Fault::Said(
        "Enter how much as a plain number, such as 10 or 7.25.",
        "Isi besarnya dengan angka biasa, misalnya 10 atau 7.25.",
    ))?;
    Ok(NewPromo {
        code: form.text("code"),
        ticket_type: type_name(here, event).await?,
        cut: off,
        valid_from,
        valid_until,
        quota,
        per_buyer,
        min_spend_minor,
        is_stackable: !form.text("stackable").is_empty(),
    })
}

/// The name of the type that the number in the form means.
async fn type_name(here: &Here, event: &Event) -> Result<Option<String>, Fault> {
    let number = here.form().text("type");
    if number.is_empty() {
        return Ok(None);
    }
    let types = here.app().event(event.id).await?.types;
    let found = types
        .into_iter()
        .find(|kind| kind.number.to_string() == number);
    Ok(Some(found.ok_or(Fault::Unknown)?.name))
}

pub(in crate::http::panel) async fn create(here: Here) -> Response {
    let made = try_create(&here).await;
    answer(&here, AT, made).await
}

async fn try_create(here: &Here) -> Result<String, Fault> {
    let event = meant(here)?;
    let wish = wish(here, event).await?;
    here.app()
        .create_promo(event.id, &wish, &actor(here))
        .await?;
    Ok(done(here, AT, "saved"))
}

pub(in crate::http::panel) async fn create_many(here: Here) -> Response {
    let made = try_create_many(&here).await;
    answer(&here, AT, made).await
}

async fn try_create_many(here: &Here) -> Result<String, Fault> {
    let (event, form) = (meant(here)?, here.form());
    let wish = wish(here, event).await?;
    let count = form.text("count").parse::<usize>().unwrap_or_default();
    let prefix = form.text("prefix");
    let made = here
        .app()
        .create_promos(event.id, &wish, (&prefix, count), &actor(here))
        .await;
    made.map_err(|error| match error {
        CatalogError::TooMany => Fault::Said(
            "Make 1 to 5000 codes at once.",
            "Buat 1 sampai 5000 kode sekaligus.",
        ),
        other => other.into(),
    })?;
    let query: String = form_urlencoded::byte_serialize(prefix.to_uppercase().as_bytes()).collect();
    Ok(format!(
        "/panel/events/{}/promos?q={query}&done=promos",
        event.slug
    ))
}

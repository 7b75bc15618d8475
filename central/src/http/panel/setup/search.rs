//! The search by name at gates: on with a passphrase, another passphrase, off.
//!
//! The passphrase passes through and is stored nowhere; a form that is refused does not show it again.

use axum::response::Response;
use sync_protocol::search::{MIN_PASSPHRASE, Passphrase};

use super::{
    page::{Desk, Fault, answer, done, meant},
    settings::AT,
};
use crate::{
    app::{search::SearchSetupError, users::By},
    http::panel::{
        card::{Card, Field, FormPart},
        door::Here,
    },
};

pub(super) async fn card(desk: &Desk<'_>) -> Result<Card, Fault> {
    let (here, event) = (desk.here, desk.event());
    let (is_on, is_left) = here.app().search_state(event.id).await?;
    let state = match (is_on, is_left) {
        (true, false) => desk.say(
            "The search is on: nodes with that right open it with the passphrase.",
            "Pencarian aktif: perangkat yang berhak membukanya dengan frasa sandi.",
        ),
        (true, true) => desk.say(
            "The search is on, but some names are not sealed yet: turn it on again with the same passphrase.",
            "Pencarian aktif, tetapi sebagian nama belum disegel: aktifkan lagi dengan frasa sandi yang sama.",
        ),
        _ => desk.say(
            "The search is off: gates know no names.",
            "Pencarian tidak aktif: gerbang tidak mengenal nama.",
        ),
    };
    let label = match is_on {
        true => desk.say("New passphrase", "Frasa sandi baru"),
        false => desk.say("Passphrase", "Frasa sandi"),
    };
    let hint = format!(
        "{} {MIN_PASSPHRASE} {}",
        desk.say("At least", "Paling sedikit"),
        desk.say(
            "characters. It is not stored here: tell it to who works the gates.",
            "karakter. Tidak disimpan di sini: beri tahu petugas gerbang.",
        )
    );
    let form = |key: &str, act: &str| {
        FormPart::new(here, format!("search-{key}"), desk.action("search")).hidden("do", act)
    };
    let act = if is_on && !is_left { "change" } else { "on" };
    let set = form("set", act)
        .row(
            here,
            [Field::secret("passphrase", label)
                .required()
                .hint(hint)
                .most(200)],
        )
        .button(match act {
            "change" => desk.say("Change the passphrase", "Ganti frasa sandi"),
            _ => desk.say("Turn the search on", "Aktifkan pencarian"),
        })
        .quiet();
    let off = form("off", "off")
        .button(desk.say("Turn the search off", "Matikan pencarian"))
        .grave(desk.say(
            "Turn the search off? Gates forget the names at their next contact.",
            "Matikan pencarian? Gerbang melupakan nama pada kontak berikutnya.",
        ));
    let card = Card::new(
        "search",
        desk.say("Search by name at gates", "Pencarian nama di gerbang"),
    );
    Ok(card.lead(state).form(set).forms(is_on.then_some(off)))
}

pub(in crate::http::panel) async fn save(here: Here) -> Response {
    let saved = try_save(&here).await;
    answer(&here, AT, saved).await
}

async fn try_save(here: &Here) -> Result<String, Fault> {
    let (event, form) = (meant(here)?.id, here.form());
    let by = By::account(&here.signed.account);
    let app = here.app();
    let passphrase = || Passphrase::new(form.raw("passphrase")).map_err(|_| too_short());
    let done_so = match form.text("do").as_str() {
        "off" => app
            .turn_search_off_by(&by, event, &mut |_| ())
            .await
            .map(|_| ()),
        "change" => {
            app.change_search_passphrase_by(&by, event, passphrase()?)
                .await
        }
        _ => app
            .turn_search_on_by(&by, event, passphrase()?, &mut |_| ())
            .await
            .map(|_| ()),
    };
    done_so.map_err(said)?;
    Ok(done(here, AT, "saved"))
}

const fn too_short() -> Fault {
    Fault::Said(
        "The passphrase is too short: choose a longer one.",
        "Frasa sandi terlalu pendek: pilih yang lebih panjang.",
    )
}

fn said(error: SearchSetupError) -> Fault {
    match error {
        SearchSetupError::TooShort | SearchSetupError::Lock(_) => too_short(),
        SearchSetupError::IsOn => Fault::Said(
            "The search is on with another passphrase: change the passphrase instead.",
            "Pencarian sudah aktif dengan frasa sandi lain: ganti frasa sandinya.",
        ),
        SearchSetupError::IsOff => {
            Fault::Said("The search is off already.", "Pencarian sudah tidak aktif.")
        }
        SearchSetupError::Overtaken => Fault::Said(
            "Somebody else turned the search on or off meanwhile: look, and try again.",
            "Orang lain mengubah pencarian pada saat yang sama: lihat, lalu coba lagi.",
        ),
        SearchSetupError::Event(error) => error.into(),
        SearchSetupError::Store(error) => Fault::Broken(error),
    }
}

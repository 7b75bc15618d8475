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
    app::{search::SearchSetupError, search_runs::SearchRun, users::By},
    http::panel::{
        card::{Card, Field, FormPart},
        door::Here,
        number,
    },
};

pub(super) async fn card(desk: &Desk<'_>) -> Result<Card, Fault> {
    let (here, event) = (desk.here, desk.event());
    let is_on = here.app().has_search(event.id).await?;
    let run = here.app().search_run(event.id).await?;
    let state = state(desk, is_on, run.as_ref());
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
    let act = if is_on { "change" } else { "on" };
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

fn state(desk: &Desk<'_>, is_on: bool, run: Option<&SearchRun>) -> String {
    let words = match (is_on, run) {
        (true, None) => desk.say(
            "The search is on: nodes with that right open it with the passphrase.",
            "Pencarian aktif: perangkat yang berhak membukanya dengan frasa sandi.",
        ),
        (false, None) => desk.say(
            "The search is off: gates know no names.",
            "Pencarian tidak aktif: gerbang tidak mengenal nama.",
        ),
        (true, Some(_)) => desk.say(
            "The search is on, and names are being sealed, which goes on by itself. Done so far:",
            "Pencarian aktif, dan nama sedang disegel, yang berjalan sendiri. Selesai sejauh ini:",
        ),
        (false, Some(_)) => desk.say(
            "The search is off, and names are being taken away, which goes on by itself. Done so far:",
            "Pencarian tidak aktif, dan nama sedang dihapus, yang berjalan sendiri. Selesai sejauh ini:",
        ),
    };
    match run {
        None => words.to_owned(),
        Some(run) => {
            let count = |count: u64| number::any(&count, desk.here.door.visitor.language);
            let all = run.total.max(run.done);
            format!("{words} {} / {}.", count(run.done), count(all))
        }
    }
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
        "off" => app.ask_search_off_by(&by, event).await,
        "change" => {
            app.change_search_passphrase_by(&by, event, passphrase()?)
                .await
        }
        _ => app.ask_search_on_by(&by, event, passphrase()?).await,
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
        SearchSetupError::IsClearing => Fault::Said(
            "The names of the last search are still being taken away: wait until that is done, and turn it on again.",
            "Nama dari pencarian sebelumnya masih dihapus: tunggu sampai selesai, lalu aktifkan lagi.",
        ),
        SearchSetupError::Overtaken => Fault::Said(
            "Somebody else turned the search on or off meanwhile: look, and try again.",
            "Orang lain mengubah pencarian pada saat yang sama: lihat, lalu coba lagi.",
        ),
        SearchSetupError::Event(error) => error.into(),
        SearchSetupError::Store(error) => Fault::Broken(error),
    }
}

//! A supervisor's word, at a page: let in or turned away whom the gate asked about or refused, and scans taken back.
//!
//! A supervisor who is signed in here decides with one press; one who comes by types name and secret for that one
//! decision, and whoever works the page stays signed in. Each is a record ([`crate::operator::decision`]).

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::HeaderMap,
    response::IntoResponse,
};
use serde::Deserialize;
use sync_protocol::{decision::Choice as Word, id::OperatorId, time::Timestamp, verdict::Decision};

use super::{
    Screen,
    choice::{Asked, Choice},
    handler::{Answer, html},
    look::Look,
    page::Place,
    panel::sign,
    place_time::Zone,
    sign_in::SignInWords,
    stage::Stage,
    typed::Typed,
    words::{Words, word_list},
};
use crate::{
    door::Door,
    glance::Glance,
    operator::{SignInError, decision::DecisionError},
    reason_text,
    scan::Scan,
};

/// Enough for a supervisor who comes a while later.
const MOST_LISTED: usize = 40;

word_list! {
    /// The words of this page.
    DecideWords {
        title: "Decide and take back", "Putuskan dan batalkan";
        hint: "A supervisor decides. Each decision is recorded with the supervisor's name.",
            "Supervisor yang memutuskan. Setiap keputusan dicatat dengan nama supervisor.";
        name: "Supervisor's name", "Nama supervisor";
        secret: "Supervisor's secret", "Kode rahasia supervisor";
        admit: "Let in", "Izinkan masuk";
        turn_away: "Turn away", "Tolak";
        undo: "Take back", "Batalkan";
        none: "Nothing was scanned at this gate yet.", "Belum ada pindaian di gerbang ini.";
        back: "Back to the gate", "Kembali ke gerbang";
        unknown: "This gate has no such scan: only the gate that scanned can decide.",
            "Gerbang ini tidak punya pindaian itu: hanya gerbang pemindai yang dapat memutuskan.";
        answered: "That was decided before: scan again.", "Itu sudah diputuskan: pindai lagi.";
        passed_since: "Scan again: since then that ticket or wristband was let through at",
            "Pindai lagi: sesudahnya tiket atau gelang itu sudah lewat di";
        changed_since: "That ticket or wristband is not good any more as it was then: scan again.",
            "Tiket atau gelang itu tidak lagi berlaku seperti tadi: pindai lagi.";
        admitted: "That was let in already; it can be taken back.", "Itu sudah diizinkan masuk; dapat dibatalkan.";
        decision: "That is a decision itself: scan again.", "Itu sendiri sebuah keputusan: pindai lagi.";
        not_known: "What was shown is not known to be genuine: nobody can be let in by it.",
            "Yang ditunjukkan tidak dikenal sebagai asli: tidak dapat dipakai masuk.";
        reason_final: "Nobody can be let in over this reason.", "Alasan ini tidak dapat dikesampingkan.";
        no_wristband: "Scan ticket and wristband together first.", "Pindai tiket bersama gelangnya dulu.";
        not_admitted: "That let nobody in: there is nothing to take back.", "Itu tidak mengizinkan siapa pun: tidak ada yang dibatalkan.";
        trouble: "The decision could not be read or written: see before doors.", "Keputusan tidak dapat dibaca atau ditulis: lihat halaman kesiapan.";
        no_operators: "This event has no operators, so no decision could bear a name. Add supervisors at central.",
            "Acara ini tanpa petugas, jadi keputusan tidak akan bernama. Tambahkan supervisor di pusat.";
    }
}

/// The page.
#[derive(Template)]
#[template(path = "gate/decide.html")]
struct DecidePage {
    said: &'static DecideWords,
    choice: Choice,
    look: Look,
    place: Place,
    supervises: bool,
    is_needed: bool,
    rows: Vec<Row>,
    trouble: Option<String>,
}

struct Row {
    seq: u64,
    at: String,
    look: Decision,
    what: String,
    reason: &'static str,
    /// Whether it may still be decided, or taken back.
    can_decide: bool,
    can_undo: bool,
}

/// What is decided: `admit:12`, `turn_away:12` or `undo:12`; and by whom, where nobody who may is signed in.
#[derive(Deserialize)]
pub(super) struct DecideForm {
    say: String,
    login: Option<String>,
    secret: Option<Typed>,
    #[serde(flatten)]
    asked: Asked,
}

/// Why nothing was decided.
pub(super) enum Refused {
    /// Who decides is not known.
    SignIn(SignInError),
    /// The scan cannot be decided about.
    Decision(DecisionError),
}

/// `GET /decide`.
pub(super) async fn page(
    State(screen): State<Arc<Screen>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Answer {
    screen.decide_page(&asked, &headers, None).await
}

/// `POST /decide`: the gate's page again, with what came of it.
pub(super) async fn decide(
    State(screen): State<Arc<Screen>>,
    headers: HeaderMap,
    Form(form): Form<DecideForm>,
) -> Answer {
    let crew = screen.crew(&headers).await?;
    let asked = form.asked.clone();
    let choice = screen.choice(&asked, &headers);
    if crew.is_missing() {
        return Ok(choice.to_sign_in().into_response());
    }
    // In kiosk mode anybody may stand there: each decision then takes a supervisor's name and secret.
    let is_kiosk = screen.kiosk.is_on();
    let supervises = crew.supervises() && !is_kiosk;
    let own = crew.operator().filter(|_| supervises);
    let decided = screen
        .at_the_door(move |door| form.said_by(own, door))
        .await?;
    match decided {
        Ok(scan) => {
            let zone = screen.ask(super::handler::zone).await.unwrap_or(Zone::UTC);
            let stage = Stage::scanned(&scan, choice, zone, supervises);
            screen
                .page(choice, stage, screen.door.open_page(), &headers)
                .await
        }
        Err(refused) => {
            let zone = screen.ask(super::handler::zone).await.unwrap_or(Zone::UTC);
            let trouble = refused.text(choice, zone, screen.door.node().clock().now());
            screen.decide_page(&asked, &headers, Some(trouble)).await
        }
    }
}

/// Who decides: whoever supervises at this page, or the one whose name and secret were typed for it.
pub(super) fn decider(
    own: Option<OperatorId>,
    typed: (Option<&str>, Option<&str>),
    door: &Door,
) -> Result<OperatorId, Refused> {
    match (own, typed) {
        (Some(own), _) => Ok(own),
        (None, (Some(login), Some(secret))) => {
            let who = door.node().operators().identify(login.trim(), secret);
            Ok(who.map_err(Refused::SignIn)?.id)
        }
        (None, _) => Err(Refused::SignIn(SignInError::NoSession)),
    }
}

impl DecideForm {
    fn said_by(&self, own: Option<OperatorId>, door: &Door) -> Result<Scan, Refused> {
        let typed = (self.login.as_deref(), self.secret.as_deref());
        let operator = decider(own, typed, door)?;
        let unknown = Refused::Decision(DecisionError::Unknown(0));
        let (word, seq) = self.say.split_once(':').ok_or(unknown)?;
        let seq = seq.parse().unwrap_or_default();
        let said = match word {
            "admit" => door.decide(seq, Word::Admit, operator),
            "turn_away" => door.decide(seq, Word::TurnAway, operator),
            "undo" => door.undo(seq, operator),
            _ => Err(DecisionError::Unknown(seq)),
        };
        said.map_err(Refused::Decision)
    }
}

impl Refused {
    pub(super) fn text(&self, choice: Choice, zone: Zone, now: Timestamp) -> String {
        let said = DecideWords::of(choice.language);
        let error = match self {
            Self::SignIn(error) => return SignInWords::of(choice.language).of_error(error),
            Self::Decision(DecisionError::PassedSince { gate, at, .. }) => {
                return format!("{} {gate}, {}.", said.passed_since, zone.clock(*at, now));
            }
            Self::Decision(error) => error,
        };
        let text = match error.code() {
            "scan_unknown" => said.unknown,
            "scan_answered" => said.answered,
            "scan_changed_since" => said.changed_since,
            "scan_admitted" => said.admitted,
            "scan_is_decision" => said.decision,
            "scan_not_known" => said.not_known,
            "reason_final" => said.reason_final,
            "no_wristband" => said.no_wristband,
            "scan_not_admitted" => said.not_admitted,
            _ => said.trouble,
        };
        text.to_owned()
    }
}

impl Screen {
    async fn decide_page(
        &self,
        asked: &Asked,
        headers: &HeaderMap,
        trouble: Option<String>,
    ) -> Answer {
        let crew = self.crew(headers).await?;
        let choice = self.choice(asked, headers);
        if crew.is_missing() {
            return Ok(choice.to_sign_in().into_response());
        }
        let (status, zone, last) = self
            .ask(|node| {
                let last = node.last_scans(MOST_LISTED)?;
                Ok((node.status()?, super::handler::zone(node)?, last))
            })
            .await?;
        let row = |glance: &Glance| row(glance, choice, zone.clock(glance.at, status.now));
        html(&DecidePage {
            said: DecideWords::of(choice.language),
            choice,
            look: Look::of(headers, self.port),
            place: Place::of(&status),
            supervises: crew.supervises() && !self.kiosk.is_on(),
            is_needed: crew.is_needed,
            rows: last.iter().map(row).collect(),
            trouble,
        })
    }
}

fn row(glance: &Glance, choice: Choice, at: String) -> Row {
    let words = Words::of(choice.language);
    let ticket = glance.ticket.as_ref().map(|(kind, number)| match number {
        Some(number) => format!("{kind} · {number}"),
        None => kind.clone(),
    });
    let ticket = ticket.unwrap_or_else(|| "–".to_owned());
    Row {
        seq: glance.seq,
        at,
        look: glance.verdict.decision,
        what: format!("{} · {ticket}", words.action(glance.action)),
        reason: reason_text::text(glance.verdict.reason, glance.action, choice.language),
        can_decide: glance.is_open(),
        can_undo: glance.can_be_undone(),
    }
}

//! How gates decide: how often a ticket lets in, wristbands, what is asked of a supervisor, how long silence may last.

use axum::response::Response;
use sync_protocol::config::Policy;

use super::{
    page::{Desk, Fault, actor, answer, done, meant, seen},
    settings::AT,
};
use crate::{
    app::catalog::{Change, RulesChange},
    domain::{
        event::{GateRules, entry_rule, entry_rule_columns},
        wall_clock,
    },
    http::panel::{
        card::{Card, Field},
        door::Here,
        typed,
    },
};

const HOUR_MS: i64 = 3_600_000;
const SECOND_MS: i64 = 1_000;

pub(super) async fn card(desk: &Desk<'_>) -> Result<Card, Fault> {
    let (here, rules) = (desk.here, desk.event().rules);
    let wristbands = here.app().wristband_policy(desk.event().id).await?;
    let form = desk
        .form("rules", "rules")
        .group(here, "", entry_fields(desk, &rules))
        .group(here, "", wristband_fields(desk, &rules, wristbands))
        .group(here, "", node_fields(desk, &rules))
        .row(here, [check_outs(desk)])
        .button(desk.say("Save the rules of the gates", "Simpan aturan gerbang"));
    Ok(Card::new(
        "rules",
        desk.say("How gates decide", "Cara gerbang memutuskan"),
    )
    .lead(desk.say(
        "Gates follow a change at their next contact.",
        "Gerbang mengikuti perubahan pada kontak berikutnya.",
    ))
    .form(form))
}

fn entry_fields(desk: &Desk<'_>, rules: &GateRules) -> Vec<Field> {
    let (entry, limit) = entry_rule_columns(rules.entry_rule);
    let ways = [
        ("single", desk.say("once in all", "satu kali saja")),
        (
            "once_per_day",
            desk.say("once on each day", "satu kali setiap hari"),
        ),
        ("times", desk.say("so many times", "beberapa kali")),
        (
            "times_per_gate",
            desk.say(
                "so many times at each gate",
                "beberapa kali di setiap gerbang",
            ),
        ),
        (
            "re_entry",
            desk.say("in again after going out", "masuk lagi setelah keluar"),
        ),
    ];
    vec![
        Field::choice(
            "entry",
            desk.say("A ticket lets in", "Tiket berlaku"),
            owned(&ways),
        )
        .value(entry),
        Field::number("limit", desk.say("How many times", "Berapa kali"))
            .value(limit.to_string())
            .hint(desk.say(
                "For the two with times.",
                "Untuk dua pilihan beberapa kali.",
            )),
    ]
}

fn owned(options: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(value, words): &(&str, &str)| ((*value).to_owned(), (*words).to_owned());
    options.iter().map(owned).collect()
}

fn policies(desk: &Desk<'_>) -> Vec<(String, String)> {
    owned(&[
        (
            "admit",
            desk.say("let in, and note it", "izinkan, dan catat"),
        ),
        ("ask", desk.say("ask a supervisor", "tanya pengawas")),
        ("refuse", desk.say("refuse", "tolak")),
    ])
}

fn wristband_fields(desk: &Desk<'_>, rules: &GateRules, policy: Option<Policy>) -> Vec<Field> {
    let mut options = owned(&[("", desk.say("no wristbands", "tanpa gelang"))]);
    options.extend(policies(desk));
    vec![
        Field::choice(
            "wristbands",
            desk.say(
                "Wristbands: unknown exchange",
                "Gelang: penukaran belum dikenal",
            ),
            options,
        )
        .value(policy.map_or("", Policy::name))
        .hint(desk.say(
            "What a gate does with a wristband whose exchange it has not heard of.",
            "Tindakan gerbang untuk gelang yang penukarannya belum diketahui.",
        )),
        Field::check(
            "exchange",
            desk.say(
                "Tickets must be exchanged for wristbands",
                "Tiket harus ditukar gelang",
            ),
            rules.exchange_required,
        ),
    ]
}

fn node_fields(desk: &Desk<'_>, rules: &GateRules) -> Vec<Field> {
    vec![
        Field::choice(
            "sold_after",
            desk.say(
                "Genuine, but sold after the last sync",
                "Asli, tetapi terjual setelah sinkron terakhir",
            ),
            policies(desk),
        )
        .value(rules.sold_after_sync.name()),
        Field::number(
            "repeat",
            desk.say(
                "Seconds that count as a repeat",
                "Detik yang dianggap pengulangan",
            ),
        )
        .value((rules.repeat_ms / SECOND_MS).to_string()),
        Field::number(
            "lease",
            desk.say("Hours without contact", "Jam tanpa kontak"),
        )
        .value((rules.lease_ms / HOUR_MS).to_string()),
        Field::number(
            "most",
            desk.say(
                "People per minute and node",
                "Orang per menit dan perangkat",
            ),
        )
        .value(rules.most_per_minute.to_string()),
    ]
}

fn check_outs(desk: &Desk<'_>) -> Field {
    let moments = desk.offer.setup.check_outs.iter();
    let moments: Vec<_> = moments
        .map(|at| wall_clock::typed(*at, desk.zone()))
        .collect();
    Field::area(
        "check_outs",
        desk.say(
            "Everybody counts as outside again at",
            "Semua dihitung di luar lagi pada",
        ),
    )
    .value(moments.join("\n"))
    .most(1_000)
    .hint(desk.say(
        "One moment per line, such as 2027-01-09T04:00; for events where people go in and out.",
        "Satu waktu per baris, misalnya 2027-01-09T04:00; untuk acara dengan keluar masuk.",
    ))
}

pub(in crate::http::panel) async fn save(here: Here) -> Response {
    let saved = try_save(&here).await;
    answer(&here, AT, saved).await
}

async fn try_save(here: &Here) -> Result<String, Fault> {
    let event = meant(here)?;
    let change = change(here, &event.time_zone)?;
    let (change, by) = (Change::Rules(&change), actor(here));
    here.app()
        .change_as_seen(event.id, seen(here), &change, &by)
        .await?;
    Ok(done(here, AT, "saved"))
}

fn change(here: &Here, zone: &str) -> Result<RulesChange, Fault> {
    let form = here.form();
    let unread = || {
        Fault::Said(
            "Enter whole numbers for seconds, hours, people and times.",
            "Isi angka bulat untuk detik, jam, orang, dan jumlah kali.",
        )
    };
    let number = |field| typed::number(&form.text(field)).ok_or_else(unread);
    let limit = typed::number(&form.text("limit")).unwrap_or(1);
    let rule = entry_rule(&form.text("entry"), limit).ok_or(Fault::Said(
        "Choose how often a ticket lets in, and at least 1 time.",
        "Pilih berapa kali tiket berlaku, paling sedikit 1 kali.",
    ))?;
    let lines = form.text("check_outs");
    let moments = lines.lines().filter(|line| !line.trim().is_empty());
    let zone = wall_clock::zone(zone);
    let moments: Option<Vec<_>> = moments.map(|line| wall_clock::parse(line, zone)).collect();
    Ok(RulesChange {
        rules: GateRules {
            entry_rule: rule,
            exchange_required: !form.text("exchange").is_empty(),
            sold_after_sync: Policy::from_name(&form.text("sold_after")).unwrap_or(Policy::Ask),
            repeat_ms: number("repeat")?.saturating_mul(SECOND_MS),
            lease_ms: number("lease")?.saturating_mul(HOUR_MS),
            most_per_minute: u32::try_from(number("most")?).map_err(|_| unread())?,
        },
        wristbands: Policy::from_name(&form.text("wristbands")),
        check_outs: moments.ok_or(Fault::Said(
            "Write one moment per line, such as 2027-01-09T04:00.",
            "Tulis satu waktu per baris, misalnya 2027-01-09T04:00.",
        ))?,
    })
}

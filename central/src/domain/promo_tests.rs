//! Promo codes: which of them count, for how much, and why one is refused.

use super::*;

const NOW: Timestamp = Timestamp(1_000);
const VIP: TicketTypeId = TicketTypeId::from_u128(2);

fn promo(code: &str) -> Promo {
    Promo {
        id: PromoId::from_u128(code.len() as u128),
        code: code.to_owned(),
        ticket_type: None,
        cut: Cut::Percent(1_000),
        valid_from: Timestamp(500),
        valid_until: Timestamp(2_000),
        quota: 10,
        used: 0,
        per_buyer: 1,
        min_spend_minor: 0,
        is_stackable: true,
        status: PromoStatus::Active,
    }
}

fn codes(
    result: Result<Vec<Promo>, Vec<FieldError>>,
) -> Result<usize, Vec<(String, &'static str)>> {
    let named = |errors: Vec<FieldError>| errors.into_iter().map(|e| (e.field, e.code)).collect();
    result.map(|picked| picked.len()).map_err(named)
}

fn pick_of(typed: &[&str], known: &[Promo]) -> Result<usize, Vec<(String, &'static str)>> {
    let typed: Vec<String> = typed.iter().map(|t| (*t).to_owned()).collect();
    let spent = [(TicketTypeId::from_u128(1), 100_000)];
    codes(pick(&typed, known, |code| code == "BACKSTAGE", &spent, NOW))
}

#[test]
fn a_code_is_found_however_it_is_typed() {
    assert_eq!(pick_of(&[" early-bird "], &[promo("EARLY-BIRD")]), Ok(1));
    assert_eq!(pick_of(&["backstage"], &[]), Ok(0), "opens a hidden type");
    assert_eq!(pick_of(&[], &[promo("EARLY-BIRD")]), Ok(0));
}

#[test]
fn every_reason_has_its_name() {
    type Spoil = fn(&mut Promo);
    let spoils: [(&str, Spoil); 7] = [
        ("promo_ended", |p| p.valid_until = NOW),
        ("promo_ended", |p| p.status = PromoStatus::Disabled),
        ("promo_not_begun", |p| p.valid_from = Timestamp(NOW.0 + 1)),
        ("promo_used_up", |p| p.used = p.quota),
        ("promo_used_up", |p| p.status = PromoStatus::UsedUp),
        ("promo_other_type", |p| p.ticket_type = Some(VIP)),
        ("promo_min_spend", |p| p.min_spend_minor = 100_001),
    ];
    for (code, spoil) in spoils {
        let mut bad = promo("CODE");
        spoil(&mut bad);
        let refused = vec![("promo_codes[0]".to_owned(), code)];
        assert_eq!(pick_of(&["CODE"], &[bad]), Err(refused));
    }
    let unknown = vec![("promo_codes[1]".to_owned(), "promo_unknown")];
    assert_eq!(pick_of(&["CODE", "NONE"], &[promo("CODE")]), Err(unknown));
}

#[test]
fn codes_go_together_only_where_all_allow_it() {
    let alone = Promo {
        is_stackable: false,
        ..promo("ALONE")
    };
    let known = [promo("ONE"), promo("FOUR"), alone];
    assert_eq!(pick_of(&["ONE", "FOUR"], &known), Ok(2));
    assert_eq!(pick_of(&["ALONE"], &known), Ok(1));
    let refused = vec![("promo_codes".to_owned(), "promo_not_stackable")];
    assert_eq!(pick_of(&["ONE", "ALONE"], &known), Err(refused));
    let twice = vec![("promo_codes[1]".to_owned(), "promo_repeated")];
    assert_eq!(pick_of(&["ONE", "one"], &known), Err(twice));
    let many = vec![("promo_codes".to_owned(), "promo_too_many")];
    assert_eq!(pick_of(&["ONE"; 6], &known), Err(many));
}

#[test]
fn a_code_is_plain() {
    for (text, good) in [
        ("EARLY-BIRD_10", true),
        ("AB", false),
        ("early", false),
        ("ÄÖÜ", false),
        ("A B C", false),
        ("", false),
    ] {
        assert_eq!(is_code(text), good, "{text}");
    }
}

//! Operators: secrets, roles and what each role may do.

use super::*;

const LEAST: Cost = Cost::LEAST;
const SITI: OperatorId = OperatorId::from_u128(1);

fn operator(id: OperatorId, secret: &GateSecret, is_active: bool) -> Operator {
    Operator {
        id,
        login: "siti".to_owned(),
        name: "Siti".to_owned(),
        role: Role::Validator,
        secret: secret.hash(id, [3; 16], LEAST).expect("a hash"),
        is_active,
    }
}

#[test]
fn case_17_a_secret_reads_as_people_type_it_and_opens_for_its_operator_alone() {
    let secret = GateSecret::new(&[0, 1, 2, 17, 18, 31, 30, 29, 255, 4]);
    let printed = secret.text();
    assert_eq!(printed.len(), SECRET_CHARS + 1);
    let siti = operator(SITI, &secret, true);
    let opens = |operator: &Operator, typed: &str| {
        check(Some(operator), &GateSecret::typed(typed)).expect("it can be checked")
    };
    let lower = printed
        .to_lowercase()
        .replace('-', " ")
        .replace('0', "o")
        .replace('1', "l");
    assert!(opens(&siti, &printed) && opens(&siti, &lower));
    for wrong in [
        "",
        "-",
        &printed[1..],
        &printed.replace('Z', "Y"),
        &"X".repeat(500),
    ] {
        assert!(!opens(&siti, wrong), "{wrong}");
    }
    let moved = Operator {
        id: OperatorId::from_u128(2),
        ..siti.clone()
    };
    assert!(
        !opens(&moved, &printed),
        "a hash in another's place opens nothing"
    );
    assert!(
        !opens(&operator(SITI, &secret, false), &printed),
        "disabled"
    );
    assert_eq!(check(None, &secret), Ok(false));
}

#[test]
fn a_hash_that_asks_for_too_much_is_refused_before_memory_is_taken() {
    let secret = GateSecret::typed("ABCDE-FGH12");
    for cost in [
        Cost {
            memory_kib: u32::MAX,
            rounds: 2,
        },
        Cost {
            memory_kib: 8,
            rounds: 1,
        },
        Cost {
            memory_kib: 19_456,
            rounds: 1_000_000,
        },
    ] {
        let refused = secret.hash(SITI, [0; 16], cost);
        assert!(matches!(refused, Err(SecretError::Cost { .. })), "{cost:?}");
    }
}

#[test]
fn case_17_roles_are_what_they_say() {
    let names = |role: Role| role.rights().names();
    assert_eq!(names(Role::ExchangeOfficer), ["exchange", "unpair"]);
    assert_eq!(names(Role::Validator), ["entry", "exit"]);
    assert_eq!(Role::Supervisor.rights(), Rights::ALL);
    let node = Rights::parse("entry,exchange").expect("known");
    assert_eq!(Role::Validator.rights().and(node).names(), ["entry"]);
    assert!(!Role::Supervisor.rights().and(node).allow_override());
}

#[test]
fn login_names_are_plain() {
    for good in ["siti", "a.b-c_9"] {
        assert!(is_login(good), "{good}");
    }
    for bad in ["", "a", "Siti", "siti rahma", "sití", &"x".repeat(41)] {
        assert!(!is_login(bad), "{bad}");
    }
}

#[test]
fn neither_secret_nor_hash_is_printed() {
    let secret = GateSecret::typed("ABCDE-FGH12");
    let siti = operator(SITI, &secret, true);
    let said = format!("{secret:?} {siti:?}");
    assert!(
        !said.contains("ABCDE") && said.contains("SecretHash(…)"),
        "{said}"
    );
}

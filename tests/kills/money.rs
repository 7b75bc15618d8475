//! The kills.
use std::time::Duration;

use ambient::{Entropy, SeededEntropy};
use data_encoding::BASE64;
use support::{
    central::Engine,
    program,
    shop::{IDENTITY, KEY},
};

use crate::cashier::Cashier;

const PAID: &str = "SELECT COUNT(*) FROM orders WHERE status = 'paid'";
const TICKETS: &str = "SELECT COUNT(*) FROM tickets";
const MAILS: &str = "SELECT COUNT(*) FROM outbox WHERE kind = 'tickets_mail'";
const MOVES: &str = "SELECT COUNT(*) FROM audit_log WHERE action = 'payment.paid'";

/// A moment within the time that a notice takes, or shortly before or after it.
fn moment(dice: &SeededEntropy) -> Duration {
    Duration::from_micros(dice.next_u64() % 40_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn central_dies_between_webhook_and_answer_and_between_paid_and_mail() {
    dies_around_payments(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn central_dies_around_payments_on_mariadb() {
    dies_around_payments(Engine::MariaDb).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn central_dies_in_the_middle_of_a_mass_refund() {
    dies_in_a_mass_refund(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn central_dies_in_the_middle_of_a_mass_refund_on_mariadb() {
    dies_in_a_mass_refund(Engine::MariaDb).await;
}

async fn dies_around_payments(engine: Engine) {
    let mut cashier = Cashier::open(engine).await;
    let dice = SeededEntropy::new(11);
    let orders = 12;
    for n in 0..orders {
        let number = cashier.order(&format!("dies-at-{n:04}"), 2).await;
        // The notice is on its way while central dies.
        let paying = tokio::time::timeout(moment(&dice), cashier.pay(&number));
        // Whether it was heard in time is what nobody knows.
        drop(paying.await);
        cashier.kill().await;
        cashier.start().await;
        cashier.until(PAID, n + 1).await;
    }
    assert_eq!(cashier.number(TICKETS).await, 2 * orders, "nothing twice");
    assert_eq!(
        cashier.number(MAILS).await,
        orders,
        "every mail is to be sent, once"
    );
    assert_eq!(cashier.number(MOVES).await, orders);
    let sold = "SELECT taken FROM ticket_types";
    assert_eq!(cashier.number(sold).await, 2 * orders);
    cashier.kill().await;
    assert_books_hold(&cashier).await;
    assert_nothing_is_told(&cashier);
}

#[tokio::test(flavor = "multi_thread")]
async fn central_dies_after_it_kept_notices_and_before_it_followed_them() {
    let mut cashier = Cashier::open(Engine::Sqlite).await;
    let orders = 6;
    let mut numbers = Vec::new();
    for n in 0..orders {
        numbers.push(cashier.order(&format!("kept-{n:04}"), 2).await);
    }
    // Notices come in, and the provider's records cannot be read.
    cashier.line.stall();
    let paying = futures_util::future::join_all(numbers.iter().map(|number| cashier.pay(number)));
    let kept = "SELECT COUNT(DISTINCT reference) FROM payment_notices";
    tokio::select! {
        // They are answered that they are to be sent again.
        _ = paying => cashier.until(kept, orders).await,
        () = cashier.until(kept, orders) => {}
    }
    assert_eq!(cashier.number(PAID).await, 0);
    cashier.kill().await;
    cashier.line.mend();
    cashier.start().await;
    cashier.until(PAID, orders).await;
    assert_eq!(cashier.number(TICKETS).await, 2 * orders, "nothing twice");
    assert_eq!(cashier.number(MAILS).await, orders);
    assert_eq!(cashier.number(MOVES).await, orders);
    cashier.kill().await;
    assert_books_hold(&cashier).await;
}

async fn dies_in_a_mass_refund(engine: Engine) {
    let mut cashier = Cashier::open(engine).await;
    let dice = SeededEntropy::new(12);
    let by_provider = 8;
    for n in 0..by_provider {
        let number = cashier.order(&format!("comes-{n:04}"), 1).await;
        cashier.pay(&number).await;
    }
    cashier.until(PAID, by_provider).await;
    let bulk = i64::try_from(cashier.office.sell(60).await.expect("sold").len()).expect("few");
    let orders = cashier.number("SELECT COUNT(*) FROM orders").await;
    let paid = cashier
        .number("SELECT CAST(SUM(amount_minor) AS SIGNED) FROM payments")
        .await;
    // The command that begins it dies first, and then the server, again and again.
    let mut cancel = cashier.command();
    let slug = cashier.office.event.event.slug.clone();
    cancel.args(["event", "cancel", &slug, "--by", "organiser"]);
    let begun = cashier.start_beside(cancel, "cancel");
    cashier.until("SELECT COUNT(*) FROM refund_runs", 1).await;
    begun.kill().await.expect("it is dead");
    for _ in 0..8 {
        tokio::time::sleep(moment(&dice)).await;
        cashier.kill().await;
        cashier.start().await;
    }
    cashier
        .until(
            "SELECT COUNT(*) FROM refund_runs WHERE done_at IS NOT NULL",
            1,
        )
        .await;
    cashier
        .until(
            "SELECT COUNT(*) FROM refunds WHERE status IN ('approved', 'sent')",
            0,
        )
        .await;
    let each_once = "SELECT COUNT(*) FROM refunds WHERE reason = 'event_cancelled'";
    assert_eq!(cashier.number(each_once).await, orders);
    assert_eq!(
        cashier
            .number("SELECT COUNT(DISTINCT order_id) FROM refunds")
            .await,
        orders
    );
    assert_eq!(
        cashier.number("SELECT orders FROM refund_runs").await,
        orders
    );
    assert_eq!(
        cashier
            .number("SELECT CAST(SUM(amount_minor) AS SIGNED) FROM refunds")
            .await,
        paid
    );
    assert_eq!(
        cashier
            .number("SELECT CAST(SUM(claimed_minor) AS SIGNED) FROM payments")
            .await,
        paid
    );
    let gone = "SELECT COUNT(*) FROM tickets WHERE status = 'refunded'";
    assert_eq!(cashier.number(gone).await, by_provider + bulk);
    assert_eq!(cashier.number("SELECT taken FROM ticket_types").await, 0);
    assert_eq!(
        cashier.refunded().await,
        by_provider * 150_000,
        "at the provider, once"
    );
    let mails = "SELECT COUNT(*) FROM outbox WHERE kind = 'refund_mail'";
    assert_eq!(cashier.number(mails).await, orders);
    cashier.kill().await;
    assert_books_hold(&cashier).await;
    assert_nothing_is_told(&cashier);
}

/// Every event's rows add up to what its gates are told.
async fn assert_books_hold(cashier: &Cashier) {
    let mut verify = cashier.command();
    verify.args(["audit", "verify"]);
    let checked = program::finish(verify, &[0]).await;
    checked.expect("what is stored holds together");
}

/// Neither the key nor its form in a header, nor an identity number, is in a log of the finest grain.
fn assert_nothing_is_told(cashier: &Cashier) {
    let log = cashier.log();
    assert!(log.contains("central is open"), "it logs");
    let header = BASE64.encode(format!("{KEY}:").as_bytes());
    for secret in [KEY, &header, IDENTITY] {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "a secret is in the log: {line:?}");
    }
}

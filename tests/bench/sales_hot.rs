//! `sales.hot`: orders per second that hold a ticket of one type, 512 buyers at once on MariaDB, beside one transaction
//! per order into the same tables. `sales.hot.oversold`: tickets held beyond the quota, which fewer get than ask.
//!
//! The peer writes the same rows with the same conditional update, over the same pool, and its session as the app does
//! in a second transaction; what it lacks is that requests are combined. Nobody outside is asked: the money is taken
//! at the desk.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Instant,
};

use anyhow::{Result, ensure};
use central::{
    domain::{
        channel::Channel,
        event::EventSetup,
        hold::{Claim, HoldStatus},
        id::{OrderId, OrderItemId, PaymentId},
        identity::IdentityKind,
        letter::LetterKind,
        money::{Currency, Money},
        order::{Order, OrderItem, OrderStatus, number},
        payment::PaymentStatus,
        price::Sums,
    },
    store::{
        self,
        hold::Hold,
        order::{Attendee, OrderSecrets},
        payment::{KeptSession, Payment},
    },
};
use support::{
    buyers::form,
    central::{Engine, TestCentral},
    festival::festival,
};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::figure::{Figure, Report};

const BUYERS: usize = 512;
/// Orders of each buyer, one after the other.
const COMBINED: usize = 24;
const ALONE: usize = 4;
/// As many as the pool has.
const CONNECTIONS: usize = 32;
const PRICE: i64 = 150_000;

/// Measures both ways.
pub async fn run(report: &mut Report) -> Result<()> {
    let alone = alone(&open(BUYERS * ALONE).await?).await?;
    let hall = open(BUYERS * COMBINED - 1_000).await?;
    let held = combined(&hall).await?;
    report.add(&Figure::new("sales.hot", held, "orders/s").beside("one transaction each", alone));
    let oversold = hall.held().await? - hall.event.types[0].quota;
    report.add(&Figure::new(
        "sales.hot.oversold",
        oversold as f64,
        "tickets",
    ));
    ensure!(oversold == 0, "{oversold} more or less than there are");
    Ok(())
}

struct Hall {
    central: TestCentral,
    event: EventSetup,
}

async fn open(quota: usize) -> Result<Hall> {
    let central = TestCentral::new(Engine::MariaDb).await;
    let mut wish = festival();
    wish.types[0].quota = i64::try_from(quota)?;
    let event = central.publish(&wish).await;
    Ok(Hall { central, event })
}

impl Hall {
    /// What the holds claim together.
    async fn held(&self) -> Result<i64> {
        let sql = "SELECT CAST(SUM(quantity) AS SIGNED) FROM holds WHERE status = 'held'";
        let store::Store::MySql { reader, .. } = &self.central.app.store else {
            anyhow::bail!("opened on MariaDB");
        };
        Ok(sqlx::query_scalar(sql).fetch_one(reader).await?)
    }
}

/// Orders per second through the app.
async fn combined(hall: &Hall) -> Result<f64> {
    let (slug, kind) = (hall.event.event.slug.as_str(), hall.event.types[0].id);
    // The first one loads the offer.
    let warm = form(0, kind, 1);
    hall.central
        .app
        .place_order(slug, "warm-up-order", &warm)
        .await?;
    let start = Instant::now();
    let sold = Arc::new(AtomicI64::new(0));
    let mut buyers = JoinSet::new();
    for buyer in 0..BUYERS {
        let (app, slug, sold) = (hall.central.app.clone(), slug.to_owned(), Arc::clone(&sold));
        buyers.spawn(async move {
            for turn in 0..COMBINED {
                let key = format!("hot-{buyer:04}-{turn:04}");
                let placed = app.place_order(&slug, &key, &form(buyer, kind, 1)).await;
                sold.fetch_add(i64::from(placed.is_ok()), Ordering::Relaxed);
            }
        });
    }
    while let Some(done) = buyers.join_next().await {
        done?;
    }
    Ok(sold.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64())
}

/// Orders per second, each in a transaction of its own. Who finds no connection waits here, because the pool would
/// turn it away after a while.
async fn alone(hall: &Hall) -> Result<f64> {
    let connections = Arc::new(Semaphore::new(CONNECTIONS));
    let start = Instant::now();
    let mut buyers = JoinSet::new();
    for buyer in 0..BUYERS {
        let (app, event) = (hall.central.app.clone(), hall.event.clone());
        let connections = Arc::clone(&connections);
        buyers.spawn(async move {
            for turn in 0..ALONE {
                let _connection = connections.acquire().await?;
                place_alone(&app, &event, &format!("alone-{buyer:04}-{turn:04}")).await?;
            }
            Ok::<_, anyhow::Error>(())
        });
    }
    while let Some(done) = buyers.join_next().await {
        done??;
    }
    Ok((BUYERS * ALONE) as f64 / start.elapsed().as_secs_f64())
}

async fn place_alone(app: &central::app::App, event: &EventSetup, key: &str) -> Result<()> {
    let now = app.clock.now();
    let kind = &event.types[0];
    let claim = Claim {
        ticket_type: kind.id,
        quantity: 1,
    };
    let order = order(app, event);
    let identity = app.vault.digest("identity", key.as_bytes());
    let secrets = OrderSecrets {
        identity_sealed: app.vault.seal("identity", key.as_bytes(), &*app.entropy),
        identity_digest: identity,
        idempotency_key: key.to_owned(),
        request_digest: identity,
        access_digest: identity,
    };
    let item = OrderItem {
        id: OrderItemId(app.new_id(now)),
        ticket_type: kind.id,
        name: kind.name.clone(),
        type_version: kind.version,
        quantity: 1,
        unit_price: Money::new(PRICE, Currency::Idr),
    };
    let attendee = Attendee {
        order: order.id,
        place: 0,
        item: item.id,
        name: order.buyer_name.clone(),
    };
    let hold = Hold {
        order: order.id,
        claim,
        until: order.hold_until,
        status: HoldStatus::Held,
    };
    let payment = payment(app, &order);
    let mut tx = app.store.begin().await?;
    ensure!(store::hold::claim(&mut tx, &[claim]).await?, "sold out");
    store::order::insert(&mut tx, &[&(order.clone(), secrets)]).await?;
    store::order::insert_items(&mut tx, &[&(order.id, item)]).await?;
    store::order::insert_attendees(&mut tx, &[&attendee]).await?;
    store::hold::insert(&mut tx, &[hold]).await?;
    store::payment::insert(&mut tx, std::slice::from_ref(&payment)).await?;
    tx.commit().await?;
    let session = KeptSession {
        payment: payment.id,
        order: order.id,
        token: order.number.clone(),
        redirect_url: None,
    };
    let letter = (app.new_id(now), order.id.0);
    let mut tx = app.store.begin().await?;
    store::payment::put_sessions(&mut tx, &[session], now).await?;
    let kind = LetterKind::PaymentPending;
    store::letter::put_many(&mut tx, kind, &[letter], now, now).await?;
    tx.commit().await?;
    Ok(())
}

fn order(app: &central::app::App, event: &EventSetup) -> Order {
    let now = app.clock.now();
    Order {
        id: OrderId(app.new_id(now)),
        number: number(app.entropy.next_u64()),
        event: event.event.id,
        status: OrderStatus::Pending,
        buyer_name: "Siti Rahma".to_owned(),
        identity_kind: IdentityKind::Passport,
        email: "siti@example.id".to_owned(),
        phone: "+6281234567890".to_owned(),
        language: "id".to_owned(),
        sums: Sums::plain(PRICE),
        total: Money::new(PRICE, Currency::Idr),
        hold_until: now.plus_ms(event.event.hold_ms),
        created_at: now,
        paid_at: None,
        attention: None,
        channel: Channel::Web,
        address_changes: 0,
    }
}

fn payment(app: &central::app::App, order: &Order) -> Payment {
    Payment {
        id: PaymentId(app.new_id(order.created_at)),
        order: order.id,
        provider: "on_site".to_owned(),
        reference: order.number.clone(),
        transaction_ref: None,
        status: PaymentStatus::Pending,
        channel: None,
        amount: order.total,
        token: None,
        redirect_url: None,
        expires_at: order.hold_until,
        created_at: order.created_at,
        updated_at: order.created_at,
    }
}

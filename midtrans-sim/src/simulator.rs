//! The running simulator: the world behind a lock, the clock it is shown, the sender of notices and
//! the HTTP server in front.
//!
//! Invariant: every look at the world first expires what is due at that moment, and every notice a
//! call queued leaves when the call ends; no lock is held across an await.
//! Called by tests (in process), by the demo and by `main`. The wall clock is never read here.

use std::{
    fmt,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    net::TcpListener,
    sync::{oneshot, watch},
    task::JoinHandle,
};

use crate::{
    body::Merchant,
    delivery::{Attempt, Delivery},
    drive::Drive,
    http,
    refusal::Refusal,
    world::World,
};

/// The moment it is, in Unix milliseconds.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

/// How often due transactions are expired when nobody calls.
const SWEEP_EVERY: Duration = Duration::from_millis(250);

#[derive(Clone)]
pub struct Options {
    /// Port 0 takes a free one.
    pub listen: SocketAddr,
    pub server_key: String,
    pub merchant_id: String,
    /// Where notices go unless a request's `X-Override-Notification` says otherwise.
    pub notification_url: Option<String>,
    /// Where the customer is sent if the request has no `callbacks.finish`.
    pub finish_url: Option<String>,
    /// Divides the waits between retries of a notice; 1 is Midtrans' own pace.
    pub hurry: u32,
    pub now: Now,
}

impl Options {
    /// Options for tests: a free port on loopback, no notification URL.
    #[must_use]
    pub fn new(server_key: &str, now: Now) -> Options {
        Options {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            server_key: server_key.to_owned(),
            merchant_id: "G000000001".to_owned(),
            notification_url: None,
            finish_url: None,
            hurry: 1,
            now,
        }
    }
}

/// What the routes share.
pub struct Simulator {
    world: Mutex<World>,
    delivery: Arc<Delivery>,
    now: Now,
    pub(crate) base_url: String,
    pub(crate) authorization: String,
    pub(crate) finish_url: Option<String>,
    pub(crate) merchant_id: String,
}

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

impl Simulator {
    /// Binds and serves until the returned [`Running`] is dropped.
    ///
    /// # Errors
    /// If the address cannot be bound or no HTTP client can be built.
    pub async fn start(options: Options) -> anyhow::Result<Running> {
        let listener = TcpListener::bind(options.listen).await?;
        let address = listener.local_addr()?;
        let base_url = format!("http://{address}");
        let (stop, stopped) = watch::channel(false);
        let delivery = Arc::new(Delivery::new(options.hurry, stopped.clone())?);
        let simulator = Arc::new(Simulator::new(options, base_url.clone(), delivery));
        let sweeper = tokio::spawn(sweep(Arc::clone(&simulator), stopped.clone()));
        let router = http::router(Arc::clone(&simulator));
        let server = tokio::spawn(serve(listener, router, stopped));
        Ok(Running {
            base_url,
            address,
            simulator,
            stop,
            tasks: vec![server, sweeper],
        })
    }

    fn new(options: Options, base_url: String, delivery: Arc<Delivery>) -> Simulator {
        let seed = format!("{base_url} {}", (options.now)());
        let authorization = http::basic(&options.server_key);
        let merchant = Merchant {
            id: options.merchant_id.clone(),
            server_key: options.server_key,
        };
        Simulator {
            world: Mutex::new(World::new(merchant, options.notification_url, seed)),
            delivery,
            now: options.now,
            base_url,
            authorization,
            finish_url: options.finish_url,
            merchant_id: options.merchant_id,
        }
    }

    /// Does one thing with the world as it is now; notices leave in the background.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut World, i64) -> T) -> T {
        self.with_notices(act).0
    }

    fn with_notices<T>(
        &self,
        act: impl FnOnce(&mut World, i64) -> T,
    ) -> (T, Vec<oneshot::Receiver<()>>) {
        let now = (self.now)();
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.sweep(now);
        let result = act(&mut world, now);
        // Still under the lock: the order of moves is the order of sending.
        let together = world.faults.together;
        let due = world.take_outbox().into_iter();
        let sent = due.map(|notice| match together {
            true => self.delivery.send_at_once(notice),
            false => self.delivery.send(notice),
        });
        (result, sent.collect())
    }

    /// As [`Simulator::with`], and waits until the first attempt of every notice is over.
    pub(crate) async fn with_delivery<T>(&self, act: impl FnOnce(&mut World, i64) -> T) -> T {
        let (result, sent) = self.with_notices(act);
        for first_attempt in sent {
            // An error only says that the simulator is stopping.
            let _ = first_attempt.await;
        }
        result
    }

    pub(crate) fn attempts(&self) -> Vec<Attempt> {
        self.delivery.log()
    }
}

/// A simulator that serves until it is dropped.
#[derive(Debug)]
pub struct Running {
    /// `http://127.0.0.1:PORT`, for both Snap and Core.
    pub base_url: String,
    pub address: SocketAddr,
    simulator: Arc<Simulator>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    /// Drives an order to a row and waits for the first attempt of its notices; returns the
    /// transaction id.
    ///
    /// # Errors
    /// As [`World::drive`].
    pub async fn drive(&self, order_id: &str, drive: &Drive) -> Result<String, Refusal> {
        self.simulator
            .with_delivery(|world, now| world.drive(order_id, drive, now))
            .await
    }

    /// Every attempt to deliver a notice so far (the newest thousand), oldest first.
    #[must_use]
    pub fn attempts(&self) -> Vec<Attempt> {
        self.simulator.attempts()
    }

    /// Waits until requests in flight are answered and the port is free.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        for task in std::mem::take(&mut self.tasks) {
            // A task that panicked has said so in the log already.
            let _ = task.await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

async fn serve(listener: TcpListener, router: axum::Router, mut stopped: watch::Receiver<bool>) {
    let until = async move {
        // An error means the sender is gone, which is a stop as well.
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    if let Err(error) = axum::serve(listener, router)
        .with_graceful_shutdown(until)
        .await
    {
        tracing::error!(%error, "the simulator stopped serving");
    }
}

async fn sweep(simulator: Arc<Simulator>, mut stopped: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(SWEEP_EVERY);
    loop {
        tokio::select! {
            _ = ticks.tick() => simulator.with(|_, _| ()),
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
    }
}

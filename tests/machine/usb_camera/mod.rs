//! A USB camera without the camera: it speaks USB/IP with the guest's kernel, whose own `uvcvideo` drives it as if it were
//! plugged in, and sends frames that the test paints.
//!
//! It lives in the test's process. The guest connects to it and hands the connection to the kernel's virtual host
//! controller ([`Camera::plug_in`]). Hanging up is pulling the plug; not answering is a camera that hangs.

mod descriptor;
mod picture;
mod request;

use std::{
    collections::VecDeque,
    io,
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

use descriptor::Agreed;
pub use descriptor::{FPS_7_5, FPS_12_5, FPS_30, Format, Model};
use request::{Request, STALLED, Setup, Transfer};

use crate::guest::{Guest, HOST};

/// Before every frame: its length, flags, and a time stamp that nobody needs.
const HEADER: u32 = 12;
/// So long a camera that hangs looks whether it still does.
const DOZE: Duration = Duration::from_millis(20);

/// A camera, with or without a plug in a machine.
pub struct Camera {
    port: u16,
    view: Arc<Mutex<View>>,
}

/// What lies before it, and how it is.
#[derive(Default)]
struct View {
    code: Option<String>,
    /// It answers no question for a picture.
    hangs: bool,
    /// The open connection.
    plug: Option<TcpStream>,
    /// Frames sent.
    frames: u64,
}

impl Camera {
    /// Makes one.
    pub fn new(model: Model) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let view = Arc::<Mutex<View>>::default();
        let seen = Arc::clone(&view);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                stream.set_nodelay(true).expect("a socket");
                locked(&seen).plug = stream.try_clone().ok();
                // An end of the connection is the plug being pulled, by either side.
                let _ = serve(stream, &model, &seen);
                locked(&seen).plug = None;
            }
        });
        Self { port, view }
    }

    /// Plugs it into a machine's USB and waits for the driver's device.
    pub async fn plug_in(&self, guest: &mut Guest, device: &str) {
        // The shell that writes the line has the connection as its input: descriptor 0 is what the kernel takes over.
        // 65538 is a device number that nobody has, 3 the speed of USB 2.0.
        let attach = "echo 0 0 65538 3 >/sys/devices/platform/vhci_hcd.0/attach";
        guest.must(&format!("echo '{attach}' >/tmp/attach")).await;
        guest
            .must(&format!("nc {HOST} {} -e sh /tmp/attach", self.port))
            .await;
        let wait = format!(
            "n=0; while [ ! -e {device} ] && [ $n -lt 400 ]; do usleep 50000; n=$((n+1)); done; test -e {device}"
        );
        guest.must(&wait).await;
    }

    /// Pulls the plug.
    pub fn pull(&self) {
        if let Some(plug) = &self.view().plug {
            let _ = plug.shutdown(Shutdown::Both);
        }
    }

    /// Holds a code before it, or takes it away.
    pub fn show(&self, code: Option<&str>) {
        self.view().code = code.map(str::to_owned);
    }

    /// Lets it hang, or come back.
    pub fn hang(&self, hangs: bool) {
        self.view().hangs = hangs;
    }

    /// How many frames it sent.
    pub fn frames(&self) -> u64 {
        self.view().frames
    }

    fn view(&self) -> MutexGuard<'_, View> {
        locked(&self.view)
    }
}

fn locked(view: &Mutex<View>) -> MutexGuard<'_, View> {
    view.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers until the connection ends.
fn serve(stream: TcpStream, model: &Model, view: &Mutex<View>) -> io::Result<()> {
    let requests = requests(stream.try_clone()?);
    let mut stream = stream;
    let mut sending = Sending::new(model, view);
    loop {
        match requests.recv_timeout(sending.patience()) {
            Ok(Request::TakeBack { number, of }) => {
                request::answer_take_back(&mut stream, number, sending.take_back(of))?;
            }
            Ok(Request::Transfer(transfer)) if transfer.endpoint == 0 => {
                sending.control(&mut stream, &transfer)?
            }
            Ok(Request::Transfer(transfer)) => sending.wanted.push_back(transfer),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        sending.send(&mut stream)?;
    }
}

fn requests(mut stream: TcpStream) -> Receiver<Request> {
    let (to, from): (Sender<Request>, _) = channel();
    thread::spawn(move || {
        while let Ok(request) = request::next(&mut stream) {
            if to.send(request).is_err() {
                return;
            }
        }
    });
    from
}

/// The stream of frames, and the transfers that wait for a piece of it.
struct Sending<'a> {
    model: &'a Model,
    view: &'a Mutex<View>,
    agreed: Agreed,
    wanted: VecDeque<Transfer>,
    /// The frame that is on its way, and how much of it is sent.
    frame: Vec<u8>,
    sent: usize,
    due: Instant,
    /// Toggles with each frame, so that the host sees where one ends.
    parity: u8,
    /// The last picture, and of what it is.
    painted: Option<(Option<String>, Agreed, Vec<u8>)>,
}

impl<'a> Sending<'a> {
    fn new(model: &'a Model, view: &'a Mutex<View>) -> Self {
        Self {
            model,
            view,
            agreed: model.at_first(),
            wanted: VecDeque::new(),
            frame: Vec::new(),
            sent: 0,
            due: Instant::now(),
            parity: 0,
            painted: None,
        }
    }

    fn patience(&self) -> Duration {
        match self.wanted.is_empty() {
            true => Duration::from_secs(1),
            false => self
                .due
                .saturating_duration_since(Instant::now())
                .clamp(Duration::from_millis(1), DOZE),
        }
    }

    fn take_back(&mut self, number: u32) -> bool {
        let before = self.wanted.len();
        self.wanted.retain(|transfer| transfer.number != number);
        // The host stops: the next stream begins with a whole frame.
        if self.wanted.is_empty() {
            self.frame.clear();
            self.sent = 0;
        }
        self.wanted.len() != before
    }

    /// Sends what is due and wanted.
    fn send(&mut self, stream: &mut TcpStream) -> io::Result<()> {
        while !self.wanted.is_empty() && !locked(self.view).hangs {
            if self.sent >= self.frame.len() {
                if Instant::now() < self.due {
                    return Ok(());
                }
                self.begin_frame();
            }
            let Some(transfer) = self.wanted.pop_front() else {
                return Ok(());
            };
            let until = self.frame.len().min(self.sent + transfer.length);
            let piece = &self.frame[self.sent..until];
            request::answer(stream, transfer.number, 0, piece, piece.len())?;
            self.sent = until;
        }
        Ok(())
    }

    fn begin_frame(&mut self) {
        let code = {
            let mut view = locked(self.view);
            view.frames += 1;
            view.code.clone()
        };
        let is_painted =
            matches!(&self.painted, Some((of, at, _)) if *of == code && *at == self.agreed);
        if !is_painted {
            let (size, format) = (self.model.size(self.agreed), self.model.pixels(self.agreed));
            let bytes = picture::bytes(code.as_deref(), size, format);
            self.painted = Some((code, self.agreed, bytes));
        }
        let [length, ..] = HEADER.to_le_bytes();
        // 0x80: the header ends here; 0x02: the frame ends with this payload.
        self.frame = vec![length, 0x82 | self.parity];
        self.frame.resize(usize::from(length), 0);
        self.frame
            .extend(self.painted.iter().flat_map(|(_, _, bytes)| bytes));
        self.parity ^= 1;
        self.sent = 0;
        let pace = Duration::from_nanos(u64::from(self.agreed.interval) * 100);
        self.due = (self.due + pace).max(Instant::now());
    }

    fn control(&mut self, stream: &mut TcpStream, transfer: &Transfer) -> io::Result<()> {
        let Some(reply) = self.reply(&transfer.setup, &transfer.brought) else {
            return request::answer(stream, transfer.number, STALLED, &[], 0);
        };
        if !transfer.wants_bytes {
            return request::answer(stream, transfer.number, 0, &[], transfer.brought.len());
        }
        let most = usize::from(transfer.setup.length).min(transfer.length);
        let reply = &reply[..reply.len().min(most)];
        request::answer(stream, transfer.number, 0, reply, reply.len())
    }

    /// What a camera answers on its control endpoint; `None` = it does not do that.
    fn reply(&mut self, setup: &Setup, brought: &[u8]) -> Option<Vec<u8>> {
        let is_streaming = setup.index & 0xff == 1;
        match setup.what {
            (0x80, 6) => match setup.value.to_be_bytes() {
                [1, _] => Some(Model::device()),
                [2, _] => Some(self.model.configuration()),
                [3, number] => Some(self.model.string(number.into())),
                _ => None,
            },
            (0x80 | 0x81, 0) => Some(vec![0, 0]),
            (0x81, 10) => Some(vec![0]),
            (0x80, 8) => Some(vec![1]),
            (0x00, 5 | 9) | (0x01, 11) | (0x02, 1) => Some(Vec::new()),
            // Current, least, most and usual settings are all what was agreed on.
            (0xa1, 0x81..=0x83 | 0x87) if is_streaming => Some(self.model.block(self.agreed)),
            (0xa1, 0x85) => Some(vec![26, 0]),
            (0xa1, 0x86) => Some(vec![3]),
            (0x21, 1) if is_streaming => {
                self.agreed = self.model.agree(brought)?;
                Some(Vec::new())
            }
            _ => None,
        }
    }
}

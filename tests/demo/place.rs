//! Where the demo lives: its folder and its ports.

use std::{
    fs::File,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::narrate;

/// A fresh folder and the addresses of one demo.
#[derive(Debug)]
pub struct Place {
    /// All state.
    pub folder: PathBuf,
    /// Where buyers reach central.
    pub central: SocketAddr,
    /// Where nodes reach central.
    pub nodes: SocketAddr,
    /// The simulated Midtrans.
    pub midtrans: SocketAddr,
    /// The two gates' screens.
    pub screens: [SocketAddr; 2],
    /// Held as long as the demo runs, so that a second one leaves the folder alone.
    _lock: File,
}

/// A file that says: this folder is the demo's own and may be emptied.
const OWN_MARK: &str = ".gerbang-demo";

impl Place {
    /// Empties the folder and picks the ports.
    pub fn new(folder: &Path, free_ports: bool) -> Result<Self> {
        let lock = empty(folder)?;
        let folder = folder.canonicalize().context("the demo's folder")?;
        let port = |usual| {
            if free_ports {
                free_port()
            } else {
                usual_or_free(usual)
            }
        };
        Ok(Self {
            folder,
            central: port(8080)?,
            nodes: port(8443)?,
            midtrans: port(9444)?,
            screens: [port(8781)?, port(8782)?],
            _lock: lock,
        })
    }

    /// Address for browsers and the API.
    pub fn central_url(&self) -> String {
        format!("http://{}", self.central)
    }

    /// Address for nodes.
    pub fn nodes_url(&self) -> String {
        format!("https://{}", self.nodes)
    }

    /// Address of the simulated Midtrans.
    pub fn midtrans_url(&self) -> String {
        format!("http://{}", self.midtrans)
    }

    /// The folder where mail lies instead of being sent.
    pub fn mail(&self) -> PathBuf {
        self.folder.join("mail")
    }

    /// The folder of a gate's node.
    pub fn home(&self, gate: usize) -> PathBuf {
        self.folder.join(["gate-north", "gate-south"][gate])
    }
}

/// Empties the folder and takes it for this demo.
fn empty(folder: &Path) -> Result<File> {
    let mark = folder.join(OWN_MARK);
    let earlier = File::open(&mark).ok();
    if earlier
        .as_ref()
        .is_some_and(|earlier| earlier.try_lock().is_err())
    {
        bail!(
            "a demo runs in {} already: end it, or name another --folder",
            folder.display()
        );
    }
    let holds_files = folder.is_dir() && folder.read_dir()?.next().is_some();
    if holds_files && earlier.is_none() {
        bail!(
            "{} holds files that are not the demo's: name another with --folder",
            folder.display()
        );
    }
    if folder.exists() {
        std::fs::remove_dir_all(folder).context("emptying the demo's folder")?;
    }
    std::fs::create_dir_all(folder).context("making the demo's folder")?;
    std::fs::write(&mark, "made by make demo; emptied at its next start\n")?;
    let lock = File::open(&mark)?;
    lock.try_lock().context("taking the demo's folder")?;
    Ok(lock)
}

fn usual_or_free(port: u16) -> Result<SocketAddr> {
    let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    if TcpListener::bind(usual).is_ok() {
        return Ok(usual);
    }
    let free = free_port()?;
    narrate::answer(&format!(
        "port {port} is taken; using {} instead",
        free.port()
    ));
    Ok(free)
}

fn free_port() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("a free port")?;
    Ok(listener.local_addr()?)
}

//! A venue of three gates: a switch, central and each gate's machine on a cable of its own, and ways to cut one.

use std::{
    net::{SocketAddr, TcpStream},
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use support::{
    box_office::{BoxOffice, GATES},
    program::{self, Running},
};
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    machine::{Machine, Way},
    namespaces::Namespace,
};

/// Where gates reach central.
const CENTRAL: &str = "10.77.0.1:8443";
/// Longest wait for anything: generous, because a wait that is over sooner ends sooner.
const PATIENCE: Duration = Duration::from_secs(100);

/// How a gate's cable fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Packets vanish both ways; nobody is told.
    Vanish,
    /// What the gate sends arrives and no answer comes back, so central knows more than the gate thinks.
    Deaf,
    /// The cable is pulled, and the machine knows.
    Pulled,
}

/// Everything that runs.
pub struct Venue {
    /// Central's database.
    pub office: BoxOffice,
    /// The gates' machines, in the order of [`GATES`].
    pub gates: Vec<Machine>,
    _serving: Running,
    _central: Namespace,
    switch: Namespace,
    _folder: TempDir,
}

impl Venue {
    /// Starts central and enrols a node at each gate; all have a proven replica and keep in touch.
    pub async fn open(tickets: u32) -> Result<(Self, Vec<support::box_office::Sold>)> {
        let folder = tempfile::tempdir()?;
        let office = BoxOffice::open(folder.path()).await?;
        let sold = office.sell(tickets).await?;
        let (switch, central) = (Namespace::new()?, Namespace::new()?);
        switch.ip("link add br0 type bridge")?;
        switch.ip("link set br0 up")?;
        plug_in(&switch, &central, 0)?;
        let serving = serve(&office, &central, folder.path(), CENTRAL).await?;
        let mut gates = Vec::new();
        for (place, name) in GATES.into_iter().enumerate() {
            let home = folder.path().join(name);
            let mut machine = Machine::new(&home)?;
            plug_in(&switch, &machine.network, place + 1)?;
            let code = enrolment(&office, name, CENTRAL).await?;
            machine.enrol(&format!("https://{CENTRAL}"), &code).await?;
            machine.keep_in_touch([Way::Run, Way::Run, Way::Sync][place])?;
            gates.push(machine);
        }
        let venue = Self {
            office,
            gates,
            _serving: serving,
            _central: central,
            switch,
            _folder: folder,
        };
        Ok((venue, sold))
    }

    /// Cuts a gate off.
    pub fn cut(&self, gate: usize, cut: Cut) -> Result<()> {
        let (machine, port) = (&self.gates[gate].network, port(gate + 1));
        if cut == Cut::Pulled {
            return machine.ip("link set eth0 down");
        }
        machine.nft(&vanish("eth0"))?;
        if cut == Cut::Vanish {
            self.switch.nft(&vanish(&port))?;
        }
        Ok(())
    }

    /// Mends what [`Self::cut`] did.
    pub fn heal(&self, gate: usize, cut: Cut) -> Result<()> {
        let (machine, port) = (&self.gates[gate].network, port(gate + 1));
        if cut == Cut::Pulled {
            return machine.ip("link set eth0 up");
        }
        machine.nft("delete table netdev cut_eth0")?;
        if cut == Cut::Vanish {
            self.switch
                .nft(&format!("delete table netdev cut_{port}"))?;
        }
        Ok(())
    }

    /// How many records of each gate central has.
    pub async fn received(&self) -> Result<Vec<u64>> {
        let nodes = self.office.app.nodes(Some(self.office.id())).await?;
        let of_gate = |name: &&str| {
            let node = nodes.iter().find(|node| node.name == **name);
            node.map(|node| node.log_seq).context("an enrolled node")
        };
        GATES.iter().map(of_gate).collect()
    }
}

/// Asks until the answer is yes.
pub async fn until<F: Future<Output = Result<bool>>>(
    what: &str,
    mut is_so: impl FnMut() -> F,
) -> Result<()> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if is_so().await? {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("in vain, after {PATIENCE:?}: {what}")
}

/// Starts central in its network and waits until gates can connect.
pub async fn serve(
    office: &BoxOffice,
    central: &Namespace,
    folder: &Path,
    address: &str,
) -> Result<Running> {
    let mut serve = central.command(&program::path("central")?);
    prepare(office, &mut serve, address);
    serve.arg("serve");
    let running = program::start(serve, "central", folder)?;
    let address: SocketAddr = address.parse()?;
    until("central listens for gates", || async {
        central.inside(|| Ok(TcpStream::connect(address).is_ok()))
    })
    .await?;
    Ok(running)
}

fn prepare(office: &BoxOffice, central: &mut Command, address: &str) {
    office.prepare(central);
    central
        .env("LISTEN", "127.0.0.1:8080")
        .env("NODE_LISTEN", "0.0.0.0:8443")
        .env("NODE_URL", format!("https://{address}"));
}

/// A code with which one node can be enrolled; it is named like its gate.
pub async fn enrolment(office: &BoxOffice, gate: &str, address: &str) -> Result<String> {
    let mut code = office.central()?;
    prepare(office, &mut code, address);
    let event = office.id().to_string();
    code.args(["node", "code", &event, gate, gate, "--json"]);
    let said: Value = serde_json::from_slice(&program::finish(code, &[0]).await?.stdout)?;
    Ok(said["code"].as_str().context("a code")?.to_owned())
}

/// A cable between the switch and a machine.
fn plug_in(switch: &Namespace, machine: &Namespace, place: usize) -> Result<()> {
    let (port, name) = (port(place), machine.name());
    switch.ip(&format!(
        "link add {port} type veth peer name eth0 netns {name}"
    ))?;
    switch.ip(&format!("link set {port} master br0 up"))?;
    machine.ip(&format!("addr add 10.77.0.{}/24 dev eth0", place + 1))?;
    machine.ip("link set eth0 up")
}

fn port(place: usize) -> String {
    format!("port{place}")
}

/// Rules by which all that an interface receives is dropped.
fn vanish(device: &str) -> String {
    format!(
        "add table netdev cut_{device}; add chain netdev cut_{device} received \
         {{ type filter hook ingress device {device} priority 0; policy drop; }}"
    )
}

//! The node's papers, and who may read its key.

use super::{
    Check,
    said::{Said, Words, said},
};
use crate::{error::NodeError, home::Home, identity::Identity};

const CLOSE: Words = (
    "close the file to others; if they may have read it, revoke this node and enrol a new one",
    "tutup berkas itu bagi orang lain; jika mungkin sudah dibaca, cabut node ini dan daftarkan yang baru",
);

/// Who it is.
#[must_use]
pub fn identity(identity: &Identity) -> Check {
    let answer = &identity.answer;
    let (name, node, central) = (&answer.name, answer.node, &identity.central);
    Check::ok(
        "node",
        said!(
            "{name} ({node}), central is {central}",
            "{name} ({node}), pusat {central}"
        ),
    )
}

/// Whether only its owner may read the key.
#[must_use]
pub fn key(home: &Home) -> Check {
    rights(Identity::check_rights(home).err().as_ref())
}

fn rights(error: Option<&NodeError>) -> Check {
    match error {
        None => Check::ok(
            "key",
            (
                "nobody else on this machine may read the node's key",
                "tidak ada orang lain di mesin ini yang boleh membaca kuncinya",
            ),
        ),
        Some(error) => Check::no_go("key", Said::plain(error.to_string()), CLOSE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{doctor::Level, testing::Gate};

    #[test]
    fn a_key_that_others_may_read_is_a_no_go() {
        let gate = Gate::new();
        let home = Home::new(gate.home.path());
        assert_eq!(key(&home).level, Level::Ok);
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        std::fs::set_permissions(home.key(), open).expect("it is ours");
        assert_eq!(key(&home).level, Level::NoGo);
        assert_eq!(identity(&gate.node.identity).level, Level::Ok);
    }
}

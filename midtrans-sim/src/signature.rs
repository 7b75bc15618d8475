//! The `signature_key` of a body: lower-case hex SHA-512 of order id, status code, amount as written
//! and server key, joined without separators.

use sha2::{Digest, Sha512};

#[must_use]
pub fn sign(order_id: &str, status_code: &str, gross_amount: &str, server_key: &str) -> String {
    let digest = Sha512::new()
        .chain_update(order_id)
        .chain_update(status_code)
        .chain_update(gross_amount)
        .chain_update(server_key)
        .finalize();
    hex(&digest)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_match_the_published_vectors() {
        let key = "SB-Mid-server-TESTKEY123";
        let order = "ETK-20261201-0001";
        let cases = [
            (
                "200",
                "150000.00",
                "5957f8fe46606d64c482fc9eec8bd1a6a7d9f2af3f6324edfe3782f9938e9b58788f71b73fbb2743c3f6344527bb807306202b6147b88a15a8a8424c10a7ae5b",
            ),
            (
                "201",
                "150000.00",
                "c77bf7645d2b88a7c8c42b01c5e85375714aa93053f30522d8dc7bbd51a6dbd827fe3b8d607fb469dba1459918a37066e4102f5966d82ae65ad827dbf85dc653",
            ),
            (
                "202",
                "150000.00",
                "f54e3e1baa4a45284d5307e1e91c66a5575856cb1d2440fe5c6e8af91903730b9185c89ea40894b7189300dd98fc9b2482f73e99cf4fb3306bf52a1f751ec3f0",
            ),
        ];
        for (code, amount, want) in cases {
            assert_eq!(sign(order, code, amount, key), want, "{code}");
        }
        assert!(sign(order, "200", "150000", key).starts_with("ee6edef5"));
    }

    #[test]
    fn signature_matches_midtrans_own_sample_inputs() {
        let want = "edc076b21793ebe3e17926350f5b8ae67d902fe657b3d0aa31b932d5c127e2375d308a2bc94f3265ac2d80a1f181a79b997ac178a236fcff35af263fc4d4c231";
        assert_eq!(
            sign(
                "1111",
                "200",
                "100000.00",
                "askvnoibnosifnboseofinbofinfgbiufglnbfg"
            ),
            want
        );
    }
}

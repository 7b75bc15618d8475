//! A payment notice: its proof and the little it proves. Pure.
//!
//! Invariant: the signature is checked over the strings exactly as received, in constant time, and
//! nothing of an unproven body leaves this file. The signature covers order id, status code and
//! amount only, so the caller must re-read the status before anything moves.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest, Sha512};
use subtle::ConstantTimeEq;

use super::{status, wire};
use crate::payments::{Notice, ProviderError};

/// The fields used here; Midtrans sends more, and more every year.
#[derive(Deserialize)]
struct Body {
    order_id: String,
    status_code: String,
    gross_amount: String,
    signature_key: String,
    transaction_id: String,
    transaction_status: String,
    fraud_status: Option<String>,
}

pub(super) fn authenticate(raw: &[u8], server_key: &SecretString) -> Result<Notice, ProviderError> {
    let body: Body = serde_json::from_slice(raw).map_err(|_| ProviderError::Malformed {
        what: "not a payment notice",
    })?;
    let expected = signature(&body, server_key);
    if !bool::from(expected.as_bytes().ct_eq(body.signature_key.as_bytes())) {
        return Err(ProviderError::BadSignature);
    }
    if !wire::is_reference(&body.order_id) || !wire::is_reference(&body.transaction_id) {
        return Err(ProviderError::Malformed { what: "reference" });
    }
    if wire::parse_amount(&body.gross_amount).is_none() {
        return Err(ProviderError::Malformed { what: "amount" });
    }
    Ok(Notice {
        claimed: status::verdict(&body.transaction_status, body.fraud_status.as_deref()),
        reference: body.order_id,
        provider_reference: body.transaction_id,
    })
}

fn signature(body: &Body, server_key: &SecretString) -> String {
    let digest = Sha512::new()
        .chain_update(&body.order_id)
        .chain_update(&body.status_code)
        .chain_update(&body.gross_amount)
        .chain_update(server_key.expose_secret())
        .finalize();
    hex(&digest)
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::payments::ProviderVerdict;

    const SIGNATURES: [(&str, &str); 3] = [
        (
            "200",
            "5957f8fe46606d64c482fc9eec8bd1a6a7d9f2af3f6324edfe3782f9938e9b58788f71b73fbb2743c3f6344527bb807306202b6147b88a15a8a8424c10a7ae5b",
        ),
        (
            "201",
            "c77bf7645d2b88a7c8c42b01c5e85375714aa93053f30522d8dc7bbd51a6dbd827fe3b8d607fb469dba1459918a37066e4102f5966d82ae65ad827dbf85dc653",
        ),
        (
            "202",
            "f54e3e1baa4a45284d5307e1e91c66a5575856cb1d2440fe5c6e8af91903730b9185c89ea40894b7189300dd98fc9b2482f73e99cf4fb3306bf52a1f751ec3f0",
        ),
    ];

    fn body(status_code: &str, signature: &str) -> Value {
        json!({
            "order_id": "ETK-20261201-0001",
            "status_code": status_code,
            "gross_amount": "150000.00",
            "signature_key": signature,
            "transaction_id": "249fc620-6017-4540-af7c-5a1c25788f46",
            "transaction_status": "settlement",
            "something_new": [1, 2, 3],
        })
    }

    fn check(body: &Value) -> Result<Notice, ProviderError> {
        authenticate(
            body.to_string().as_bytes(),
            &SecretString::from("SB-Mid-server-TESTKEY123"),
        )
    }

    #[test]
    fn published_vectors_are_accepted() {
        for (code, signature) in SIGNATURES {
            let notice = check(&body(code, signature)).expect("authentic");
            assert_eq!(notice.reference, "ETK-20261201-0001");
            assert_eq!(
                notice.provider_reference,
                "249fc620-6017-4540-af7c-5a1c25788f46"
            );
            assert_eq!(notice.claimed, ProviderVerdict::Paid);
        }
    }

    #[test]
    fn any_change_under_the_signature_is_refused() {
        let (code, signature) = SIGNATURES[0];
        let changes = [
            ("order_id", json!("ETK-20261201-0002")),
            ("status_code", json!("201")),
            ("gross_amount", json!("150000")),
            ("gross_amount", json!("1.00")),
            ("signature_key", json!("")),
            ("signature_key", json!(signature.to_uppercase())),
            ("signature_key", json!(&signature[..127])),
        ];
        for (field, value) in changes {
            let mut changed = body(code, signature);
            changed[field] = value;
            assert_eq!(check(&changed), Err(ProviderError::BadSignature), "{field}");
        }
    }

    #[test]
    fn what_is_no_notice_is_malformed() {
        let (code, signature) = SIGNATURES[0];
        for (field, value) in [
            ("status_code", json!(200)),
            ("gross_amount", json!(null)),
            ("transaction_id", json!("../../v2/other/cancel")),
        ] {
            let mut changed = body(code, signature);
            changed[field] = value;
            assert!(
                matches!(check(&changed), Err(ProviderError::Malformed { .. })),
                "{field}"
            );
        }
        let key = SecretString::from("SB-Mid-server-TESTKEY123");
        for raw in [
            "",
            "[]",
            "<html>",
            "{\"order_id\":\"a\",\"order_id\":\"b\"}",
        ] {
            let refused = authenticate(raw.as_bytes(), &key);
            assert!(
                matches!(refused, Err(ProviderError::Malformed { .. })),
                "{raw}"
            );
        }
    }
}

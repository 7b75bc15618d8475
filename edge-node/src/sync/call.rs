//! One message there, one message back: paths, versions and refusals.
//!
//! Whatever answers is hostile until it decodes: a login page, another version, half a body. Used by `session`,
//! `round` and `enrol`.

use minicbor::{Decode, Encode};
use sync_protocol::wire::{self, v1::Refusal};

use super::{
    error::SyncError,
    transport::{Answered, Transport},
};

pub(super) const ENROL: &str = "/node/v1/enrol";
pub(super) const CHALLENGE: &str = "/node/v1/challenge";
pub(super) const SESSION: &str = "/node/v1/session";
pub(super) const SYNC: &str = "/node/v1/sync";
pub(super) const WAIT: &str = "/node/v1/wait";

/// Sends `message` to `path` and reads the answer.
pub(super) async fn call<A>(
    transport: &dyn Transport,
    path: &str,
    message: &impl Encode<()>,
    bearer: Option<&str>,
) -> Result<A, SyncError>
where
    A: for<'b> Decode<'b, ()>,
{
    let answered = transport.call(path, wire::encode(message), bearer).await?;
    read(&answered)
}

fn read<A>(answered: &Answered) -> Result<A, SyncError>
where
    A: for<'b> Decode<'b, ()>,
{
    let status = answered.status;
    if status != 200 {
        let refusal: Result<Refusal, _> = wire::decode(&answered.body);
        return Err(match refusal {
            Ok(refusal) => SyncError::Refused { status, refusal },
            Err(_) => not_central(status),
        });
    }
    if let Some(version) = answered.version
        && wire::negotiate(version) != Some(version)
    {
        let known = wire::NEWEST_VERSION;
        return Err(SyncError::Protocol(format!(
            "it speaks version {version} and this program {known}: update the older one"
        )));
    }
    wire::decode(&answered.body).map_err(|error| SyncError::Protocol(error.to_string()))
}

fn not_central(status: u16) -> SyncError {
    SyncError::Protocol(format!(
        "something else answered in its place, with HTTP status {status}: \
         check the address, and whether this network wants a sign-in first"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sync_protocol::wire::v1::Challenge;

    fn answered(status: u16, version: Option<u32>, body: &[u8]) -> Result<Challenge, String> {
        let body = body.to_vec();
        let answered = Answered {
            status,
            version,
            body,
        };
        read(&answered).map_err(|error| error.code().to_owned())
    }

    #[test]
    fn what_answers_is_believed_only_when_it_decodes() {
        let challenge = Challenge { nonce: [7; 32] };
        let good = wire::encode(&challenge);
        let refusal = wire::encode(&Refusal {
            code: "node_revoked".to_owned(),
            message: "This node was revoked.".to_owned(),
            acknowledged: None,
        });
        let code = |code: &str| Err(code.to_owned());
        for (name, found, expected) in [
            ("an answer", answered(200, Some(1), &good), Ok(challenge)),
            (
                "without a version",
                answered(200, None, &good),
                Ok(challenge),
            ),
            (
                "another version",
                answered(200, Some(9), &good),
                code("answer_senseless"),
            ),
            (
                "half",
                answered(200, Some(1), &good[..9]),
                code("answer_senseless"),
            ),
            (
                "more",
                answered(200, Some(1), &[good.as_slice(), &[0]].concat()),
                code("answer_senseless"),
            ),
            (
                "a refusal",
                answered(403, Some(1), &refusal),
                code("node_revoked"),
            ),
            (
                "a login page",
                answered(302, None, b""),
                code("answer_senseless"),
            ),
            (
                "a page",
                answered(200, None, b"<html>"),
                code("answer_senseless"),
            ),
            (
                "a page of an error",
                answered(502, None, b"<html>"),
                code("answer_senseless"),
            ),
        ] {
            assert_eq!(found, expected, "{name}");
        }
    }
}

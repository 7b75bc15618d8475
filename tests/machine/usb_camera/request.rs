//! Requests and answers on a USB/IP connection: the kernel's `usbip_protocol.rst`, numbers in network order.

use std::io::{self, Read, Write};

const SUBMIT: u32 = 1;
const UNLINK: u32 = 2;
/// An answer to a request that was taken back in time.
const TAKEN_BACK: i32 = -104;
/// An answer to what a camera does not do.
pub const STALLED: i32 = -32;

/// What the host wants.
#[derive(Debug)]
pub enum Request {
    /// A transfer.
    Transfer(Transfer),
    /// An earlier transfer is not wanted any more.
    TakeBack {
        /// Its own number.
        number: u32,
        /// That of the transfer.
        of: u32,
    },
}

/// A transfer.
#[derive(Debug)]
pub struct Transfer {
    /// Its number.
    pub number: u32,
    /// The endpoint.
    pub endpoint: u32,
    /// The host wants bytes, and does not bring them.
    pub wants_bytes: bool,
    /// How many it takes or brings.
    pub length: usize,
    /// For the control endpoint.
    pub setup: Setup,
    /// What it brings.
    pub brought: Vec<u8>,
}

/// The eight bytes that begin a control transfer.
#[derive(Debug)]
pub struct Setup {
    /// Direction, kind and recipient; request.
    pub what: (u8, u8),
    /// Its value.
    pub value: u16,
    /// Interface and unit.
    pub index: u16,
    /// How many bytes the host wants at most.
    pub length: u16,
}

/// Waits for the next request.
pub fn next(from: &mut impl Read) -> io::Result<Request> {
    let mut head = [0; 48];
    from.read_exact(&mut head)?;
    let word =
        |at: usize| u32::from_be_bytes(head[at * 4..at * 4 + 4].try_into().expect("four bytes"));
    let half = |at: usize| u16::from_le_bytes(head[at..at + 2].try_into().expect("two bytes"));
    let number = word(1);
    match word(0) {
        SUBMIT => {
            let (wants_bytes, length) = (word(3) == 1, usize::try_from(word(6)).expect("a length"));
            let mut brought = vec![0; if wants_bytes { 0 } else { length }];
            from.read_exact(&mut brought)?;
            let setup = Setup {
                what: (head[40], head[41]),
                value: half(42),
                index: half(44),
                length: half(46),
            };
            Ok(Request::Transfer(Transfer {
                number,
                endpoint: word(4),
                wants_bytes,
                length,
                setup,
                brought,
            }))
        }
        UNLINK => Ok(Request::TakeBack {
            number,
            of: word(5),
        }),
        other => Err(io::Error::other(format!("no such request: {other}"))),
    }
}

/// Answers a transfer: with bytes, or with how many were taken.
pub fn answer(
    to: &mut impl Write,
    number: u32,
    status: i32,
    bytes: &[u8],
    count: usize,
) -> io::Result<()> {
    const ANSWER: u32 = 3;
    let count = u32::try_from(count).expect("a length");
    send(
        to,
        [
            ANSWER,
            number,
            0,
            0,
            0,
            status.cast_unsigned(),
            count,
            0,
            0,
            0,
            0,
            0,
        ],
        bytes,
    )
}

/// Answers a wish to take back: in time, or too late.
pub fn answer_take_back(to: &mut impl Write, number: u32, is_in_time: bool) -> io::Result<()> {
    const ANSWER: u32 = 4;
    let status = if is_in_time { TAKEN_BACK } else { 0 };
    send(
        to,
        [
            ANSWER,
            number,
            0,
            0,
            0,
            status.cast_unsigned(),
            0,
            0,
            0,
            0,
            0,
            0,
        ],
        &[],
    )
}

fn send(to: &mut impl Write, words: [u32; 12], bytes: &[u8]) -> io::Result<()> {
    let head = words.into_iter().flat_map(u32::to_be_bytes);
    let all: Vec<u8> = head.chain(bytes.iter().copied()).collect();
    to.write_all(&all)
}

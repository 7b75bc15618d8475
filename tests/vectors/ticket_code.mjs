// Reads a ticket code as design and documentation describe it, without a line of Gerbang's own code.
// Input: one JSON object { text, event (hex), public_key (hex) }. Output: what the code says, and whether it is genuine.
import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function base32(text) {
  let bits = 0n;
  for (const symbol of text) bits = (bits << 5n) | BigInt(ALPHABET.indexOf(symbol));
  const spare = BigInt((text.length * 5) % 8);
  const length = Math.floor((text.length * 5) / 8);
  return Buffer.from((bits >> spare).toString(16).padStart(length * 2, "0"), "hex");
}

const input = JSON.parse(readFileSync(0, "utf8"));
const bytes = base32(input.text);
const payload = bytes.subarray(0, 25);
const signed = Buffer.concat([Buffer.from("gerbang ticket v1"), Buffer.from(input.event, "hex"), payload]);
// An Ed25519 public key in its standard wrapping is this prefix and the 32 bytes.
const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(input.public_key, "hex")]);
const key = createPublicKey({ key: der, format: "der", type: "spki" });
console.log(
  JSON.stringify({
    genuine: verify(null, signed, key, bytes.subarray(25)),
    version: payload[0] >> 4,
    slot: payload[0] & 15,
    ticket: payload.subarray(1, 17).toString("hex"),
    type_number: payload.readUInt16BE(17),
    day_mask: payload.readUInt16BE(19),
    issued_at: payload.readUInt32BE(21),
  }),
);

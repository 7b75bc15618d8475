// Reads a wristband code as the table in sync-protocol/src/wristband.rs describes it, without a line of Gerbang's own code.
// Input: one JSON object { text, event (hex), key (hex) }. Output: what the code says, and whether it is genuine.
import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

const input = JSON.parse(readFileSync(0, "utf8"));
let bits = 0n;
for (const symbol of input.text) bits = (bits << 5n) | BigInt(ALPHABET.indexOf(symbol));
const bytes = Buffer.from(bits.toString(16).padStart(20, "0"), "hex");
const head = bytes.subarray(0, 5);
const event = Buffer.from(input.event, "hex");
const tag = createHash("sha256").update("gerbang wristband event v1\0").update(event).digest();
const mac = createHmac("sha256", Buffer.from(input.key, "hex"));
mac.update("gerbang wristband v1");
mac.update(event);
mac.update(head);
console.log(
  JSON.stringify({
    genuine: mac.digest().subarray(0, 5).equals(bytes.subarray(5)),
    length: input.text.length,
    version: head[0] >> 4,
    of_event: (head[0] & 15) === tag[0] >> 4 && head[1] === tag[1],
    serial: head.readUIntBE(2, 3),
  }),
);

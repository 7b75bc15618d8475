// The gate's script on a page of stubs, with a clock of its own: plays one scene and prints what came of it.
import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";

const [script, scene] = process.argv.slice(2);
const heard = {};
const sent = [];
const timers = new Map();
let now = 0;
let submit = null;
let answer = () => ({ status: 200, text: "<p>verdict</p>" });

const element = (more = {}) => {
    const own = {
        hidden: true, textContent: "", dataset: {}, style: {}, parts: "",
        set innerHTML(html) { this.parts = html; },
        replaceChildren(...children) { this.parts = children.join(""); },
        hasChildNodes() { return this.parts !== ""; },
        querySelector() { return null; },
        addEventListener() {}, focus() {}, getAttribute() {}, setAttribute() {}, toggleAttribute() {},
    };
    return Object.defineProperties(own, Object.getOwnPropertyDescriptors(more));
};
const button = element();
const elements = {
    stage: element({
        parts: "an old verdict",
        dataset: { home: "/?action=entry", clear: "/stage?page=7", events: "/events" },
        querySelector(what) { return what.includes("waiting") && this.parts.includes("waiting") ? element() : null; },
    }),
    ready: element({ content: { cloneNode: () => "ready" } }),
    missed: element({ querySelector: () => button }),
    preview: null,
};
const document = {
    getElementById: (id) => (id in elements ? elements[id] : (elements[id] = element())),
    addEventListener: (name, listener) => { heard[name] = listener; },
    documentElement: element(),
    body: element(),
};
const kept = new Map();
class FormData { *[Symbol.iterator]() { yield ["page", "7"]; } }
class Wedge { constructor(box, to) { submit = to; } forget() {} }
class EventSource { addEventListener(name, listener) { heard[`events:${name}`] = listener; } }

runInNewContext(readFileSync(script, "utf8"), {
    document, EventSource, FormData, JSON, Object, Promise, String, URLSearchParams, Wedge,
    AbortSignal: { timeout: () => null },
    Sound: { play: () => "played" },
    addEventListener() {},
    clearTimeout: (id) => timers.delete(id),
    fetch: async (address, request) => {
        sent.push(`${address} ${new URLSearchParams(request?.body).get("n") ?? ""}`.trim());
        const { status, text } = answer();
        return { ok: status < 400, status, text: async () => text };
    },
    getSelection: () => "",
    history: { replaceState() {} },
    htmx: { trigger() {} },
    location: { reload: () => sent.push("reload") },
    performance: { now: () => now },
    sessionStorage: { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) },
    setTimeout: (act, ms) => { timers.set(timers.size + now * 1_000 + 1, { act, at: now + ms }); return timers.size + now * 1_000; },
});

const settle = async () => { for (let turn = 0; turn < 50; turn += 1) { await null; } };
const pass = async (ms) => {
    const end = now + ms;
    for (;;) {
        await settle();
        const due = [...timers].filter(([, timer]) => timer.at <= end).sort(([, one], [, other]) => one.at - other.at)[0];
        if (!due) { break; }
        timers.delete(due[0]);
        now = Math.max(now, due[1].at);
        due[1].act();
    }
    now = end;
    await settle();
};
const gone = () => { throw new TypeError("nobody is there"); };

const SCENES = {
    async "an empty stage is ready again"() {
        heard["events:error"]();
        heard["events:beat"]();
    },
    async "a verdict that comes as the program comes back stays"() {
        heard["events:error"]();
        heard["events:stage"]({ data: "a new verdict" });
        heard["events:beat"]();
    },
    async "figures that fail are old and no more"() {
        heard["htmx:afterRequest"]({ detail: { successful: false } });
    },
    async "an answer that was not heard is asked for again"() {
        answer = gone;
        submit("FIRST-CODE", "");
        submit("SECOND-CODE", "");
        await pass(1_000);
        answer = () => ({ status: 200, text: "a verdict" });
        // The first verdict stands for a while before the second scan is judged.
        await pass(3_000);
    },
    async "a ticket that waited when the program went is cleared"() {
        heard["events:stage"]({ data: "waiting for a wristband" });
        heard["events:error"]();
        heard["events:beat"]();
    },
    async "a gate that fails twice judges at the third time"() {
        let times = 0;
        answer = () => (times++ < 2 ? { status: 500, text: "{}" } : { status: 200, text: "a verdict" });
        submit("FIRST-CODE", "");
        await pass(2_000);
    },
    async "what nobody judges is named"() {
        answer = gone;
        submit("AAAA-111111", "");
        await pass(20_000);
        heard["events:beat"]();
        answer = () => ({ status: 413, text: "too long" });
        submit("BBBB-222222", "");
        await settle();
    },
    async "a restarted gate names what was not judged"() {
        heard["events:hello"]({ data: "1" });
        answer = gone;
        submit("AAAA-111111", "");
        submit("BBBB-222222", "");
        await settle();
        heard["events:hello"]({ data: "2" });
    },
    async "a ticket that waits is cleared in its turn"() {
        heard["events:stage"]({ data: "waiting for a wristband" });
        answer = () => ({ status: 200, text: "waiting again" });
        submit("FIRST-CODE", "");
        await settle();
        heard.keydown({ key: "Escape" });
        submit("SECOND-CODE", "");
        await settle();
    },
};
await SCENES[scene]();
await settle();
console.log(JSON.stringify({
    stage: elements.stage.parts,
    lost: !elements.lost.hidden,
    missed: elements.missed.hidden ? "" : elements["missed-codes"].textContent,
    kept: JSON.parse(kept.get("missed") ?? "[]"),
    stale: !(elements.stale?.hidden ?? true),
    // Requests of the same number on end are tries of one scan.
    sent: sent.filter((one, at) => one !== sent[at - 1]),
}));

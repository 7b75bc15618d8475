// The gate's script on a page of stubs: prints whether the stage was cleared to "ready" after the program came back.
import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";

const [script, arrives] = process.argv.slice(2);
const heard = {};
const asked = [];
const stage = {
    parts: ["an old verdict"],
    dataset: { ready: "/stage" },
    replaceChildren() { this.parts = []; },
    hasChildNodes() { return this.parts.length > 0; },
    querySelector() { return null; },
};
const lost = { hidden: true };
const others = { hidden: true, addEventListener() {}, focus() {}, getAttribute() {}, setAttribute() {} };
const document = {
    getElementById: (id) => ({ stage, lost, preview: null })[id] === undefined ? others : ({ stage, lost, preview: null })[id],
    addEventListener: (name, listener) => { heard[name] = listener; },
};
const htmx = { ajax: (method, address) => { asked.push(`${method} ${address}`); } };
const quiet = () => {};
class Wedge {}
class EventSource { addEventListener() {} }
runInNewContext(readFileSync(script, "utf8"), {
    document, htmx, EventSource, Wedge, addEventListener: quiet, setTimeout: quiet, clearTimeout: quiet, getSelection: quiet,
});

heard["htmx:afterRequest"]({ detail: { successful: false } });
const cleared = stage.parts.length === 0 && !lost.hidden;
if (arrives === "verdict") {
    stage.parts = ["a new verdict"];
    heard["htmx:afterSwap"]({ detail: { target: stage } });
}
heard["htmx:afterRequest"]({ detail: { successful: true } });
console.log(JSON.stringify({ cleared, lost: !lost.hidden, asked }));

// The gate's page: scans from anywhere on it, one after the other, and never an old verdict.
"use strict";

(() => {
    const form = document.getElementById("scan");
    const box = document.getElementById("code");
    const stage = document.getElementById("stage");
    const lost = document.getElementById("lost");
    // No ticket number is shorter; a Tab after less is a person moving on.
    const SHORTEST = 12;
    // A beat comes every second.
    const PATIENCE_MS = 5_000;
    const waiting = [];
    let busy = false;
    let timer = 0;

    const aim = () => box.focus({ preventScroll: true });

    const toReady = () => htmx.ajax("GET", stage.dataset.ready, { target: "#stage", swap: "innerHTML" });

    // What stood there before the program went is nobody's verdict now, nor is what was typed since.
    const setLost = (isLost) => {
        const wasLost = !lost.hidden;
        lost.hidden = !isLost;
        if (isLost) {
            clearTimeout(timer);
            waiting.length = 0;
            stage.replaceChildren();
        } else if (wasLost && !stage.hasChildNodes()) {
            // A verdict that has just come stays for its time.
            toReady();
        }
    };

    const hold = () => {
        clearTimeout(timer);
        const shown = stage.querySelector("[data-hold]");
        if (shown) {
            timer = setTimeout(toReady, Number(shown.dataset.hold));
        }
    };

    // The box is empty again before the answer is there, so the next guest is never waited for.
    const submit = () => {
        const code = box.value.trim();
        box.value = "";
        aim();
        if (code) {
            waiting.push(code);
            next();
        }
    };

    const next = async () => {
        if (busy || waiting.length === 0) {
            return;
        }
        busy = true;
        clearTimeout(timer);
        const values = { code: waiting.shift() };
        try {
            await htmx.ajax("POST", "/scan", { source: form, target: "#stage", swap: "innerHTML", values });
        } catch {
            setLost(true);
        }
        busy = false;
        next();
    };

    form.addEventListener("submit", (event) => {
        event.preventDefault();
        submit();
    });

    // A scanner types wherever the focus is, and ends with Enter or Tab.
    document.addEventListener("keydown", (event) => {
        const types = event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey;
        if (types && document.activeElement !== box) {
            aim();
        } else if (event.key === "Tab" && document.activeElement === box && box.value.trim().length >= SHORTEST) {
            event.preventDefault();
            submit();
        }
    });
    document.addEventListener("click", (event) => {
        if (!event.target.closest("a, button, input") && !String(getSelection())) {
            aim();
        }
    });
    addEventListener("focus", aim);

    document.addEventListener("htmx:afterSwap", (event) => {
        if (event.detail.target === stage) {
            hold();
        }
    });
    document.addEventListener("htmx:afterRequest", (event) => setLost(!event.detail.successful));

    // Camera and scanners of this node show at every page that is open.
    const events = new EventSource(stage.dataset.events);
    let run = "";
    let beat = 0;
    const alive = () => {
        clearTimeout(beat);
        beat = setTimeout(() => setLost(true), PATIENCE_MS);
        setLost(false);
    };
    events.addEventListener("hello", (event) => {
        if (run && run !== event.data) {
            location.reload();
        }
        run = event.data;
        document.documentElement.dataset.live = "yes";
        alive();
    });
    events.addEventListener("beat", alive);
    events.addEventListener("scanned", () => htmx.trigger(document.body, "scanned"));
    events.addEventListener("stage", (event) => {
        htmx.swap(stage, event.data, { swapStyle: "innerHTML" });
        htmx.trigger(document.body, "scanned");
        hold();
    });
    events.addEventListener("error", () => setLost(true));
    hold();
})();

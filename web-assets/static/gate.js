// The gate's page: scans from anywhere on it, one after the other, and never an old verdict.
"use strict";

(() => {
    const form = document.getElementById("scan");
    const box = document.getElementById("code");
    const stage = document.getElementById("stage");
    const lost = document.getElementById("lost");
    const left = document.getElementById("left");
    const mute = document.getElementById("mute");
    // A beat comes every second.
    const PATIENCE_MS = 5_000;
    const waiting = [];
    let busy = false;
    let timer = 0;
    let readyAt = 0;

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
            left.hidden = true;
        } else if (wasLost && !stage.hasChildNodes()) {
            // A verdict that has just come stays for its time.
            toReady();
        }
    };

    // Counts down on the verdict, and ends it.
    const count = () => {
        const rest = readyAt - performance.now();
        if (rest <= 0) {
            toReady();
            return;
        }
        document.getElementById("left-count").textContent = String(Math.ceil(rest / 1_000));
        timer = setTimeout(count, Math.min(rest, rest % 1_000 || 1_000));
    };

    const hold = () => {
        clearTimeout(timer);
        const shown = stage.querySelector("[data-hold]");
        left.hidden = !shown;
        if (shown) {
            const length = Number(shown.dataset.hold);
            readyAt = performance.now() + length;
            // A bar that is put in anew begins anew.
            const bar = left.querySelector(".gate-left-bar").cloneNode();
            bar.style.animationDuration = `${length}ms`;
            left.firstElementChild.replaceWith(bar);
            count();
        }
    };

    const isMuted = () => mute?.getAttribute("aria-pressed") === "true";

    // A verdict has come, from here or from a device: hold it, and let it be heard.
    const shown = () => {
        hold();
        const verdict = stage.querySelector("[data-sound]");
        if (!verdict) {
            return;
        }
        const name = verdict.dataset.sound;
        const came = isMuted() ? "muted" : Sound.play(name);
        stage.dataset.sounded = `${name} ${came}`;
        document.getElementById("blocked")?.toggleAttribute("hidden", came !== "blocked");
    };

    const next = async () => {
        if (busy || waiting.length === 0) {
            return;
        }
        busy = true;
        clearTimeout(timer);
        const values = waiting.shift();
        try {
            await htmx.ajax("POST", "/scan", { source: form, target: "#stage", swap: "innerHTML", values });
        } catch {
            setLost(true);
        }
        busy = false;
        next();
    };

    // The box is empty again before the answer is there, so the next guest is never waited for.
    const wedge = new Wedge(box, (code, keys) => {
        aim();
        waiting.push({ code, keys });
        next();
    });

    form.addEventListener("submit", (event) => {
        event.preventDefault();
        wedge.send(box.value.trim(), "");
    });

    document.addEventListener("keydown", (event) => {
        if (event.key === "Escape") {
            wedge.forget();
            box.value = "";
            aim();
            toReady();
        }
    });
    document.addEventListener("click", (event) => {
        document.getElementById("blocked")?.setAttribute("hidden", "");
        if (!event.target.closest("a, button, input, summary, select, label") && !String(getSelection())) {
            aim();
        }
    });
    addEventListener("focus", aim);

    mute?.addEventListener("click", () => {
        const muted = !isMuted();
        mute.setAttribute("aria-pressed", String(muted));
        fetch("/look", { method: "POST", body: new URLSearchParams({ sound: muted ? "off" : "on" }), redirect: "manual" });
        aim();
    });

    document.addEventListener("htmx:afterSwap", (event) => {
        if (event.detail.target === stage) {
            shown();
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
        stage.innerHTML = event.data;
        shown();
        htmx.trigger(document.body, "scanned");
    });
    // Somebody else signed in, or nobody is any more, or the screen was locked: the page is not theirs now.
    events.addEventListener("over", () => location.reload());
    events.addEventListener("error", () => setLost(true));

    // The camera's picture costs something, so it is asked for only while somebody looks at it.
    const preview = document.getElementById("preview");
    const picture = preview?.querySelector("img");
    const look = () => {
        if (preview.open && document.visibilityState === "visible") {
            picture.src = `${preview.dataset.source}?at=${Math.round(performance.now())}`;
        } else {
            setTimeout(look, 500);
        }
    };
    if (preview) {
        const drawn = (isThere) => {
            picture.hidden = !isThere;
            setTimeout(look, isThere ? 200 : 1_000);
        };
        picture.addEventListener("load", () => drawn(true));
        picture.addEventListener("error", () => drawn(false));
        look();
    }
    hold();
})();

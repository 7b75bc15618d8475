// The gate's page: scans from anywhere on it, one after the other, and never an old verdict.
//
// A scan waits until the one before it was judged. One whose answer is not heard is asked for again under its own number,
// and the gate gives the answer that it gave before, so it is never judged twice. One that nobody will judge any more is
// named, because its guest still stands there.
"use strict";

(() => {
    const form = document.getElementById("scan");
    const box = document.getElementById("code");
    const stage = document.getElementById("stage");
    const ready = document.getElementById("ready");
    const lost = document.getElementById("lost");
    const left = document.getElementById("left");
    const mute = document.getElementById("mute");
    const missed = document.getElementById("missed");
    // A beat comes every second.
    const PATIENCE_MS = 5_000;
    // No guest waits longer for an answer, and a verdict that comes later is for nobody.
    const LATE_MS = 15_000;
    const AGAIN_MS = 400;
    // The verdict before stands no longer than this while the next one is decided.
    const SLOW_MS = 1_000;
    const SEEN_MS = 1_500;
    const CLEAR_MS = 2_000;
    // As much of a code as tells one guest's from the next one's.
    const TAIL = 6;
    const KEPT = "missed";
    const waiting = [];
    let number = 0;
    let busy = false;
    let timer = 0;
    let readyAt = 0;
    // A ticket may wait for its wristband though the stage does not say so any more.
    let waited = false;

    // Opened anew, the page asks for itself, not for the decision that was made on it.
    history.replaceState(null, "", stage.dataset.home);

    const aim = () => box.focus({ preventScroll: true });

    const pause = (ms) => new Promise((done) => setTimeout(done, ms));

    // Nothing stands there, and that a ticket waited is not forgotten.
    const wipe = () => {
        waited ||= !!stage.querySelector("[data-sound='waiting']");
        stage.replaceChildren();
        left.hidden = true;
    };

    // Nothing is asked for it, so no answer can come late and take the place of a verdict.
    const toReady = () => {
        clearTimeout(timer);
        wipe();
        const mayWait = waited;
        waited = false;
        stage.replaceChildren(ready.content.cloneNode(true));
        if (mayWait) {
            // The ticket that waited for its wristband waits no longer, in its turn among the scans.
            waiting.push({ clears: true });
            next();
        }
    };

    // What stood there before the program went is nobody's verdict now.
    const setLost = (isLost) => {
        const wasLost = !lost.hidden;
        lost.hidden = !isLost;
        if (isLost) {
            clearTimeout(timer);
            wipe();
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

    const play = (name) => {
        try {
            return Sound.play(name);
        } catch {
            // A browser without sound still scans.
            return "blocked";
        }
    };

    const sound = (name) => {
        const came = isMuted() ? "muted" : play(name);
        stage.dataset.sounded = `${name} ${came}`;
        document.getElementById("blocked")?.toggleAttribute("hidden", came !== "blocked");
    };

    // A verdict has come, from here or from a device: show it, hold it, and let it be heard.
    const show = (html) => {
        waited = false;
        stage.innerHTML = html;
        hold();
        const verdict = stage.querySelector("[data-sound]");
        if (verdict) {
            sound(verdict.dataset.sound);
        }
        htmx.trigger(document.body, "scanned");
    };

    const told = () => JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");

    const tell = (codes) => {
        sessionStorage.setItem(KEPT, JSON.stringify(codes));
        document.getElementById("missed-codes").textContent = codes.map((tail) => `…${tail}`).join(", ");
        missed.hidden = codes.length === 0;
    };

    // Nobody judges these any more.
    const miss = (scans) => {
        const codes = scans.filter((scan) => !scan.clears).map((scan) => scan.code.slice(-TAIL));
        if (codes.length > 0) {
            tell([...told(), ...codes]);
            sound("refuse");
        }
    };

    // Opened anew for whoever works here now; what was not judged is told there.
    const again = () => {
        miss(waiting.splice(0));
        location.reload();
    };

    const timeLeft = (scan) => scan.at + LATE_MS - performance.now();

    // The verdict, however often it must be asked for; nothing where none will come.
    const judged = async (scan) => {
        const body = new URLSearchParams(new FormData(form));
        Object.entries({ code: scan.code, keys: scan.keys, n: scan.n }).forEach(([name, value]) => body.set(name, value));
        while (timeLeft(scan) > 0) {
            try {
                const signal = AbortSignal.timeout(Math.ceil(timeLeft(scan)));
                const answer = await fetch("/scan", { method: "POST", body, signal, headers: { "HX-Request": "true" } });
                const text = await answer.text();
                if (answer.ok) {
                    return text;
                }
                // It will not be taken the next time either.
                if (answer.status < 500) {
                    return null;
                }
            } catch {
                setLost(true);
            }
            await pause(AGAIN_MS);
        }
        return null;
    };

    const work = async (scan) => {
        if (scan.clears) {
            // What is not cleared is over within the minute.
            const signal = AbortSignal.timeout(CLEAR_MS);
            await fetch(stage.dataset.clear, { signal }).catch(() => null);
            return;
        }
        clearTimeout(timer);
        const slow = setTimeout(wipe, SLOW_MS);
        const html = await judged(scan);
        clearTimeout(slow);
        if (html === null) {
            miss([scan]);
            toReady();
            return;
        }
        alive();
        show(html);
    };

    const next = async () => {
        if (busy || waiting.length === 0) {
            return;
        }
        busy = true;
        // It stays in the line until it was judged, so that it is not lost with the page.
        const scan = waiting[0];
        try {
            await work(scan);
            if (performance.now() - scan.at > SLOW_MS && waiting.length > 1) {
                // After a stall the line is judged at once, and each verdict must be seen.
                await pause(SEEN_MS);
            }
        } catch {
            miss([scan]);
        } finally {
            if (waiting[0] === scan) {
                waiting.shift();
            }
            busy = false;
        }
        next();
    };

    // The box is empty again before the answer is there, so the next guest is never waited for.
    const wedge = new Wedge(box, (code, keys) => {
        aim();
        number += 1;
        waiting.push({ code, keys, n: number, at: performance.now() });
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

    missed.querySelector("button").addEventListener("click", () => {
        tell([]);
        aim();
    });

    mute?.addEventListener("click", () => {
        const muted = !isMuted();
        mute.setAttribute("aria-pressed", String(muted));
        fetch("/look", { method: "POST", body: new URLSearchParams({ sound: muted ? "off" : "on" }), redirect: "manual" });
        aim();
    });

    // Figures that cannot be read now are old, and the gate goes on without them.
    const stale = document.getElementById("stale");
    document.addEventListener("htmx:afterRequest", (event) => {
        stale.hidden = event.detail.successful;
    });

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
            again();
        }
        run = event.data;
        document.documentElement.dataset.live = "yes";
        alive();
    });
    events.addEventListener("beat", alive);
    events.addEventListener("scanned", () => htmx.trigger(document.body, "scanned"));
    events.addEventListener("stage", (event) => show(event.data));
    // Somebody else signed in, or nobody is any more, or the screen was locked: the page is not theirs now.
    events.addEventListener("over", again);
    events.addEventListener("error", () => setLost(true));
    // A page that was left listens no more, and one that somebody comes back to shows nothing of before.
    addEventListener("pagehide", () => {
        events.close();
        miss(waiting.splice(0));
    });
    addEventListener("pageshow", (event) => event.persisted && location.reload());

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
    tell(told());
    hold();
})();

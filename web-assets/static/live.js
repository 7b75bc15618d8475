// Keeps the door's page true: central tells what changed, and this puts it in place. Without it, reloading does.
"use strict";

// A new stream in the place of one that ended for good comes after this long.
const AGAIN_MS = 4000;

(() => {
    const place = document.getElementById("door");
    const state = document.getElementById("door-state");
    const full = document.getElementById("full");
    if (full && document.documentElement.requestFullscreen) {
        full.hidden = false;
        full.addEventListener("click", () => document.documentElement.requestFullscreen());
    }
    if (!place || !state || !window.EventSource) {
        return;
    }
    const say = (how) => {
        state.textContent = state.dataset[how];
        state.dataset.is = how;
    };
    let source = null;
    let again = 0;
    // A stream that ended for good does not say why. The page itself does: where it is opened no more (the session has ended
    // meanwhile, or the right), loading it leads to the sign-in page or says what is wrong. Else a new stream is made.
    const ask = async () => {
        try {
            const options = {redirect: "manual", cache: "no-store", headers: {"gerbang-waits": "1"}};
            const answer = await fetch(location.href, options);
            const gone = answer.type === "opaqueredirect" || [401, 403, 404].includes(answer.status);
            if (gone) {
                location.reload();
                return;
            }
        } catch {
            // Nobody answers: that is a lost connection.
        }
        watch();
    };
    const watch = () => {
        source?.close();
        source = new EventSource(place.dataset.stream);
        source.addEventListener("open", () => say("on"));
        source.addEventListener("now", (event) => {
            place.innerHTML = event.data;
            say("on");
        });
        source.addEventListener("end", () => {
            source.close();
            say("over");
        });
        source.addEventListener("error", () => {
            say("lost");
            // An answer that is no stream (a proxy's, or "too many") ends it for good: then a new one is made.
            if (source.readyState === EventSource.CLOSED) {
                clearTimeout(again);
                again = setTimeout(ask, AGAIN_MS);
            }
        });
    };
    watch();
    window.addEventListener("pagehide", () => {
        clearTimeout(again);
        source.close();
    });
    // Back by the browser's own memory.
    window.addEventListener("pageshow", (event) => {
        if (event.persisted && state.dataset.is !== "over") watch();
    });
})();

// Keeps the door's page true: central tells what changed, and this puts it in place. Without it, reloading does.
"use strict";

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
    const source = new EventSource(place.dataset.stream);
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
        say(source.readyState === EventSource.CLOSED ? "over" : "lost");
    });
    window.addEventListener("pagehide", () => source.close());
})();

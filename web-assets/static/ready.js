// The page before doors: sounds to listen to, and a box that says whether a scanner types right.
"use strict";

(() => {
    const typed = document.getElementById("typed");
    const heard = document.getElementById("heard");
    const played = document.getElementById("played");

    document.getElementById("play").addEventListener("click", () => {
        ["admit", "ask", "refuse"].forEach((name, place) => setTimeout(() => Sound.play(name), place * 900));
        played.textContent = played.dataset.said;
    });

    const judge = (code) => {
        const isGood = code.trim().toUpperCase() === typed.dataset.code;
        heard.textContent = isGood ? `✓ ${heard.dataset.good}` : `✕ ${heard.dataset.bad}`;
        heard.dataset.is = isGood ? "good" : "bad";
    };
    const wedge = new Wedge(typed, judge);
    typed.addEventListener("change", () => typed.value && wedge.send(typed.value, ""));
})();

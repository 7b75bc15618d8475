// Comfort for the panel; every page also works without it.
"use strict";

(() => {
    // What cannot be undone is asked once more, in the page's own words.
    document.addEventListener("submit", (event) => {
        const { sure } = event.target.dataset;
        if (sure && !window.confirm(sure)) {
            event.preventDefault();
        }
    });

    // A slash goes to the search, as in most tools.
    document.addEventListener("keydown", (event) => {
        const typing = event.target.closest("input, textarea, select");
        const search = document.querySelector("input[type=search]");
        if (event.key === "/" && !typing && search) {
            event.preventDefault();
            search.focus();
        }
    });
})();

// Comfort for the panel; every page also works without it. Words stand in the page (`layout.html`), in its language.
"use strict";

(() => {
    const page = document.documentElement;
    const byId = (id) => document.getElementById(id);
    const isTyping = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

    // ---- What is said to who does not look: one polite place, filled after the page stands, so that it is read out.
    const tell = (words) => {
        const live = byId("aloud");
        if (live && words) {
            live.textContent = "";
            setTimeout(() => { live.textContent = words; }, 60);
        }
    };

    // ---- A question before what cannot be undone: what will happen, and the focus on "no".
    // The form, the button that was pressed or what is chosen in it says what: data-sure="…".
    const ask = (words, yes, go) => {
        const dialog = byId("sure");
        if (!dialog?.showModal) {
            if (window.confirm(words)) go();
            return;
        }
        dialog.querySelector("[data-words]").textContent = words;
        const button = dialog.querySelector("[value=yes]");
        button.textContent = yes || button.dataset.words;
        dialog.returnValue = "";
        dialog.addEventListener("close", () => {
            if (dialog.returnValue === "yes") go();
        }, { once: true });
        dialog.showModal();
        dialog.querySelector("[value=no]").focus();
    };

    const answered = new WeakSet();
    document.addEventListener("submit", (event) => {
        const form = event.target;
        const sure = event.submitter?.dataset.sure || form.dataset.sure
            || form.querySelector(":checked[data-sure]")?.dataset.sure;
        if (sure && !answered.has(form)) {
            event.preventDefault();
            event.stopImmediatePropagation();
            const { submitter } = event;
            ask(sure, submitter?.textContent.trim(), () => {
                // The server asks once more where a form does not say that it was asked about.
                const yes = document.createElement("input");
                yes.type = "hidden";
                yes.name = "sure";
                yes.value = "yes";
                form.append(yes);
                answered.add(form);
                form.requestSubmit(submitter);
                answered.delete(form);
                yes.remove();
            });
        }
    }, true);

    // ---- What was worked out of a form (data-outdates="id") is sent no more once the form says something else.
    document.addEventListener("input", (event) => {
        const outdated = byId(event.target.closest?.("form[data-outdates]")?.dataset.outdates ?? "");
        outdated?.querySelector("[data-outdated]")?.removeAttribute("hidden");
        for (const button of outdated?.querySelectorAll("button") ?? []) {
            button.disabled = true;
        }
    });

    // ---- What was typed and not saved (data-unsaved) is not lost by a click: the browser asks, in its own words.
    const unsaved = new Set();
    document.addEventListener("input", (event) => {
        const form = event.target.closest?.("form[data-unsaved]");
        if (form) unsaved.add(form);
    });
    document.addEventListener("reset", (event) => unsaved.delete(event.target));
    window.addEventListener("beforeunload", (event) => {
        if ([...unsaved].some((form) => form.isConnected)) event.preventDefault();
    });

    // ---- A form is sent once: its button is busy until the next page is there. A file that comes instead of a page
    // leaves this one standing, so the button comes back by itself.
    const busy = (form, isBusy) => {
        form.toggleAttribute("data-busy", isBusy);
        for (const button of form.querySelectorAll("button:not([type=button])")) {
            if (isBusy) button.setAttribute("aria-disabled", "true");
            else button.removeAttribute("aria-disabled");
        }
    };
    const release = () => document.querySelectorAll("form[data-busy]").forEach((form) => busy(form, false));
    document.addEventListener("submit", (event) => {
        const form = event.target;
        if (event.defaultPrevented || form.method !== "post") return;
        if (form.hasAttribute("data-busy")) {
            event.preventDefault();
            return;
        }
        unsaved.delete(form);
        busy(form, true);
        page.toggleAttribute("data-loading", true);
        tell(byId("aloud")?.dataset.sending);
        setTimeout(() => {
            busy(form, false);
            page.removeAttribute("data-loading");
        }, 15000);
    });
    // Back from the next page by the browser's own memory: nothing is on its way any more.
    window.addEventListener("pageshow", () => {
        release();
        page.removeAttribute("data-loading");
    });

    // ---- Lists that are asked for while somebody types: a thin line at the top while they come, then how many, aloud.
    document.addEventListener("htmx:beforeRequest", () => page.toggleAttribute("data-loading", true));
    document.addEventListener("htmx:afterRequest", () => page.removeAttribute("data-loading"));
    // Whoever ends a search with Enter goes on in what was found.
    let isAsked = false;
    document.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && event.target.matches?.("form[hx-get] input[type=search]")) isAsked = true;
    });
    document.addEventListener("htmx:afterSettle", () => {
        fit();
        const rows = document.querySelectorAll("#list tbody tr").length;
        const live = byId("aloud");
        if (document.querySelector("#list") && live) tell(live.dataset.rows.replace("{n}", rows));
        if (isAsked) links()[0]?.focus();
        isAsked = false;
    });
    for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
        document.addEventListener(name, () => {
            const lost = byId("lost");
            if (lost) lost.hidden = false;
        });
    }
    document.addEventListener("htmx:afterOnLoad", () => {
        const lost = byId("lost");
        if (lost) lost.hidden = true;
    });

    // ---- The box in the head of a list chooses all rows, and is itself chosen while all are.
    document.addEventListener("change", (event) => {
        const boxes = (name) => [...document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(name)}"]`)];
        const { all } = event.target.dataset;
        if (all) {
            boxes(all).forEach((box) => { box.checked = event.target.checked; });
            return;
        }
        const head = document.querySelector(`input[data-all="${CSS.escape(event.target.name ?? "")}"]`);
        if (head) head.checked = boxes(event.target.name).every((box) => box.checked);
    });

    // ---- Tables: where one fits, its head stays in sight; where it does not, it scrolls in its own box.
    const fit = () => {
        for (const box of document.querySelectorAll(".p-table")) {
            box.classList.remove("p-fits");
            box.classList.toggle("p-fits", box.scrollWidth <= box.clientWidth);
        }
    };
    window.addEventListener("resize", fit);

    // A click on a row goes where its first link goes; links, buttons, boxes and marked text keep their own meaning.
    document.addEventListener("click", (event) => {
        const row = event.target.closest(".p-table tbody tr");
        const link = row?.querySelector("th a[href], td a[href]");
        if (!link || event.target.closest("a, button, input, label, select, summary, form") || String(window.getSelection())) return;
        if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
        else link.click();
    });

    // ---- Keys. They can be switched off in the dialog that lists them, for who dictates or presses by accident.
    const OFF = "gerbang-keys-off";
    const stored = () => {
        try { return localStorage.getItem(OFF) === "1"; } catch { return false; }
    };
    const keep = (isOff) => {
        try { localStorage.setItem(OFF, isOff ? "1" : "0"); } catch { /* A browser that keeps nothing asks again. */ }
    };
    const links = () => [...document.querySelectorAll(".p-table tbody tr")]
        .map((row) => row.querySelector("th a[href], td a[href]")).filter(Boolean);
    const step = (by) => {
        const all = links();
        const now = all.indexOf(document.activeElement);
        const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : now + by;
        all[next]?.focus();
    };
    const showKeys = () => {
        const dialog = byId("keys");
        if (dialog?.showModal && !dialog.open) {
            dialog.showModal();
            // Not the box that switches them off: a blank pressed by accident would.
            dialog.querySelector("button")?.focus();
        }
    };
    const search = () => document.querySelector("main input[type=search]");

    let isGoing = 0;
    const press = (event) => {
        const { key } = event;
        if (isGoing) {
            clearTimeout(isGoing);
            isGoing = 0;
            const to = document.querySelector(`.p-nav [data-key="${CSS.escape(key)}"]`);
            if (to) to.click();
            return Boolean(to);
        }
        if (key === "g") {
            isGoing = setTimeout(() => { isGoing = 0; }, 1500);
        } else if (key === "?") {
            showKeys();
        } else if (key === "/" && search()) {
            search().focus();
            search().select();
        } else if (key === "j" || key === "k") {
            step(key === "j" ? 1 : -1);
        } else {
            return false;
        }
        return true;
    };
    document.addEventListener("keydown", (event) => {
        if (event.key === "Escape") {
            document.querySelector(".p-menu[open]")?.removeAttribute("open");
            if (isTyping(event.target) && event.target.type === "search") event.target.blur();
        }
        const isChord = event.ctrlKey || event.metaKey || event.altKey;
        if (isChord || isTyping(event.target) || document.querySelector("dialog[open]") || stored()) return;
        if (press(event)) event.preventDefault();
    });
    document.addEventListener("click", (event) => {
        if (event.target.closest("[data-shows=keys]")) showKeys();
    });

    // ---- On a phone a list begins with its search; the other filters unfold.
    const fold = () => {
        for (const form of document.querySelectorAll("form.p-filter")) {
            const fields = form.querySelectorAll(".p-field, .p-check");
            if (fields.length < 3) continue;
            const button = document.createElement("button");
            button.type = "button";
            button.className = "btn btn-outline-primary p-unfold";
            button.textContent = byId("aloud")?.dataset.more || "";
            button.setAttribute("aria-expanded", "false");
            button.addEventListener("click", () => {
                const isOpen = form.classList.toggle("p-folded") === false;
                button.setAttribute("aria-expanded", String(isOpen));
            });
            form.classList.add("p-folded");
            fields[0].after(button);
        }
    };

    // ---- The page as it was loaded.
    const start = () => {
        fit();
        fold();
        const said = document.querySelector(".p-said");
        if (said?.matches(".p-said-bad")) said.focus();
        else if (said) tell(said.textContent.trim());
        // What was done is said once: a page that is loaded again did not do it again.
        const here = new URL(location.href);
        if (here.searchParams.has("done")) {
            here.searchParams.delete("done");
            history.replaceState(history.state, "", here);
        }
        const box = byId("keys-off");
        if (box) {
            box.checked = !stored();
            box.addEventListener("change", () => keep(!box.checked));
        }
    };
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
    else start();

    // ---- A list out of a file goes into the field beside it, and is sent with the form like what is typed.
    document.addEventListener("change", async (event) => {
        const into = byId(event.target.dataset?.into);
        const file = event.target.files?.[0];
        if (into && file) into.value = await file.text();
    });
})();

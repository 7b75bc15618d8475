// Comfort for buyers' pages; every page also works without it.
"use strict";

(() => {
    const text = document.documentElement.lang === "en"
        ? { left: "left", over: "The time is over.", copied: "Link copied" }
        : { left: "lagi", over: "Waktunya habis.", copied: "Tautan disalin" };

    // How long an order still holds its tickets, by the server's clock: the visitor's may be wrong.
    const countdown = (place) => {
        const skew = Number(place.dataset.now) - Date.now();
        const left = place.querySelector(".countdown-left");
        const show = () => {
            const seconds = Math.max(0, Math.round((Number(place.dataset.until) - Date.now() - skew) / 1000));
            const rest = String(seconds % 60).padStart(2, "0");
            left.hidden = false;
            left.textContent = seconds > 0 ? `${Math.floor(seconds / 60)}:${rest} ${text.left}` : text.over;
            place.classList.toggle("countdown-short", seconds < 120);
            if (seconds === 0) {
                clearInterval(beat);
            }
        };
        const beat = setInterval(show, 1000);
        show();
    };

    // Sharing by the phone's own means where it has them, else by copying the address.
    const share = (button) => {
        button.hidden = false;
        button.addEventListener("click", async () => {
            const { title, url } = button.dataset;
            try {
                if (navigator.share) {
                    await navigator.share({ title, url });
                } else {
                    await navigator.clipboard.writeText(url);
                    button.querySelector(".share-said").textContent = text.copied;
                }
            } catch {
                // Closed without sharing: nothing to say.
            }
        });
    };

    // One more, one less.
    const step = (box) => {
        const field = box.querySelector("input");
        for (const button of box.querySelectorAll("button[data-step]")) {
            button.hidden = false;
            button.addEventListener("click", () => {
                const now = Number(field.value) || 0;
                const least = Number(field.dataset.least) || 1;
                const most = Number(field.max);
                let next = now + Number(button.dataset.step);
                if (next > 0 && next < least) {
                    next = next > now ? least : 0;
                }
                next = Math.min(most, Math.max(0, next));
                field.value = next;
                field.dispatchEvent(new Event("change", { bubbles: true }));
            });
        }
    };

    // A form is sent once, however often the button is pressed.
    const once = (form) => {
        form.addEventListener("submit", (event) => {
            if (form.dataset.sent) {
                event.preventDefault();
            }
            form.dataset.sent = "1";
            form.querySelector("button[type=submit]")?.setAttribute("aria-busy", "true");
        });
        // Back from the next page, it may be sent again.
        addEventListener("pageshow", () => delete form.dataset.sent);
    };

    // Enter in a field presses the button beside it, not the form's first.
    const enter = (field) => {
        field.addEventListener("keydown", (event) => {
            if (event.key === "Enter") {
                event.preventDefault();
                document.getElementById(field.dataset.enter)?.click();
            }
        });
    };

    const each = (what, how) => document.querySelectorAll(what).forEach(how);
    each(".countdown[data-until]", countdown);
    each("button[data-share]", share);
    each(".stepper", step);
    each("form[data-once]", once);
    each("input[data-enter]", enter);
})();

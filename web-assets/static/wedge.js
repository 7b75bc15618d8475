// A scanner that is a keyboard ("wedge"): what it types, wherever the focus is, out of what people type.
//
// A scanner presses its keys within a few milliseconds of each other, a person does not. What stood in the box before
// such a burst is a stray and is dropped. The keys are also read by their place on the keyboard, as the scanner's own
// layout has them, so a layout or an input method of the system that turns them into something else does no harm: the
// gate is told both readings and takes the one that is genuine.
"use strict";

const Wedge = (() => {
    // Nobody's next code comes sooner, and no scanner waits longer between two keys, however busy the machine is.
    const STRAY_MS = 300;
    // A person does not keep this up for a whole code.
    const FAST_MS = 50;
    // No wristband and no ticket number is shorter; less is a person.
    const SHORTEST = 10;
    // A whole ticket code: a scanner that ends with no key at all has come to its end.
    const WHOLE = 143;
    const SILENCE_MS = 150;
    // A trigger that bounces begins the same code again within this.
    const BOUNCE_MS = 1_000;
    const ENDS = ["Enter", "NumpadEnter", "Tab", "ArrowDown"];
    const SYMBOLS = {
        Minus: "-_", Equal: "=+", BracketLeft: "[{", BracketRight: "]}", Backslash: "\\|", Semicolon: ";:", Quote: "'\"",
        Comma: ",<", Period: ".>", Slash: "/?", Space: "  ", Backquote: "`~",
    };
    const SHIFTED = ")!@#$%^&*(";

    // What the key types on the layout that scanners come with.
    const usual = (event) => {
        const code = event.code || "";
        if (/^Key[A-Z]$/.test(code)) {
            const upper = event.shiftKey !== event.getModifierState?.("CapsLock");
            return upper ? code[3] : code[3].toLowerCase();
        }
        if (/^Digit\d$/.test(code)) {
            return event.shiftKey ? SHIFTED[Number(code[5])] : code[5];
        }
        if (/^Numpad\d$/.test(code)) {
            return code[6];
        }
        return SYMBOLS[code]?.[event.shiftKey ? 1 : 0] ?? "";
    };

    return class {
        constructor(box, submit) {
            this.box = box;
            this.submit = submit;
            this.last = { code: "", at: -Infinity };
            this.forget();
            document.addEventListener("keydown", (event) => this.press(event), true);
        }

        forget() {
            clearTimeout(this.ending);
            this.keys = "";
            this.before = 0;
            this.startAt = -Infinity;
            this.keyAt = -Infinity;
        }

        isFast() {
            const gaps = this.keys.length - 1;
            return gaps >= SHORTEST - 1 && (this.keyAt - this.startAt) / gaps < FAST_MS;
        }

        press(event) {
            const field = event.target.closest?.("input, textarea, select, [contenteditable]");
            if (field && field !== this.box) {
                return;
            }
            if (this.ends(event)) {
                event.preventDefault();
                event.stopPropagation();
                this.scanned();
                return;
            }
            const typed = usual(event);
            const isCommand = event.ctrlKey || event.altKey || event.metaKey;
            if (isCommand || (!typed && event.key.length !== 1)) {
                return;
            }
            this.take(typed, event.timeStamp);
            // A blank alone is somebody at a button.
            if (document.activeElement !== this.box && (typed !== " " || this.keys.length > 1)) {
                this.box.focus({ preventScroll: true });
            }
        }

        ends(event) {
            // Some scanners end with a line feed, which a browser takes for a command of its own.
            const isFeed = event.ctrlKey && ["KeyJ", "KeyM"].includes(event.code);
            if (this.isFast() && (isFeed || ENDS.includes(event.key) || ENDS.includes(event.code))) {
                return true;
            }
            const isTab = event.key === "Tab" && document.activeElement === this.box;
            return isTab && this.box.value.trim().length >= SHORTEST;
        }

        take(typed, now) {
            clearTimeout(this.ending);
            if (now - this.keyAt > STRAY_MS) {
                this.keys = "";
                this.before = this.box.value.length;
                this.startAt = now;
            }
            this.keys += typed;
            this.keyAt = now;
            if (this.keys.length >= WHOLE && this.isFast()) {
                this.ending = setTimeout(() => this.scanned(), SILENCE_MS);
            }
        }

        // The box may hold nothing yet, where an input method keeps what was typed to itself.
        scanned() {
            const isFast = this.isFast();
            const shown = this.box.value.slice(isFast ? this.before : 0).trim();
            const keys = isFast ? this.keys.trim() : "";
            this.send(shown || keys, keys);
        }

        send(code, keys) {
            const at = performance.now();
            const began = Number.isFinite(this.startAt) ? this.startAt : at;
            const bounced = code === this.last.code && began - this.last.at < BOUNCE_MS;
            this.box.value = "";
            this.forget();
            if (code && !bounced) {
                this.last = { code, at };
                this.submit(code, keys === code ? "" : keys);
            }
        }
    };
})();

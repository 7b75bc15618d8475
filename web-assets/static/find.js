// Lists with ticks: arrow keys move through them, Shift ticks all between two, one box ticks all, and the count is told.
"use strict";

for (const form of document.querySelectorAll("[data-ticks]")) {
    const boxes = [...form.querySelectorAll(".find-list input[type=checkbox]")];
    const head = form.querySelector(".find-all");
    if (!head || boxes.length === 0) {
        continue;
    }
    const all = head.querySelector("input");
    const count = head.querySelector(".find-count");
    let last = 0;

    const tell = () => {
        const ticked = boxes.filter((box) => box.checked).length;
        count.textContent = String(ticked);
        all.checked = ticked === boxes.length;
        all.indeterminate = ticked > 0 && ticked < boxes.length;
    };

    // With Shift all between the last box and this one become as this one is.
    const tick = (box, hasShift) => {
        const at = boxes.indexOf(box);
        const [from, to] = [Math.min(last, at), Math.max(last, at)];
        boxes.slice(hasShift ? from : at, to + 1).forEach((one) => { one.checked = box.checked; });
        last = at;
        tell();
    };

    all.addEventListener("change", () => {
        boxes.forEach((box) => { box.checked = all.checked; });
        tell();
    });
    form.addEventListener("click", (event) => {
        if (boxes.includes(event.target)) {
            tick(event.target, event.shiftKey);
        }
    });
    form.addEventListener("keydown", (event) => {
        const at = boxes.indexOf(event.target);
        const places = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: boxes.length - 1 };
        const to = boxes[places[event.key]];
        if (at < 0 || !to) {
            return;
        }
        event.preventDefault();
        to.focus();
        if (event.shiftKey) {
            to.checked = event.target.checked;
            last = boxes.indexOf(to);
            tell();
        }
    });
    head.hidden = false;
    tell();
}

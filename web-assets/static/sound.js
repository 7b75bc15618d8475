// A sound for each verdict, so that nobody has to look: two notes up, two alike, one low and rough. Made here, so that
// nothing has to be loaded. A browser makes no sound before somebody has touched the page, and then says so.
"use strict";

const Sound = (() => {
    const NOTES = {
        admit: [["sine", 880, 0, 0.12], ["sine", 1320, 0.12, 0.22]],
        ask: [["triangle", 620, 0, 0.14], ["triangle", 620, 0.24, 0.14]],
        refuse: [["sawtooth", 190, 0, 0.28], ["sawtooth", 140, 0.24, 0.36]],
        waiting: [["sine", 990, 0, 0.09]],
        rehearse: [["sine", 880, 0, 0.1], ["sine", 880, 0.16, 0.1], ["sine", 880, 0.32, 0.1]],
    };
    const LOUDNESS = 0.5;
    let context = null;

    const note = ([kind, pitch, from, length]) => {
        const [tone, gain] = [context.createOscillator(), context.createGain()];
        const start = context.currentTime + from;
        tone.type = kind;
        tone.frequency.value = pitch;
        gain.gain.setValueAtTime(0, start);
        gain.gain.linearRampToValueAtTime(LOUDNESS, start + 0.01);
        gain.gain.setValueAtTime(LOUDNESS, start + length - 0.03);
        gain.gain.linearRampToValueAtTime(0, start + length);
        tone.connect(gain).connect(context.destination);
        tone.start(start);
        tone.stop(start + length);
    };

    return {
        // "played", or "blocked" where the browser waits for a touch.
        play(name) {
            if (!NOTES[name] || typeof AudioContext === "undefined") {
                return "none";
            }
            context ??= new AudioContext({ latencyHint: "interactive" });
            if (context.state === "suspended") {
                context.resume();
                if (!navigator.userActivation?.hasBeenActive) {
                    return "blocked";
                }
            }
            NOTES[name].forEach(note);
            return "played";
        },
    };
})();

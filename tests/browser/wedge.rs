//! A scanner that is a keyboard, at its worst: strays, bounces, other layouts, input methods, ends of all kinds.

use serde_json::{Value, json};

use crate::gate::{ADMITTED, Gate};

/// Presses keys as a scanner does, with a silence of so many milliseconds where a number stands.
async fn strokes(gate: &Gate, steps: &[Value]) {
    let mut actions = Vec::new();
    for step in steps {
        match step {
            Value::Number(_) => actions.push(json!({"type": "pause", "duration": step})),
            _ => {
                for key in step.as_str().expect("keys").chars() {
                    let key = match key {
                        '\n' => '\u{E007}',
                        '\t' => '\u{E004}',
                        other => other,
                    };
                    let key = key.to_string();
                    actions.push(json!({"type": "keyDown", "value": key}));
                    actions.push(json!({"type": "keyUp", "value": key}));
                }
            }
        }
    }
    let actions = json!({"actions": [{"type": "key", "id": "scanner", "actions": actions}]});
    gate.hands.order("actions", &actions).await;
}

/// What a system makes of a scanner's keys: each key is where it always was, and means something else.
async fn typed_on(gate: &Gate, text: &str, meant: &str) {
    let script = format!(
        "const box = document.getElementById('code'); box.focus();
         const text = {text:?}, meant = {meant:?};
         for (let at = 0; at < text.length; at += 1) {{
             const code = /[0-9]/.test(text[at]) ? 'Digit' + text[at] : 'Key' + text[at];
             const event = new KeyboardEvent('keydown', {{ key: meant[at] ?? 'Process', code, shiftKey: /[A-Z]/.test(text[at]), bubbles: true, cancelable: true }});
             box.dispatchEvent(event);
             if (meant[at]) {{ box.value += meant[at]; }}
         }}
         box.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Enter', code: 'Enter', bubbles: true, cancelable: true }}));
         return true"
    );
    gate.hands.until(&script).await;
}

#[tokio::test]
async fn case_12_a_stray_key_before_a_scan_is_dropped_and_a_bounced_trigger_is_one_scan() {
    let gate = Gate::open().await;
    let (first, second, third) = (gate.code(0), gate.code(1), gate.code(2));
    strokes(
        &gate,
        &[json!("qq 7"), json!(500), json!(format!("{first}\n"))],
    )
    .await;
    gate.shows(1, ADMITTED).await;
    strokes(&gate, &[json!(format!("{second}\n{second}\n"))]).await;
    gate.stage_says(&gate.sold[1].number).await;
    gate.shows(2, ADMITTED).await;
    // A prefix of the symbology, and Tab for Enter.
    strokes(&gate, &[json!(format!("]Q1{third}\t"))]).await;
    gate.stage_says(&gate.sold[2].number).await;
    gate.shows(3, ADMITTED).await;
    // A scanner that ends with no key at all.
    strokes(&gate, &[json!(gate.code(3))]).await;
    gate.stage_says(&gate.sold[3].number).await;
    gate.shows(4, ADMITTED).await;
    gate.hands.assert_quiet().await;
}

#[tokio::test]
async fn case_12_another_keyboard_layout_or_an_input_method_does_no_harm() {
    let gate = Gate::open().await;
    let german: String = gate
        .code(0)
        .chars()
        .map(|key| match key {
            'Y' => 'Z',
            'Z' => 'Y',
            other => other,
        })
        .collect();
    typed_on(&gate, gate.code(0), &german).await;
    gate.stage_says(&gate.sold[0].number).await;
    gate.shows(1, ADMITTED).await;
    // An input method keeps every key to itself.
    typed_on(&gate, gate.code(1), "").await;
    gate.stage_says(&gate.sold[1].number).await;
    gate.shows(2, ADMITTED).await;
    gate.hands.assert_quiet().await;
}

#[tokio::test]
async fn case_12_a_person_may_type_a_number_as_slowly_as_they_like() {
    let gate = Gate::open().await;
    let number = &gate.sold[0].number;
    let mut steps = Vec::new();
    for (place, key) in number.chars().enumerate() {
        steps.push(json!(key.to_string()));
        steps.push(json!(if place == 1 { 700 } else { 90 }));
    }
    steps.push(json!("\n"));
    strokes(&gate, &steps).await;
    gate.stage_says("typed by hand").await;
    assert_eq!(gate.real.status().scans, 1);
}

#[tokio::test]
async fn case_35_escape_is_ready_at_once_and_a_sound_goes_with_each_verdict() {
    let gate = Gate::open().await;
    gate.hands.press(&format!("{}\n", gate.code(0))).await;
    gate.hands
        .until("return document.getElementById('stage').dataset.sounded === 'admit played'")
        .await;
    gate.hands.press("rubbish-of-some-length\n").await;
    gate.hands
        .until("return document.getElementById('stage').dataset.sounded === 'refuse played'")
        .await;
    gate.hands.press("\u{1b}").await;
    gate.stage_says("Ready").await;
    gate.hands.click("#mute").await;
    gate.hands.press(&format!("{}\n", gate.code(1))).await;
    gate.hands
        .until("return document.getElementById('stage').dataset.sounded === 'admit muted'")
        .await;
    gate.hands.go(&gate.address).await;
    gate.hands
        .until("return document.getElementById('mute').getAttribute('aria-pressed') === 'true'")
        .await;
    gate.hands.assert_quiet().await;
}

//! A USB scanner in front of the gate's real page: it types, wherever the focus is, and never looks up.

use crate::gate::{ADMITTED, Gate, REFUSED};

#[tokio::test]
async fn case_35_on_the_real_page_the_next_scan_works_at_once_after_a_refusal() {
    let gate = Gate::open().await;
    gate.hands.press("not-a-ticket-at-all\n").await;
    gate.shows(1, REFUSED).await;
    gate.hands.press(&format!("{}\n", gate.code(0))).await;
    gate.shows(2, ADMITTED).await;
    // The trigger is pulled again before the answer is there: admitted, refused, admitted, and no bounce among them.
    let (again, next, last) = (gate.code(0), gate.code(1), gate.code(2));
    let burst = format!("{next}\n{again}\n{last}\n");
    gate.hands.press(&burst).await;
    let number = &gate.sold[2].number;
    let last_shown =
        format!("return document.getElementById('stage').innerText.includes('{number}')");
    gate.hands.until(&last_shown).await;
    gate.shows(5, ADMITTED).await;
    let dialogs = "return document.querySelectorAll('dialog[open]').length === 0 && document.getElementById('lost').hidden";
    gate.hands.until(dialogs).await;
    gate.hands.assert_quiet().await;
}

#[tokio::test]
async fn case_12_on_the_real_page_a_scanner_is_heard_wherever_the_focus_is() {
    let gate = Gate::open().await;
    let elsewhere = [
        "document.getElementById('code').blur(); return true",
        "document.querySelector('.gate-switch button').focus(); return true",
        "document.querySelector('#scan button').focus(); return true",
    ];
    for (place, focus) in elsewhere.iter().enumerate() {
        gate.hands.until(focus).await;
        gate.hands.press(&format!("{}\n", gate.code(place))).await;
        let number = &gate.sold[place].number;
        let shown =
            format!("return document.getElementById('stage').innerText.includes('{number}')");
        gate.hands.until(&shown).await;
        gate.hands.until(ADMITTED).await;
    }
    // A stray key long before the scan, lower case, and Tab for Enter.
    gate.hands.press("x").await;
    let code = gate.code(3).to_lowercase();
    gate.hands.press(&format!("{code}\t")).await;
    let number = &gate.sold[3].number;
    let shown = format!("return document.getElementById('stage').innerText.includes('{number}')");
    gate.hands.until(&shown).await;
    gate.shows(4, ADMITTED).await;
    let is_empty = "return document.getElementById('code').value === '' && document.activeElement.id === 'code'";
    gate.hands.until(is_empty).await;
    gate.hands.assert_accessible().await;
    gate.hands.assert_quiet().await;
}

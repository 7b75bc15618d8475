//! What the demo says: steps of the story, and the addresses to visit.

use crate::{panel::Panel, venue::Venue};

/// Begins a chapter.
pub fn chapter(title: &str) {
    println!("\n\u{2501}\u{2501} {title}");
}

/// Tells one step that held.
pub fn held(text: &str) {
    println!("   \u{2713} {text}");
}

/// Answers what was typed.
pub fn answer(text: &str) {
    println!("{text}");
}

/// Tells where to go, and with what one signs in to the panel.
pub fn addresses(venue: &Venue, panel: &Panel) {
    let place = &venue.place;
    println!(
        "\nGerbang is open. Everything runs on this machine; Ctrl-C ends all of it.\n\n\
         Shop (buy a ticket)      {}\n\
         Panel (who works here)   {}/panel\n\
         Its first account        {} with {}\n\
         Gate North (screen)      http://{}\n\
         Gate South (screen)      http://{}\n\
         Simulated Midtrans       {}\n\
         API document             {}/api/v1/openapi.json\n\
         Mail (.eml files)        {}\n\
         State                    {}\n\n\
         The shop is public, a gate's screen answers only to this machine, and the panel wants an account.\n\
         Pay with any channel on the simulated page, open the PDF, and type a QR's text into a gate's screen\n\
         (a USB scanner does that; `zbarimg --raw page.png` too).\n\n\
         Type off and Enter to cut the gates from central, on to reconnect them, who to see who was first.\n\
         `make demo STORY=1` plays the whole story by itself.",
        place.central_url(),
        place.central_url(),
        panel.email,
        panel.password,
        place.screens[0],
        place.screens[1],
        place.midtrans_url(),
        place.central_url(),
        place.mail().display(),
        place.folder.display(),
    );
}

//! The static files of both programs, inside the binary: no page asks another address for anything.
//!
//! | name | what |
//! | --- | --- |
//! | `bootstrap.css`, `bootstrap.js` | Bootstrap 5, with Popper |
//! | `htmx.js` | htmx 2 |
//! | `icons.css` | Bootstrap Icons as a font: `<i class="bi bi-check-lg" aria-hidden="true"></i>` |
//! | `app.css` | the look of Gerbang over Bootstrap, for every page |
//! | `gate.css`, `gate.js`, `ready.js`, `find.js` | the screen of an edge node |
//! | `wedge.js`, `sound.js` | a scanner that is a keyboard, and what a verdict sounds like |
//! | `shop.css`, `shop.js` | the shop: pages for buyers |
//! | `panel.css`, `panel.js` | the panel: pages for who works here |
//! | `favicon.svg` | the mark |
//!
//! Single icons stand in the pages themselves ([`icon`]): one picture is a few hundred bytes, the font 130,000.
//!
//! Versions are pinned in `package.json` and `package-lock.json`; our own files stand in `static/`. `central` and
//! `edge-node` merge [`router`] into theirs and name files by [`url`]. The address holds a hash over all files,
//! so a browser keeps them for ever and a new binary is seen at once. What is served never depends on the disk.
//!
//! Pages need this much of the content security policy and no more: [`CONTENT_SECURITY_POLICY`].

mod file;
mod serve;

pub use file::{icon, url};
pub use serve::router;

/// Only this origin's files; no inline script or style, no frames, forms to ourselves alone.
///
/// `img-src data:` is for the small pictures inside Bootstrap's style sheet.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; media-src 'self'; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'none'";

/// Settings of htmx that fit the policy, for `<meta name="htmx-config" content="…">`.
pub const HTMX_CONFIG: &str =
    r#"{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false}"#;

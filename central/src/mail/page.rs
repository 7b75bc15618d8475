//! What a letter says, once: its text and its HTML are made from the same words.
//!
//! Invariant: everything is escaped by the template; no picture, script or address of others is loaded, so opening a
//! letter tells nobody.

use askama::Template;

/// The words of a letter.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Language tag.
    pub language: &'static str,
    /// The subject.
    pub subject: String,
    /// The line above all.
    pub heading: String,
    /// Sentences before the facts.
    pub intro: Vec<String>,
    /// Names and values.
    pub facts: Vec<(String, String)>,
    /// A code to type, large.
    pub code: Option<String>,
    /// The one thing to do.
    pub button: Option<Button>,
    /// Sentences after it.
    pub outro: Vec<String>,
    /// Why this letter came.
    pub foot: String,
}

/// A link that stands out.
#[derive(Clone, Debug)]
pub struct Button {
    /// What it does.
    pub label: String,
    /// Where it leads.
    pub url: String,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    page: &'a Page,
}

impl Page {
    /// As HTML.
    ///
    /// # Errors
    /// When the template fails.
    pub fn html(&self) -> Result<String, askama::Error> {
        Html { page: self }.render()
    }

    /// As plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut blocks = vec![self.heading.clone()];
        blocks.extend(self.intro.iter().cloned());
        if let Some(code) = &self.code {
            blocks.push(format!("    {code}"));
        }
        if !self.facts.is_empty() {
            let fact = |(name, value): &(String, String)| format!("{name}: {value}");
            let facts: Vec<_> = self.facts.iter().map(fact).collect();
            blocks.push(facts.join("\n"));
        }
        if let Some(button) = &self.button {
            blocks.push(format!("{}:\n{}", button.label, button.url));
        }
        blocks.extend(self.outro.iter().cloned());
        blocks.push(format!("-- \n{}", self.foot));
        blocks.retain(|block| !block.trim().is_empty());
        blocks.join("\n\n") + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_say_the_same_and_markup_stays_text() {
        let page = Page {
            language: "en",
            heading: "Hello".to_owned(),
            intro: vec!["<script>alert(1)</script> & more".to_owned()],
            facts: vec![("Total".to_owned(), "Rp\u{A0}1".to_owned())],
            code: Some("123456".to_owned()),
            button: Some(Button {
                label: "Open".to_owned(),
                url: "https://a.test/?x=\"><img src=y>".to_owned(),
            }),
            ..Page::default()
        };
        let (html, text) = (page.html().expect("renders"), page.text());
        assert!(
            !html.contains("<script>") && !html.contains("<img"),
            "{html}"
        );
        for part in ["Hello", "Total", "123456", "Open"] {
            assert!(html.contains(part) && text.contains(part), "{part}");
        }
        assert!(text.contains("<script>alert(1)</script> & more"), "{text}");
    }
}

//! What a scanner was set to type before and after each code, taken away again.

/// Texts around a code; empty where there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Affixes {
    /// Before it.
    pub prefix: String,
    /// After it.
    pub suffix: String,
}

impl Affixes {
    /// The text between them. A scanner that was set back types neither, and its codes are as good.
    #[must_use]
    pub fn strip<'a>(&self, text: &'a str) -> &'a str {
        let text = text.strip_prefix(self.prefix.as_str()).unwrap_or(text);
        text.strip_suffix(self.suffix.as_str()).unwrap_or(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_is_taken_away_once() {
        let affixes = Affixes {
            prefix: "G1:".to_owned(),
            suffix: "#".to_owned(),
        };
        for (text, stripped) in [
            ("G1:ABC#", "ABC"),
            ("ABC", "ABC"),
            ("G1:G1:ABC##", "G1:ABC#"),
            ("G1:", ""),
            ("", ""),
        ] {
            assert_eq!(affixes.strip(text), stripped, "{text}");
            assert_eq!(Affixes::default().strip(text), text);
        }
    }
}

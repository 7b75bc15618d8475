//! Splits Rust source into code, comments and string literals.
//!
//! Rules look for a word in one of the three: a comment may name what the code must not. Invariant: each part keeps
//! the text's line count, with spaces where the other parts stood, so that line numbers fit. It knows just enough of
//! the language for that: nested comments, raw strings, and the quote that is a lifetime or a character.

/// The three views of one file.
pub struct Parts {
    pub code: String,
    pub strings: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Comment,
    Text,
}

/// Splits a file.
pub fn split(source: &str) -> Parts {
    let (mut code, mut strings) = (String::new(), String::new());
    let mut rest = source;
    while !rest.is_empty() {
        let (kind, length) = next_part(rest);
        let (part, after) = rest.split_at(length);
        code.push_str(&if kind == Kind::Code {
            part.to_owned()
        } else {
            blank(part)
        });
        strings.push_str(&if kind == Kind::Text {
            part.to_owned()
        } else {
            blank(part)
        });
        rest = after;
    }
    Parts { code, strings }
}

/// Whether `word` stands in `line` by itself rather than inside a longer name. Words with signs match anywhere.
pub fn names(line: &str, word: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + word.len()..].chars().next();
        let open_start = !word.starts_with(part_of_name) || !before.is_some_and(part_of_name);
        let open_end = !word.ends_with(part_of_name) || !after.is_some_and(part_of_name);
        open_start && open_end
    })
}

fn next_part(rest: &str) -> (Kind, usize) {
    if rest.starts_with("//") {
        return (Kind::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (Kind::Comment, block_comment(rest));
    }
    if let Some(length) = raw_string(rest) {
        return (Kind::Text, length);
    }
    match rest.as_bytes()[0] {
        b'"' => (Kind::Text, quoted(rest, b'"')),
        b'\'' => (Kind::Code, character(rest)),
        _ => (Kind::Code, name_or_sign(rest)),
    }
}

/// A whole name at once, so that the `r` of `for"` is not taken for the start of a raw string.
fn name_or_sign(rest: &str) -> usize {
    let name = rest
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    if name > 0 {
        name
    } else {
        rest.chars().next().map_or(1, char::len_utf8)
    }
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_u32, 0);
    while at < rest.len() {
        match rest.as_bytes().get(at..at + 2) {
            Some(b"/*") => (depth, at) = (depth + 1, at + 2),
            Some(b"*/") => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

fn raw_string(rest: &str) -> Option<usize> {
    let prefix = ["r", "br", "cr"].into_iter().find(|prefix| {
        rest.strip_prefix(prefix)
            .is_some_and(|rest| rest.trim_start_matches('#').starts_with('"'))
    })?;
    let open = rest.find('"')? + 1;
    let close = format!("\"{}", "#".repeat(open - 1 - prefix.len()));
    Some(
        rest[open..]
            .find(&close)
            .map_or(rest.len(), |at| open + at + close.len()),
    )
}

fn quoted(rest: &str, quote: u8) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() && bytes[at] != quote {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

/// `'a'` and `'\n'` whole; of the lifetime `'a` the sign alone.
fn character(rest: &str) -> usize {
    let mut inside = rest[1..].chars();
    match (inside.next(), inside.next()) {
        (Some('\\'), _) => quoted(rest, b'\''),
        (Some(one), Some('\'')) => 2 + one.len_utf8(),
        _ => 1,
    }
}

fn blank(part: &str) -> String {
    part.chars()
        .map(|c| if c == '\n' { c } else { ' ' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_strings_and_code_are_told_apart() {
        let source = "let a = \"// text \\\" \"; // note\nlet b: &'a str = r#\"raw \" text\"#; /* x /* y */ z */ b('\"')";
        let Parts { code, strings } = split(source);
        assert_eq!(
            code.split_whitespace().collect::<Vec<_>>().join(" "),
            "let a = ; let b: &'a str = ; b('\"')"
        );
        assert!(
            strings.contains("// text") && strings.contains("raw \" text"),
            "{strings}"
        );
        assert!(
            !strings.contains("note") && !strings.contains("let"),
            "{strings}"
        );
        assert_eq!(code.lines().count(), 2);
    }

    #[test]
    fn a_word_inside_a_name_is_not_that_word() {
        assert!(names("use tokio::time", "tokio"));
        assert!(!names("fn tokio_free()", "tokio"));
        assert!(names("tx.begin_write()", ".begin_write"));
    }
}

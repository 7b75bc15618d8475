//! What a run of the tests said: names and whether they passed, out of nextest's JUnit file or libtest's lines.
//!
//! Names alone say which case a test proves: `case_7_and_28_…` counts for 7 and for 28. A test that was skipped
//! proves nothing and is left out.

/// One test of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its path, such as `uploads::case_1_…`.
    pub name: String,
    /// Whether it held.
    pub passed: bool,
}

impl Outcome {
    /// The cases that its name speaks of.
    #[must_use]
    pub fn cases(&self) -> Vec<u32> {
        let own = self.name.rsplit("::").next().unwrap_or_default();
        let mut rest = own.strip_prefix("case_");
        let mut cases = Vec::new();
        while let Some(text) = rest {
            let end = text
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(text.len());
            cases.extend(text[..end].parse::<u32>().ok());
            rest = text[end..]
                .strip_prefix("_and_")
                .filter(|next| next.starts_with(|c: char| c.is_ascii_digit()));
        }
        cases
    }
}

/// Reads whichever of the two forms it is.
#[must_use]
pub fn read(text: &str) -> Vec<Outcome> {
    if text.trim_start().starts_with("<?xml") {
        junit(text)
    } else {
        text.lines().filter_map(libtest).collect()
    }
}

/// What a test printed is escaped in the file, so no test can forge an element.
fn junit(text: &str) -> Vec<Outcome> {
    let elements = text.split("<testcase ").skip(1);
    elements.filter_map(element).collect()
}

fn element(text: &str) -> Option<Outcome> {
    let inside = text.split("</testcase>").next()?;
    let name = inside.split("name=\"").nth(1)?.split('"').next()?;
    let has = |tag: &str| inside.contains(tag);
    (!has("<skipped")).then(|| Outcome {
        name: name.to_owned(),
        passed: !has("<failure") && !has("<error"),
    })
}

fn libtest(line: &str) -> Option<Outcome> {
    let (name, said) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
    let passed = match said.split(',').next()? {
        "ok" => true,
        "FAILED" => false,
        _ => return None,
    };
    Some(Outcome {
        name: name.trim_end_matches(" - should panic").to_owned(),
        passed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(name: &str, passed: bool) -> Outcome {
        Outcome {
            name: name.to_owned(),
            passed,
        }
    }

    #[test]
    fn names_say_which_cases_they_prove() {
        for (name, cases) in [
            ("uploads::case_1_the_same_twice", vec![1]),
            ("case_7_and_28_both", vec![7, 28]),
            ("a::case_4_and_5_and_6_three", vec![4, 5, 6]),
            ("case_9_and_then_on", vec![9]),
            ("case_12", vec![12]),
            ("in_case_3_of_need", vec![]),
            ("a::case_without_number", vec![]),
        ] {
            assert_eq!(outcome(name, true).cases(), cases, "{name}");
        }
    }

    #[test]
    fn a_junit_file_gives_names_and_outcomes() {
        let text = r#"<?xml version="1.0"?><testsuites><testsuite name="a">
            <testcase name="x::case_1_good" classname="a" time="0.1"></testcase>
            <testcase name="case_2_bad" classname="a"><failure message="x">no &lt;skipped</failure></testcase>
            <testcase name="case_3_skipped" classname="a"><skipped/></testcase>
            <testcase name="case_4_short" classname="a"/>
            <testcase name="case_5_broken" classname="a"><error/></testcase>"#;
        let expected = [
            outcome("x::case_1_good", true),
            outcome("case_2_bad", false),
            outcome("case_4_short", true),
            outcome("case_5_broken", false),
        ];
        assert_eq!(read(text), expected);
    }

    #[test]
    fn libtests_lines_give_the_same() {
        let text = "running 4 tests\ntest a::case_1_good ... ok\ntest case_2_bad ... FAILED\n\
                    test case_3_left ... ignored, needs a device\ntest result: FAILED. 1 passed\n";
        let expected = [
            outcome("a::case_1_good", true),
            outcome("case_2_bad", false),
        ];
        assert_eq!(read(text), expected);
    }
}

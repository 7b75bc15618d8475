//! The order in which things stand on a page, changed a step at a time.
//!
//! Pure, so that buttons, which work without scripts, and tests ask the same.

use super::named::named_enum;

named_enum! {
    /// Where something goes.
    pub enum Step {
        /// Before the one before it.
        Up => "up",
        /// Behind the one behind it.
        Down => "down",
    }
}

/// The same things with one of them a step on; `None` where it is not among them, or can go no further.
#[must_use]
pub fn stepped<T: Copy + PartialEq>(all: &[T], one: T, step: Step) -> Option<Vec<T>> {
    let at = all.iter().position(|other| *other == one)?;
    let to = match step {
        Step::Up => at.checked_sub(1)?,
        Step::Down => at + 1,
    };
    let mut all = all.to_vec();
    if to >= all.len() {
        return None;
    }
    all.swap(at, to);
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_passes_one_neighbour_and_no_end() {
        for (one, step, all) in [
            ('a', Step::Up, None),
            ('b', Step::Up, Some("bac")),
            ('b', Step::Down, Some("acb")),
            ('c', Step::Down, None),
            ('x', Step::Up, None),
        ] {
            let found = stepped(&['a', 'b', 'c'], one, step);
            assert_eq!(
                found.map(String::from_iter).as_deref(),
                all,
                "{one} {step:?}"
            );
        }
    }
}

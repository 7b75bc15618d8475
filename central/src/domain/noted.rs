//! What was noted about an order for an admin, and what of it somebody has looked at, as the order's trail tells.
//!
//! Invariant: a thing is why and about what: another attempt, amount or status is another thing, so that having looked at
//! one says nothing of the next. Rows are counted and not put in order: those of one moment have none. Pure. Who writes the rows: `app::attention`.

use serde_json::{Map, Value};
use sync_protocol::time::Timestamp;

use super::attention::Attention;

/// What the trail calls a reason to look.
pub const NOTED: &str = "order.attention";
/// What it calls that somebody has looked.
pub const LOOKED_AT: &str = "order.looked_at";
/// What it calls that nobody needs to look any more: what was asked for is done.
pub const OVER: &str = "order.attention_over";

const REASON: &str = "reason";
/// Who did it is no part of the thing.
const BY: &str = "by";

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// Why.
    pub why: Attention,
    /// About what: stable names and amounts.
    about: Map<String, Value>,
}

impl Noted {
    /// A reason with what it is about, a JSON object.
    #[must_use]
    pub fn about(why: Attention, about: Value) -> Self {
        let about = match about {
            Value::Object(about) => about,
            _ => Map::new(),
        };
        Self { why, about }
    }

    /// The same about one thing more.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.about.insert(name.to_owned(), value);
        self
    }

    /// A reason alone.
    #[must_use]
    pub fn bare(why: Attention) -> Self {
        Self::about(why, Value::Null)
    }

    /// What the trail keeps of it.
    #[must_use]
    pub fn detail(&self) -> Value {
        let mut detail = self.about.clone();
        detail.insert(REASON.to_owned(), self.why.name().into());
        Value::Object(detail)
    }

    fn read(detail: &str) -> Option<Self> {
        let mut about: Map<String, Value> = serde_json::from_str(detail).ok()?;
        let why = about.remove(REASON)?;
        about.remove(BY);
        let why = Attention::from_name(why.as_str()?)?;
        Some(Self { why, about })
    }
}

#[derive(Clone, Debug)]
struct Thing {
    noted: Noted,
    /// How often it was noted, and how often that was ended.
    begun: usize,
    ended: usize,
    /// When somebody looked last.
    looked_at: Option<Timestamp>,
}

impl Thing {
    const fn is_waiting(&self) -> bool {
        self.begun > self.ended
    }
}

/// All that was noted about one order.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    things: Vec<Thing>,
    /// How often anything was noted: what a page shows is the newest as long as this is the same.
    pub count: usize,
}

impl Notes {
    /// Reads a trail, moment, action and detail of each row.
    pub fn of<'a>(trail: impl IntoIterator<Item = (Timestamp, &'a str, &'a str)>) -> Self {
        let mut notes = Self::default();
        for (at, action, detail) in trail {
            if !matches!(action, NOTED | LOOKED_AT | OVER) {
                continue;
            }
            if let Some(noted) = Noted::read(detail) {
                notes.take(at, action, noted);
            }
        }
        notes
    }

    fn take(&mut self, at: Timestamp, action: &str, noted: Noted) {
        self.count += usize::from(action == NOTED);
        let place = self.things.iter().position(|thing| thing.noted == noted);
        let place = place.unwrap_or_else(|| {
            self.things.push(Thing {
                noted,
                begun: 0,
                ended: 0,
                looked_at: None,
            });
            self.things.len() - 1
        });
        let thing = &mut self.things[place];
        match action {
            NOTED => thing.begun += 1,
            _ => thing.ended += 1,
        }
        if action == LOOKED_AT {
            thing.looked_at = thing.looked_at.max(Some(at));
        }
    }

    /// Whether it waits for somebody to look.
    #[must_use]
    pub fn is_waiting(&self, noted: &Noted) -> bool {
        let mut waiting = self.waiting();
        waiting.any(|thing| thing == noted)
    }

    /// Whether somebody has looked at this very thing, and nothing happened to it since.
    #[must_use]
    pub fn was_looked_at(&self, noted: &Noted) -> bool {
        let is_it = |thing: &Thing| thing.noted == *noted;
        let found = self.things.iter().find(|thing| is_it(thing));
        found.is_some_and(|thing| thing.looked_at.is_some() && !thing.is_waiting())
    }

    /// Whether somebody has looked at this very thing at a moment or later.
    #[must_use]
    pub fn was_looked_at_since(&self, noted: &Noted, moment: Timestamp) -> bool {
        let mut things = self.things.iter();
        things.any(|thing| thing.noted == *noted && thing.looked_at >= Some(moment))
    }

    /// What waits for somebody to look.
    pub fn waiting(&self) -> impl Iterator<Item = &Noted> {
        let waiting = self.things.iter().filter(|thing| thing.is_waiting());
        waiting.map(|thing| &thing.noted)
    }

    /// The gravest reason that waits, besides one; `can_answer` = the provider may still wait for an answer.
    #[must_use]
    pub fn gravest_but(&self, but: Attention, can_answer: bool) -> Option<Attention> {
        let reasons = self.waiting().map(|thing| thing.why);
        reasons
            .filter(|why| *why != but && (can_answer || !why.wants_an_answer()))
            .max()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn notes(rows: &[(&str, &Noted)]) -> Notes {
        let rows: Vec<_> = rows
            .iter()
            .zip(0..)
            .map(|((action, noted), at)| (Timestamp(at), *action, noted.detail().to_string()))
            .collect();
        Notes::of(
            rows.iter()
                .map(|(at, action, detail)| (*at, *action, &**detail)),
        )
    }

    #[test]
    fn having_looked_at_one_thing_says_nothing_of_the_next() {
        let of = |t: &str| Noted::about(Attention::AmountDiffers, json!({"transaction": t}));
        let (first, second) = (of("t1"), of("t2"));
        let looked = notes(&[(NOTED, &first), (LOOKED_AT, &first)]);
        assert!(looked.was_looked_at(&first) && !looked.is_waiting(&first));
        assert!(!looked.was_looked_at(&second));
        let again = notes(&[(NOTED, &first), (LOOKED_AT, &first), (NOTED, &second)]);
        assert!(again.is_waiting(&second) && !again.is_waiting(&first));
        assert_eq!(again.count, 2);
        // What was done and is told again was not looked at.
        assert!(!notes(&[(NOTED, &first), (OVER, &first)]).was_looked_at(&first));
        // And what comes again after a look waits again.
        let back = notes(&[(NOTED, &first), (LOOKED_AT, &first), (NOTED, &first)]);
        assert!(back.is_waiting(&first) && !back.was_looked_at(&first));
        // Rows of one moment come in any order.
        let mixed = notes(&[(LOOKED_AT, &first), (NOTED, &first)]);
        assert!(mixed.was_looked_at(&first) && !mixed.is_waiting(&first));
        // The second row was the look.
        assert!(looked.was_looked_at_since(&first, Timestamp(1)));
        assert!(!looked.was_looked_at_since(&first, Timestamp(2)));
        assert!(!looked.was_looked_at_since(&second, Timestamp(0)));
    }

    #[test]
    fn the_gravest_of_what_waits_comes_next() {
        use Attention as A;
        let of = |why| Noted::bare(why);
        let (hand, twice, challenged) = (of(A::RefundByHand), of(A::PaidTwice), of(A::Challenged));
        let all = notes(&[(NOTED, &hand), (NOTED, &twice), (NOTED, &challenged)]);
        assert_eq!(all.gravest_but(A::Disputed, true), Some(A::PaidTwice));
        assert_eq!(all.gravest_but(A::PaidTwice, true), Some(A::Challenged));
        assert_eq!(all.gravest_but(A::PaidTwice, false), Some(A::RefundByHand));
        let done = notes(&[(NOTED, &hand), (OVER, &hand)]);
        assert_eq!(done.gravest_but(A::PaidTwice, true), None);
    }

    #[test]
    fn who_looked_is_no_part_of_what_was_looked_at() {
        let noted = Noted::about(Attention::Reversed, json!({"transaction": "t1"}));
        let mut looked = noted.detail();
        looked["by"] = "Rina".into();
        let rows = [
            (NOTED, noted.detail().to_string()),
            (LOOKED_AT, looked.to_string()),
        ];
        let row =
            |(action, detail): &(&'static str, String)| (Timestamp(0), *action, detail.clone());
        let rows: Vec<_> = rows.iter().map(row).collect();
        let notes = Notes::of(
            rows.iter()
                .map(|(at, action, detail)| (*at, *action, &**detail)),
        );
        assert!(notes.was_looked_at(&noted));
    }
}

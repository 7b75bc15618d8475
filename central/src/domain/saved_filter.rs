//! Filters of a list that somebody keeps under a name: what may be kept, and how much of it.
//!
//! Pure. A kept filter is the part of an address behind the question mark, without the place and the language; the
//! page that shows it puts its own path before it, so it can lead nowhere else.

use uuid::Uuid;

/// Longest name, characters.
pub const MOST_NAME: usize = 60;
/// Longest filter, bytes.
pub const MOST_QUERY: usize = 1_000;
/// Kept filters of one list.
pub const MOST_OF_LIST: usize = 20;
/// Kept filters of one account.
pub const MOST_OF_ACCOUNT: usize = 200;
/// Longest name of a list, bytes.
const MOST_LIST: usize = 40;
/// What says where a page begins and how it speaks, and not what is looked for.
const NO_FILTERS: [&str; 4] = ["after", "lang", "done", "token"];

/// Why a filter is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// No name, or too long a one.
    Name,
    /// No filter, too long a one, or no list of ours.
    Query,
    /// There are as many as there may be.
    Many,
}

/// A kept filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedFilter {
    /// Its id.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// What stands behind the question mark.
    pub query: String,
}

/// What somebody wants to keep, cleaned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The list.
    pub list: String,
    /// The name.
    pub name: String,
    /// The filter.
    pub query: String,
}

impl Wish {
    /// Reads what a form says.
    ///
    /// # Errors
    /// [`Unfit`].
    pub fn read(list: &str, name: &str, query: &str) -> Result<Self, Unfit> {
        let name: String = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_named = (1..=MOST_NAME).contains(&name.chars().count());
        if !is_named || name.chars().any(char::is_control) {
            return Err(Unfit::Name);
        }
        let is_list = (1..=MOST_LIST).contains(&list.len())
            && list.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let query = cleaned(query);
        if !is_list || query.is_empty() || query.len() > MOST_QUERY {
            return Err(Unfit::Query);
        }
        Ok(Self {
            list: list.to_owned(),
            name,
            query,
        })
    }

    /// Whether it may be kept beside these, of its list and of the account.
    ///
    /// # Errors
    /// [`Unfit::Many`].
    pub const fn fits_beside(&self, of_list: usize, of_account: usize) -> Result<(), Unfit> {
        if of_list < MOST_OF_LIST && of_account < MOST_OF_ACCOUNT {
            Ok(())
        } else {
            Err(Unfit::Many)
        }
    }
}

fn cleaned(query: &str) -> String {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let kept =
        pairs.filter(|(name, value)| !value.is_empty() && !NO_FILTERS.contains(&name.as_ref()));
    let mut text = form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(kept);
    text.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_filter_holds_filters_alone() {
        let wish = Wish::read(
            "orders",
            "  Unpaid  of today ",
            "q=&status=pending&after=5.0&lang=id&token=x&q=a%20b",
        );
        let wish = wish.expect("a good wish");
        assert_eq!(
            (wish.name.as_str(), wish.list.as_str()),
            ("Unpaid of today", "orders")
        );
        assert_eq!(wish.query, "status=pending&q=a+b");
    }

    #[test]
    fn what_is_no_name_no_filter_or_no_list_is_refused() {
        let long = "n".repeat(MOST_NAME + 1);
        for (list, name, query, why) in [
            ("orders", " ", "q=a", Unfit::Name),
            ("orders", long.as_str(), "q=a", Unfit::Name),
            ("orders", "a\u{7}b", "q=a", Unfit::Name),
            ("orders", "all", "after=5.0", Unfit::Query),
            ("../x", "all", "q=a", Unfit::Query),
            ("", "all", "q=a", Unfit::Query),
        ] {
            assert_eq!(
                Wish::read(list, name, query),
                Err(why),
                "{list} {name} {query}"
            );
        }
        let query = format!("q={}", "x".repeat(MOST_QUERY));
        assert_eq!(Wish::read("orders", "long", &query), Err(Unfit::Query));
    }

    #[test]
    fn an_account_keeps_so_many_and_no_more() {
        let wish = Wish::read("orders", "one", "q=a").expect("a good wish");
        assert_eq!(
            wish.fits_beside(MOST_OF_LIST - 1, MOST_OF_ACCOUNT - 1),
            Ok(())
        );
        assert_eq!(
            wish.fits_beside(MOST_OF_LIST, MOST_OF_LIST),
            Err(Unfit::Many)
        );
        assert_eq!(wish.fits_beside(0, MOST_OF_ACCOUNT), Err(Unfit::Many));
    }
}

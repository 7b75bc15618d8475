//! The address of a list: its path and the filters that are set, in the order of its form.

/// The address of a list.
pub(super) struct Address {
    path: String,
    pairs: Vec<(&'static str, String)>,
}

impl Address {
    pub(super) fn new(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            pairs: Vec::new(),
        }
    }

    /// Sets a filter; one without a value does not stand in the address.
    pub(super) fn set(&mut self, name: &'static str, value: &str) {
        if !value.is_empty() {
            self.pairs.push((name, value.to_owned()));
        }
    }

    /// What stands behind the question mark.
    pub(super) fn query(&self) -> String {
        self.query_with(|_| true, None)
    }

    /// The whole.
    pub(super) fn text(&self) -> String {
        self.whole(&self.query())
    }

    /// The same without one filter.
    pub(super) fn without(&self, name: &str) -> String {
        self.whole(&self.query_with(|other| other != name, None))
    }

    /// The page after a place.
    pub(super) fn after(&self, place: &str) -> String {
        self.whole(&self.query_with(|_| true, Some(place)))
    }

    fn query_with(&self, keep: impl Fn(&str) -> bool, after: Option<&str>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.pairs.iter().filter(|(name, _)| keep(name)));
        if let Some(place) = after {
            query.append_pair("after", place);
        }
        query.finish()
    }

    fn whole(&self, query: &str) -> String {
        if query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{query}", self.path)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_what_is_set_and_nothing_else() {
        let mut address = Address::new("/panel/things");
        assert_eq!(address.text(), "/panel/things");
        address.set("q", "a&b=c");
        address.set("status", "");
        address.set("sort", "oldest");
        assert_eq!(address.text(), "/panel/things?q=a%26b%3Dc&sort=oldest");
        assert_eq!(address.without("q"), "/panel/things?sort=oldest");
        assert_eq!(
            address.after("5.x"),
            "/panel/things?q=a%26b%3Dc&sort=oldest&after=5.x"
        );
    }
}

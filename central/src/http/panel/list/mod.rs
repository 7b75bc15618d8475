//! Working lists: search, filters, order, pages, kept filters, files and deeds on chosen rows, written once for all lists.
//!
//! How to add one stands in `CONTRIBUTING.md`. The filters stand in the address under the names that are given here, and
//! [`Door::asked`] reads them; what else stands there is neither read nor carried on. A choice that is not among its
//! options counts as not made. Every filter that is set is shown as a chip whose cross leads to the list without it.
//! Filters are kept per account under the list's name (`saved`), deeds on chosen rows are `bulk`'s.
//!
//! [`Door::asked`]: super::door::Door::asked

mod address;
pub(super) mod bulk;
pub(super) mod few;
mod field;
pub(super) mod saved;

use self::address::Address;
pub(super) use self::{
    bulk::Bulk,
    field::{Chip, Choice, Field},
};
use super::door::Here;
use crate::{
    domain::saved_filter::SavedFilter,
    store::{self, StoreError, Tx},
};

/// Rows on a page.
pub(super) const PAGE: usize = 50;

/// English and Indonesian words.
type Words = (&'static str, &'static str);

/// A list without its rows.
pub(super) struct List {
    /// What it is called above.
    pub(super) title: String,
    /// Its path.
    pub(super) path: String,
    /// Its name, under which filters are kept.
    name: &'static str,
    pub(super) fields: Vec<Field>,
    /// The filters that are set.
    pub(super) chips: Vec<Chip>,
    /// What stands in the address of this page, without the place.
    pub(super) query: String,
    /// Kept filters: id, name, address, and whether it is what is shown.
    pub(super) saved: Vec<(String, String, String, bool)>,
    /// Whether it can be taken away as a file.
    pub(super) has_files: bool,
    pub(super) is_empty: bool,
    /// What to do where there is nothing at all.
    pub(super) nothing: String,
    /// How what is typed is searched for, where that finds nothing.
    pub(super) hint: String,
    /// The first page, from another one.
    pub(super) first: Option<String>,
    pub(super) next: Option<String>,
    pub(super) bulk: Option<Bulk>,
}

/// A list that is being described.
pub(super) struct Making<'a> {
    here: &'a Here,
    list: List,
    address: Address,
}

impl List {
    /// Begins to describe the list of this name at this path.
    pub(super) fn begin<'a>(
        here: &'a Here,
        name: &'static str,
        path: &str,
        title: Words,
    ) -> Making<'a> {
        let list = Self {
            title: here.say(title.0, title.1).to_owned(),
            path: path.to_owned(),
            name,
            fields: Vec::new(),
            chips: Vec::new(),
            query: String::new(),
            saved: Vec::new(),
            has_files: false,
            is_empty: true,
            nothing: String::new(),
            hint: String::new(),
            first: None,
            next: None,
            bulk: None,
        };
        Making {
            here,
            list,
            address: Address::new(path),
        }
    }

    /// Whether any filter is set.
    pub(super) fn is_filtered(&self) -> bool {
        !self.chips.is_empty()
    }

    /// The name under which its filters are kept.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// This page's address without the place.
    pub(super) fn here(&self) -> String {
        if self.query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query)
        }
    }
}

impl Making<'_> {
    fn say(&self, words: Words) -> String {
        self.here.say(words.0, words.1).to_owned()
    }

    fn field(mut self, field: Field) -> Self {
        self.address.set(field.name, &field.value);
        self.list.fields.push(field);
        self
    }

    /// A search, as `q`.
    pub(super) fn search(self, label: Words) -> Self {
        let value = self.here.door.asked("q").trim().to_owned();
        let field = Field::new("search", "q", self.say(label), value);
        self.field(field)
    }

    /// A choice of one option or any.
    pub(super) fn choice(
        self,
        name: &'static str,
        label: Words,
        any: Words,
        options: impl IntoIterator<Item = Choice>,
    ) -> Self {
        let asked = self.here.door.asked(name).to_owned();
        let mut field = Field::new("choice", name, self.say(label), String::new());
        field.options.push((String::new(), self.say(any), false));
        field.add(options, &asked);
        self.field(field)
    }

    /// A day, as the browser's own field sends it.
    pub(super) fn day(self, name: &'static str, label: Words) -> Self {
        let value = self.here.door.asked(name).trim().to_owned();
        let field = Field::new("day", name, self.say(label), value);
        self.field(field)
    }

    /// The order, as `sort`; the first option is the list's own.
    pub(super) fn sort(self, options: impl IntoIterator<Item = Choice>) -> Self {
        let asked = self.here.door.asked("sort").to_owned();
        let mut field = Field::new(
            "choice",
            "sort",
            self.say(("Order", "Urutan")),
            String::new(),
        );
        field.add(options, &asked);
        self.field(field)
    }

    /// Offers the list as files.
    pub(super) fn files(mut self, may: bool) -> Self {
        self.list.has_files = may;
        self
    }

    /// What to do where there is nothing at all.
    pub(super) fn empty(mut self, words: Words) -> Self {
        self.list.nothing = self.say(words);
        self
    }

    /// How what is typed is searched for, said where that finds nothing.
    pub(super) fn searched(mut self, words: Words) -> Self {
        if !self.here.door.asked("q").trim().is_empty() {
            self.list.hint = self.say(words);
        }
        self
    }

    /// Turns the page: `rows` are up to [`PAGE`] + 1, and one more than a page tells that there is another.
    pub(super) fn turned<R>(
        self,
        mut rows: Vec<R>,
        place: impl Fn(&R) -> String,
    ) -> (Self, Vec<R>) {
        let has_more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let making = self.ended(&rows, has_more, place);
        (making, rows)
    }

    /// The same where the list knows itself where its page ends.
    pub(super) fn ended<R>(
        mut self,
        rows: &[R],
        has_more: bool,
        place: impl Fn(&R) -> String,
    ) -> Self {
        self.list.is_empty = rows.is_empty();
        let last = rows.last().filter(|_| has_more);
        self.list.next = last.map(|last| self.address.after(&place(last)));
        let is_first = self.here.door.asked("after").is_empty();
        self.list.first = (!is_first).then(|| self.address.text());
        self
    }

    /// The list, with the filters that the account keeps.
    pub(super) async fn done(mut self, tx: &mut Tx) -> Result<List, StoreError> {
        let of_field = |field: &Field| {
            let words = field.words(self.here.door.visitor.language)?;
            Some(Chip {
                words,
                without: self.address.without(field.name),
            })
        };
        self.list.chips = self.list.fields.iter().filter_map(of_field).collect();
        self.list.query = self.address.query();
        let user = self.here.signed.account.id;
        let saved = store::saved_filter::of_list(tx, user, self.list.name).await?;
        let link = |one: SavedFilter| {
            let is_shown = one.query == self.list.query;
            let path = format!("{}?{}", self.list.path, one.query);
            (one.id.to_string(), one.name, path, is_shown)
        };
        self.list.saved = saved.into_iter().map(link).collect();
        Ok(self.list)
    }
}

//! What a visitor has chosen: how many of which type, and which codes. It stands in addresses and in forms alike, so
//! a cart needs no session and its address can be kept.

use crate::domain::cart::{ItemForm, QuoteForm};

const QUANTITY: &str = "quantity_";
/// Most fields that are read: the rule refuses a cart of more types anyway.
const MOST: usize = 50;

/// What is chosen, as it was typed.
#[derive(Clone, Debug, Default)]
pub(super) struct Basket {
    /// A type's id, and how many.
    wanted: Vec<(String, String)>,
    /// Promo codes, in one field.
    pub(super) promo: String,
    /// Codes that open hidden types, from a link or the event's page.
    pub(super) code: String,
}

impl Basket {
    /// Out of an address or a form.
    pub(super) fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut basket = Self::default();
        for (name, value) in pairs {
            let value = value.trim();
            match name {
                "promo" => value.clone_into(&mut basket.promo),
                "code" => value.clone_into(&mut basket.code),
                _ => {
                    let id = name
                        .strip_prefix(QUANTITY)
                        .filter(|_| !value.is_empty() && value != "0");
                    let id = id.filter(|_| basket.wanted.len() < MOST);
                    basket
                        .wanted
                        .extend(id.map(|id| (id.to_owned(), value.to_owned())));
                }
            }
        }
        basket
    }

    /// Out of an address's query.
    pub(super) fn of_query(query: Option<&str>) -> Self {
        let pairs: Vec<_> = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).collect();
        Self::of(pairs.iter().map(|(name, value)| (&**name, &**value)))
    }

    /// Nothing is chosen.
    pub(super) const fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// How many of a type, as typed.
    pub(super) fn chosen(&self, id: &str) -> &str {
        let found = self.wanted.iter().find(|(wanted, _)| wanted == id);
        found.map_or("", |(_, quantity)| quantity)
    }

    /// The id of the line at this place.
    pub(super) fn id_at(&self, place: usize) -> Option<&str> {
        self.wanted.get(place).map(|(id, _)| id.as_str())
    }

    /// Each type and how many, where that is a number.
    pub(super) fn counts(&self) -> impl Iterator<Item = (&str, usize)> {
        self.wanted
            .iter()
            .filter_map(|(id, quantity)| Some((id.as_str(), quantity.parse().ok()?)))
    }

    /// Everything as fields, for forms.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let wanted = self.wanted.iter();
        let quantities = wanted.map(|(id, quantity)| (format!("{QUANTITY}{id}"), quantity.clone()));
        let code = (!self.code.is_empty()).then(|| ("code".to_owned(), self.code.clone()));
        quantities.chain(code).collect()
    }

    /// Everything as a query.
    pub(super) fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.fields());
        if !self.promo.is_empty() {
            query.append_pair("promo", &self.promo);
        }
        query.finish()
    }

    /// All codes.
    pub(super) fn codes(&self) -> Vec<String> {
        let typed = split(&self.promo).chain(split(&self.code));
        typed.map(str::to_owned).collect()
    }

    /// The same with every code in its place: what only opens hidden types stays out of sight, all others stand in the
    /// field for promo codes, where they can be seen and mended.
    pub(super) fn sorted(&self, opens: impl Fn(&str) -> bool) -> Self {
        let (access, promo): (Vec<_>, Vec<_>) = self.codes().into_iter().partition(|c| opens(c));
        let mut seen = Vec::new();
        for code in promo {
            if !seen.contains(&code) {
                seen.push(code);
            }
        }
        Self {
            wanted: self.wanted.clone(),
            promo: seen.join(", "),
            code: access.join(" "),
        }
    }

    /// The lines; `names` gives whose names go on the tickets of a type.
    pub(super) fn items(&self, names: impl Fn(&str, usize) -> Vec<String>) -> Vec<ItemForm> {
        let item = |(id, quantity): &(String, String)| {
            // What is no number is refused as out of range.
            let quantity: i64 = quantity.parse().unwrap_or(-1);
            ItemForm {
                ticket_type_id: id.clone(),
                quantity,
                attendees: names(id, usize::try_from(quantity).unwrap_or_default()),
            }
        };
        self.wanted.iter().map(item).collect()
    }

    /// What is asked of the price.
    pub(super) fn quote_form(&self) -> QuoteForm {
        QuoteForm {
            items: self.items(|_, _| Vec::new()),
            promo_codes: self.codes(),
        }
    }
}

fn split(typed: &str) -> impl Iterator<Item = &str> {
    let parts = typed.split([',', ';', ' ']).map(str::trim);
    parts.filter(|code| !code.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_basket_survives_its_own_address() {
        let basket = Basket::of_query(Some(
            "quantity_a=2&quantity_b=0&quantity_c=&x=1&promo=early%20bird,vip&code=GUEST",
        ));
        assert_eq!(
            (basket.chosen("a"), basket.chosen("b"), basket.id_at(0)),
            ("2", "", Some("a"))
        );
        assert_eq!(basket.codes(), ["early", "bird", "vip", "GUEST"]);
        let sorted = basket.sorted(|code| code == "GUEST");
        assert_eq!(
            (
                sorted.promo.as_str(),
                sorted.code.as_str(),
                sorted.chosen("a")
            ),
            ("early, bird, vip", "GUEST", "2")
        );
        let again = Basket::of_query(Some(&basket.query()));
        assert_eq!(
            (again.query(), again.codes()),
            (basket.query(), basket.codes())
        );
        assert_eq!(
            Basket::of_query(Some("quantity_a=many")).items(|_, _| Vec::new())[0].quantity,
            -1
        );
    }
}

//! What pages of forms are built of: cards with a table and forms, forms with rows of fields.
//!
//! A field shows what was typed into it before, where its form was sent and refused, and what is stored otherwise; so a
//! page is described once and does both. Rendered by `panel/card.html`.

use super::door::Here;

/// Which of a page's forms was sent.
pub(super) const KEY: &str = "form";

/// How a field is filled in.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// One line; the type of its input.
    Line(&'static str),
    /// Many lines.
    Area,
    /// Yes or no.
    Check,
    /// One of these: value and words.
    Choice(Vec<(String, String)>),
    /// Any of these: value, words, whether it is chosen.
    Checks(Vec<(String, String, bool)>),
}

/// One field.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) kind: Kind,
    pub(super) value: String,
    pub(super) is_on: bool,
    pub(super) is_required: bool,
    /// It is shown and sent as it is, and cannot be typed into.
    pub(super) is_fixed: bool,
    pub(super) most: u32,
    pub(super) hint: String,
}

impl Field {
    fn of(name: impl Into<String>, label: impl Into<String>, kind: Kind) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            kind,
            value: String::new(),
            is_on: false,
            is_required: false,
            is_fixed: false,
            most: 200,
            hint: String::new(),
        }
    }

    pub(super) fn line(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::of(name, label, Kind::Line("text"))
    }

    pub(super) fn number(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::of(name, label, Kind::Line("number"))
    }

    pub(super) fn date(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::of(name, label, Kind::Line("date"))
    }

    /// On the venue's clock.
    pub(super) fn moment(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::of(name, label, Kind::Line("datetime-local"))
    }

    pub(super) fn secret(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::of(name, label, Kind::Line("password"))
    }

    pub(super) fn area(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::of(name, label, Kind::Area)
    }

    pub(super) fn check(name: impl Into<String>, label: impl Into<String>, is_on: bool) -> Self {
        Self {
            is_on,
            value: "1".to_owned(),
            ..Self::of(name, label, Kind::Check)
        }
    }

    pub(super) fn choice(
        name: impl Into<String>,
        label: impl Into<String>,
        options: Vec<(String, String)>,
    ) -> Self {
        Self::of(name, label, Kind::Choice(options))
    }

    pub(super) fn checks(
        name: impl Into<String>,
        label: impl Into<String>,
        options: Vec<(String, String, bool)>,
    ) -> Self {
        Self::of(name, label, Kind::Checks(options))
    }

    pub(super) fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    pub(super) const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// Where `is_fixed`, it only shows what it holds; what is sent in spite of that is for the rules to refuse.
    pub(super) const fn fixed(mut self, is_fixed: bool) -> Self {
        self.is_fixed = is_fixed;
        self
    }

    pub(super) const fn most(mut self, most: u32) -> Self {
        self.most = most;
        self
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// What was typed instead of what is stored.
    fn typed(mut self, here: &Here) -> Self {
        let form = here.form();
        match &mut self.kind {
            // A secret is typed anew.
            Kind::Line("password") => {}
            Kind::Check => self.is_on = form.all(&self.name).next().is_some(),
            Kind::Checks(options) => {
                for (value, _, is_on) in options {
                    *is_on = form.all(&self.name).any(|typed| typed == value);
                }
            }
            Kind::Line(_) | Kind::Area | Kind::Choice(_) => {
                form.raw(&self.name).clone_into(&mut self.value);
            }
        }
        self
    }
}

/// Fields that stand side by side.
pub(super) struct Row {
    pub(super) legend: String,
    pub(super) fields: Vec<Field>,
}

/// Where something can go from its place in a list, and what it is called.
#[derive(Clone, Debug)]
pub(super) struct Steps {
    pub(super) name: String,
    pub(super) can_up: bool,
    pub(super) can_down: bool,
}

impl Steps {
    /// Of one of several, by its place; nothing where it is alone.
    pub(super) fn at(place: usize, of: usize, name: &str) -> Option<Self> {
        (of > 1).then(|| Self {
            name: name.to_owned(),
            can_up: place > 0,
            can_down: place + 1 < of,
        })
    }
}

/// One form.
pub(super) struct FormPart {
    /// Its name among the page's forms, which is also how the ids of its fields begin.
    pub(super) key: String,
    pub(super) action: String,
    pub(super) hidden: Vec<(String, String)>,
    pub(super) rows: Vec<Row>,
    pub(super) button: String,
    /// Colour of the button: `primary`, `outline-primary`, `outline-danger`.
    pub(super) tone: &'static str,
    /// What is asked once more.
    pub(super) sure: String,
    /// The button stands beside the fields.
    pub(super) is_inline: bool,
    /// Buttons that move what the form is about.
    pub(super) steps: Option<Steps>,
    was_sent: bool,
}

impl FormPart {
    pub(super) fn new(here: &Here, key: impl Into<String>, action: impl Into<String>) -> Self {
        let key = key.into();
        Self {
            was_sent: here.form().text(KEY) == key,
            key,
            action: action.into(),
            hidden: Vec::new(),
            rows: Vec::new(),
            button: here.say("Save", "Simpan").to_owned(),
            tone: "primary",
            sure: String::new(),
            is_inline: false,
            steps: None,
        }
    }

    pub(super) fn row<const N: usize>(self, here: &Here, fields: [Field; N]) -> Self {
        self.group(here, "", fields.into())
    }

    /// Fields with words above them.
    pub(super) fn group(
        mut self,
        here: &Here,
        legend: impl Into<String>,
        fields: Vec<Field>,
    ) -> Self {
        let was_sent = self.was_sent;
        let shown = |field: Field| if was_sent { field.typed(here) } else { field };
        self.rows.push(Row {
            legend: legend.into(),
            fields: fields.into_iter().map(shown).collect(),
        });
        self
    }

    pub(super) fn hidden(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.hidden.push((name.into(), value.into()));
        self
    }

    pub(super) fn button(mut self, words: impl Into<String>) -> Self {
        self.button = words.into();
        self
    }

    /// A step aside of what the page is for.
    pub(super) const fn quiet(mut self) -> Self {
        self.tone = "outline-primary";
        self
    }

    /// What cannot be undone.
    pub(super) fn grave(mut self, sure: impl Into<String>) -> Self {
        self.tone = "outline-danger";
        self.sure = sure.into();
        self
    }

    pub(super) fn steps(mut self, steps: Option<Steps>) -> Self {
        self.steps = steps;
        self
    }

    pub(super) const fn inline(mut self) -> Self {
        self.is_inline = true;
        self
    }
}

/// One cell: words, where they lead, what stands below, and a mark's colour.
#[derive(Default)]
pub(super) struct Cell {
    pub(super) words: String,
    pub(super) path: String,
    pub(super) below: String,
    pub(super) mark: &'static str,
    pub(super) is_number: bool,
    pub(super) form: Option<FormPart>,
}

impl Cell {
    pub(super) fn text(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            ..Self::default()
        }
    }

    pub(super) fn number(words: impl Into<String>) -> Self {
        Self {
            is_number: true,
            ..Self::text(words)
        }
    }

    pub(super) fn link(words: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            ..Self::text(words)
        }
    }

    pub(super) fn mark(words: impl Into<String>, mark: &'static str) -> Self {
        Self {
            mark,
            ..Self::text(words)
        }
    }

    /// A form that consists of its buttons.
    pub(super) fn form(form: FormPart) -> Self {
        Self {
            form: Some(form.button("").inline()),
            ..Self::default()
        }
    }

    pub(super) fn below(mut self, below: impl Into<String>) -> Self {
        self.below = below.into();
        self
    }
}

/// A table whose first column names its rows.
pub(super) struct Table {
    pub(super) heads: Vec<Cell>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// What stands together on a page.
pub(super) struct Card {
    pub(super) id: &'static str,
    pub(super) title: String,
    pub(super) lead: String,
    pub(super) table: Option<Table>,
    /// What is said where the table has no row.
    pub(super) empty: String,
    pub(super) forms: Vec<FormPart>,
}

impl Card {
    pub(super) fn new(id: &'static str, title: impl Into<String>) -> Self {
        Self {
            id,
            title: title.into(),
            lead: String::new(),
            table: None,
            empty: String::new(),
            forms: Vec::new(),
        }
    }

    pub(super) fn lead(mut self, lead: impl Into<String>) -> Self {
        self.lead = lead.into();
        self
    }

    pub(super) fn table<const N: usize>(
        mut self,
        heads: [Cell; N],
        rows: Vec<Vec<Cell>>,
        empty: impl Into<String>,
    ) -> Self {
        self.empty = empty.into();
        self.table = (!rows.is_empty()).then(|| Table {
            heads: heads.into(),
            rows,
        });
        self
    }

    pub(super) fn form(mut self, form: FormPart) -> Self {
        self.forms.push(form);
        self
    }

    pub(super) fn forms(mut self, forms: impl IntoIterator<Item = FormPart>) -> Self {
        self.forms.extend(forms);
        self
    }
}

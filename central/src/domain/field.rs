//! What is wrong with one field of a form, in words for the person who filled it in.
//!
//! Invariant: the message never repeats what was typed (it may be an identity number).

/// One refused field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Its place in the request: `email`, `items[0].quantity`.
    pub field: String,
    /// Stable name.
    pub code: &'static str,
    /// One sentence that says what to do.
    pub message: String,
}

impl FieldError {
    /// The error of `field`.
    #[must_use]
    pub fn new(field: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            code,
            message: message.into(),
        }
    }
}

/// Collects errors, so that a person learns of all of them at once.
#[derive(Debug, Default)]
pub struct FieldErrors(pub Vec<FieldError>);

impl FieldErrors {
    /// The value, or a note of its error.
    pub fn take<T>(&mut self, checked: Result<T, FieldError>) -> Option<T> {
        checked.map_err(|error| self.0.push(error)).ok()
    }
}

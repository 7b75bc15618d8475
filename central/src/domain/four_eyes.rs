//! Four eyes: whoever asked for money to go back is not who agrees to it.
//!
//! Invariant: an account never agrees to its own request, whatever roles it has, but for an administrator: where one
//! person runs everything there is nobody else, and the audit trail shows both steps. What buyers ask for, and what came
//! by the command line, was asked by no account.

use super::{id::UserId, permission::SUPER_ADMIN, policy::Powers};

/// Whether somebody may agree to what `asked_by` asked for.
#[must_use]
pub fn may_agree(asked_by: Option<UserId>, decides: &Powers) -> bool {
    let is_admin = decides
        .grants
        .iter()
        .any(|grant| grant.role.name == SUPER_ADMIN);
    is_admin || asked_by != Some(decides.user)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        permission::{Permission, Reach, Role},
        policy::Grant,
    };

    fn user(id: u128) -> UserId {
        UserId(Uuid::from_u128(id))
    }

    #[test]
    fn nobody_agrees_to_their_own_request_but_an_administrator() {
        const RINI: u128 = 1;
        const DEWI: u128 = 2;
        for (asked_by, decides, role, may) in [
            (None, RINI, "cashier", true),
            (None, RINI, SUPER_ADMIN, true),
            (Some(DEWI), RINI, "cashier", true),
            (Some(RINI), RINI, "cashier", false),
            (Some(RINI), RINI, "client", false),
            (Some(RINI), RINI, SUPER_ADMIN, true),
            (Some(RINI), DEWI, "cashier", true),
        ] {
            let role = Role {
                name: role.into(),
                reach: Reach::All,
                permissions: Permission::ALL.iter().copied().collect(),
            };
            let decides = Powers {
                user: user(decides),
                client: None,
                grants: vec![Grant {
                    role,
                    events: BTreeSet::new(),
                }],
            };
            let name = &decides.grants[0].role.name;
            assert_eq!(
                may_agree(asked_by.map(user), &decides),
                may,
                "{asked_by:?} {name}"
            );
        }
    }
}

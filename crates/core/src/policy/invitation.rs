//! Who may invite whom to what, and what becomes of somebody who has a grant already (INV-01 to INV-11).

use jiff::Timestamp;

use crate::error::{Code, Error, Inner, Result};
use crate::mail_address::domain_to_ascii;
use crate::permission::Role;

/// What decides about an invitation.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// What the caller may do to the item.
    pub role: Role,
    /// Whether the item is the root of its drive.
    pub is_root: bool,
}

/// What is offered to the people invited, or what one of them has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// What they may do.
    pub role: Role,
    /// Until when.
    pub expires_at: Option<Timestamp>,
}

/// Decides whether the caller may make the offer.
pub fn may_invite(facts: &Facts, offer: &Offer, now: Timestamp) -> Result<()> {
    if facts.role < Role::Write {
        return Err(Error::access_denied("You may see this item and not share it."));
    }
    if facts.is_root {
        return Err(
            Error::new(Code::NotSupported, "The root of a drive can't be shared.").inner(Inner::ObjectNotSupported)
        );
    }
    if offer.role == Role::Owner {
        return Err(Error::invalid("roles", "People are invited to read or to write."));
    }
    if offer.expires_at.is_some_and(|expires_at| expires_at <= now) {
        return Err(Error::invalid("expirationDateTime", "The expiry has to lie in the future.")
            .inner(Inner::InvalidParameterFormat));
    }
    Ok(())
}

/// What an invitation does to a grant that is there: nothing where it gives as much already, else it takes its place.
/// Nobody gets more, or for longer, than somebody once asked for.
pub fn takes_the_place_of(offer: &Offer, existing: &Offer, now: Timestamp) -> bool {
    let is_over = existing.expires_at.is_some_and(|ends| now >= ends);
    is_over || existing.role < offer.role
}

/// Whether a text can be a mail address: what an account may be made for later (AMB-53).
pub fn is_address(text: &str) -> bool {
    let parts = text
        .split_once('@')
        .filter(|(local, domain)| !local.is_empty() && !domain.contains('@') && domain_to_ascii(domain).is_some());
    parts.is_some()
        && text.len() <= 254
        && text
            .chars()
            .all(|c| !c.is_control() && !c.is_whitespace() && !matches!(c, '/' | '#' | '?' | ':' | '<' | '>'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_role() -> impl Strategy<Value = Role> {
        prop_oneof![Just(Role::Read), Just(Role::Write), Just(Role::Owner)]
    }

    fn any_offer() -> impl Strategy<Value = Offer> {
        (any_role(), proptest::option::of(0_i64..100)).prop_map(|(role, ends)| Offer {
            role,
            expires_at: ends.map(|second| Timestamp::from_second(second).unwrap()),
        })
    }

    proptest! {
        #[test]
        fn an_invitation_never_lowers_a_live_grant(offer in any_offer(), existing in any_offer(), now in 0_i64..100) {
            let now = Timestamp::from_second(now).unwrap();
            let is_live = existing.expires_at.is_none_or(|ends| ends > now);
            if is_live && takes_the_place_of(&offer, &existing, now) {
                prop_assert!(offer.role > existing.role);
            }
            prop_assert!(takes_the_place_of(&offer, &existing, now) || existing.role >= offer.role);
        }

        #[test]
        fn an_offer_is_never_more_than_the_callers_own_nor_past(
            role in any_role(), is_root: bool, offer in any_offer(), now in 0_i64..100
        ) {
            let now = Timestamp::from_second(now).unwrap();
            if may_invite(&Facts { role, is_root }, &offer, now).is_ok() {
                prop_assert!(!is_root && offer.role <= role && offer.role < Role::Owner);
                prop_assert!(offer.expires_at.is_none_or(|ends| ends > now));
            }
        }

        #[test]
        fn addresses_are_read_without_panic(text: String) {
            let _ = is_address(&text);
        }
    }

    #[test]
    fn what_is_an_address() {
        for (text, is) in [
            ("ann@example.com", true),
            ("ann.b+c@mail.example.co", true),
            ("", false),
            ("ann", false),
            ("@example.com", false),
            ("ann@example", false),
            ("ann@example..com", false),
            ("a@b@example.com", false),
            ("ann b@example.com", false),
            ("<ann@example.com>", false),
            ("ann@bücher.example", true),
            ("ann@[127.0.0.1]", false),
            ("ann@127.0.0.1", false),
        ] {
            assert_eq!(is_address(text), is, "{text}");
        }
    }
}

//! Why a link didn't open. The visitor isn't told and doesn't wait for it: this is found out afterwards, when the refusal is
//! written down (P16).

use driveway_core::id::PermissionId;
use driveway_core::policy::redeem::{self, Decision, State};
use jiff::Timestamp;

use crate::ops::gate::{self, Below, Passage};
use crate::ops::{Credentials, Result, Tx};

/// Why the link refused whoever brought these credentials at this instant, or `None` when it didn't: it opened, and the
/// request failed for another reason, or it only asked for a password or an account.
pub(in crate::ops) fn refusal_reason(
    tx: &mut Tx<'_>,
    link: PermissionId,
    credentials: &Credentials,
    at: Timestamp,
) -> Result<Option<&'static str>> {
    // Credentials that aren't good any more are the request's fault and not the link's.
    let Ok(passage) = gate::open_link(tx, link, Below::Shared, credentials, at) else { return Ok(None) };
    Ok(match passage {
        Passage::Closed(Decision::NotForYou, _) => Some("notForYou"),
        Passage::Closed(Decision::SignIn, _) if credentials.bearer.is_some() => Some("notForYou"),
        Passage::Closed(Decision::Closed, _) => Some("closedByPolicy"),
        Passage::Closed(Decision::Gone, _) => gone(tx, link, at)?,
        Passage::Open(_) | Passage::Add(_) | Passage::Closed(..) => None,
    })
}

fn gone(tx: &mut Tx<'_>, link: PermissionId, at: Timestamp) -> Result<Option<&'static str>> {
    let Some(permission) = tx.link(link)? else { return Ok(Some("revoked")) };
    let Some(sharing) = permission.link() else { return Ok(None) };
    let Some(chain) = tx.chain(permission.item)?.filter(|chain| chain.is_live()) else {
        return Ok(Some("itemDeleted"));
    };
    let Some(drive) = tx.drive_of_item(permission.item)? else { return Ok(None) };
    let policy = tx.sharing_policy(&drive.id)?;
    Ok(match redeem::state(sharing, permission.created_at, &policy, at) {
        State::Off => Some("off"),
        State::Expired => Some("expired"),
        State::UsedUp => Some("usedUp"),
        State::Pending => Some("notYet"),
        State::Live if gate::is_over(tx, &permission, &chain, &policy, at)? => Some("creatorLostRight"),
        State::Live => None,
    })
}

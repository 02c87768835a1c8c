//! Redeeming a link: making its right one's own (SHARE-05 to SHARE-07; AMB-24, AMB-34; P38).
//!
//! What is stored says only that a person carries a link. What it is worth is asked of the gate on each request, as if the
//! person showed the link again: it ends with the link, its expiry, its password, a closed policy and its creator's right.

use driveway_core::audit::Kind;
use driveway_core::caller::{Caller, Intent};
use driveway_core::error::{Error, Inner};
use driveway_core::id::{ItemId, PermissionId};
use driveway_core::permission::{LinkScope, Role};
use driveway_storage::Redemption;
use jiff::Timestamp;
use serde_json::json;

use super::access::Access;
use super::gate::{self, Below, Opened, Passage};
use super::password::Visit;
use super::{Credentials, Result, Tx, audit};
use crate::app::App;

/// How a request wants the link in its address to count (HDR-04, HDR-05).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preference {
    /// As it is: nothing is stored, and a link for the organization doesn't open by itself.
    #[default]
    None,
    /// For this request only.
    IfNecessary,
    /// From now on.
    Durable,
}

/// What is known of a redemption before anything is written.
enum Survey {
    /// The link doesn't open for this person; the request itself tells them why.
    Refused,
    /// There is nothing to store.
    Done,
    /// This is to be stored.
    Open(Redemption),
}

/// Stores that the caller redeems the link, unless it is stored; whether the link counts as redeemed now. Without a person
/// behind the token there is nobody who could carry it.
pub async fn redeem(app: &App, credentials: &Credentials, now: Timestamp) -> Result<bool> {
    let user = credentials.bearer.as_ref().and_then(|claims| claims.user);
    let (Some(link), Some(user)) = (credentials.link, user) else { return Ok(false) };
    let asking = credentials.clone();
    match app.db.read(move |tx| survey(tx, link, &asking, now)).await? {
        Survey::Refused => Ok(false),
        Survey::Done => Ok(true),
        Survey::Open(_) => {
            let asking = credentials.clone();
            app.db
                .write(move |tx| match survey(tx, link, &asking, now)? {
                    Survey::Refused => Ok(false),
                    Survey::Done => Ok(true),
                    Survey::Open(redemption) => {
                        tx.redeem_link(&redemption, user, now)?;
                        audit::record(tx, &asking, link, Kind::Redeemed, &json!({}), now)?;
                        Ok(true)
                    }
                })
                .await
        }
    }
}

fn survey(tx: &mut Tx<'_>, link: PermissionId, credentials: &Credentials, now: Timestamp) -> Result<Survey> {
    // Whatever is wrong with the credentials is for the request itself to say, in its own order.
    let Ok(Passage::Open(opened)) = gate::open_link(tx, link, Below::Shared, credentials, now) else {
        return Ok(Survey::Refused);
    };
    let Some(caller) = opened.access.via.caller() else { return Ok(Survey::Refused) };
    let Some(user) = caller.user_id() else { return Ok(Survey::Refused) };
    if gate::check_scopes(&opened, Intent::Read).is_err() {
        return Ok(Survey::Refused);
    }
    // An owner gains nothing, and would stand among the people whom the link was given to.
    if opened.access.chain.role_of(caller.actor(), now) == Some(Role::Owner) {
        return Ok(Survey::Done);
    }
    let guard = opened.permission.link().and_then(|link| link.password.as_ref());
    let redemption = Redemption { link, password_version: guard.map(|guard| guard.version) };
    if tx.redemption(link, user)? == Some(redemption) { Ok(Survey::Done) } else { Ok(Survey::Open(redemption)) }
}

/// What the links that a person carries open of an item: the greatest of it.
pub fn carried(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    caller: &Caller,
    item: ItemId,
    now: Timestamp,
) -> Result<Option<Access>> {
    let Some(user) = caller.user_id() else { return Ok(None) };
    let mut best: Option<Access> = None;
    for redemption in tx.carried_links(item, user)? {
        let visit = redemption.password_version.map(|version| Visit { link: redemption.link, version });
        let shown = Credentials {
            bearer: credentials.bearer.clone(),
            link: Some(redemption.link),
            visit,
            ..Default::default()
        };
        if let Passage::Open(opened) = gate::open_link(tx, redemption.link, Below::Id(item), &shown, now)?
            && best.as_ref().is_none_or(|best| best.role < opened.access.role)
        {
            best = Some(opened.access);
        }
    }
    Ok(best)
}

/// Refuses those who show an organization's link by the API and have neither redeemed it nor a right of their own (AMB-34).
pub fn require(tx: &mut Tx<'_>, opened: &Opened, credentials: &Credentials, now: Timestamp) -> Result<()> {
    let is_for_organization = opened.permission.link().is_some_and(|link| link.scope == LinkScope::Organization);
    let (true, Some(caller), Preference::None) =
        (is_for_organization, opened.access.via.caller(), credentials.preference)
    else {
        return Ok(());
    };
    let has_right = opened.access.chain.role_of(caller.actor(), now).is_some();
    let has_redeemed = match caller.user_id() {
        Some(user) => tx.redemption(opened.permission.id, user)?.is_some(),
        None => false,
    };
    if has_right || has_redeemed {
        return Ok(());
    }
    Err(Error::access_denied(
        "This link isn't redeemed: send Prefer: redeemSharingLink, or redeemSharingLinkIfNecessary for this request only.",
    )
    .inner(Inner::RedemptionRequired))
}

//! Invitations for people who needn't sign in: each gets a link of their own, by mail (INV-01, INV-04).
//!
//! The link is an anonymous one with the person's address as its name, so that it can be told from the others in every
//! list and taken back alone. It is made as createLink makes it, under the same policy, expiry and password rules. A
//! password isn't mailed with the link that it guards.

use driveway_core::address::ItemAddress;
use driveway_core::caller::{Caller, Intent};
use driveway_core::error::{Error, Inner};
use driveway_core::outbox::Kind;
use driveway_core::permission::{LinkScope, LinkType, Role};
use jiff::Timestamp;
use secrecy::SecretString;

use super::access::reach;
use super::create_link::{Fresh, NewLink, Survey, fill, survey};
use super::invite::{NewInvitations, Outcome, Recipient, find};
use super::permissions::PermissionView;
use super::{Credentials, Result, Tx, caller, outbox};
use crate::app::App;
use crate::mail::letter::is_deliverable;

/// Makes each recipient a link of their own and mails it; who has one from this application gets it again. All or nothing,
/// or on beta those who can be reached.
pub async fn invite_by_link(
    app: &App,
    credentials: Credentials,
    address: ItemAddress,
    new: NewInvitations,
    password: Option<SecretString>,
    now: Timestamp,
) -> Result<Vec<Outcome>> {
    let hash = match &password {
        Some(password) => {
            // Hashing is dear: only for those who reach the item to share it.
            let (asking, place) = (credentials.clone(), address.clone());
            app.db.read(move |tx| reach(tx, &asking, &place, Intent::Write, now).map(drop)).await?;
            Some(app.passwords.hash(password.clone(), app.entropy.bytes()).await?)
        }
        None => None,
    };
    let fresh: Vec<Fresh> = new.recipients.iter().map(|_| Fresh::draw(app)).collect();
    let outcomes = app
        .db
        .write(move |tx| {
            let caller = caller::require(tx, credentials.bearer.as_ref())?;
            let (mut outcomes, mut mails) = (Vec::with_capacity(new.recipients.len()), Vec::new());
            for ((at, recipient), fresh) in new.recipients.iter().enumerate().zip(&fresh) {
                let reached = reach_by_mail(tx, &caller, &new, at, recipient);
                let email = match reached.map_err(|error| error.target(format!("recipients[{at}]"))) {
                    Ok(email) => email,
                    Err(error) if new.some_may_fail => {
                        outcomes.push(Err((recipient.clone(), error)));
                        continue;
                    }
                    Err(error) => return Err(error),
                };
                let wish = wish(&new, password.as_ref(), &email);
                let view = own_link(tx, (&credentials, &address), &wish, fresh, hash.as_ref(), now)?;
                mails.push((view.permission.id, Kind::LinkMail, email));
                outcomes.push(Ok(view));
            }
            if let Some(postage) = &new.postage {
                outbox::post(tx, postage, &caller, mails, now)?;
            }
            Ok(outcomes)
        })
        .await?;
    app.outbox.notify_one();
    Ok(outcomes)
}

/// The address of a recipient. A group has none, and a link for many wouldn't be anybody's own.
fn reach_by_mail(
    tx: &mut Tx<'_>,
    caller: &Caller,
    new: &NewInvitations,
    at: usize,
    recipient: &Recipient,
) -> Result<String> {
    if let Some(postage) = new.postage.as_ref().filter(|postage| at >= postage.most_recipients) {
        return Err(outbox::too_many(postage));
    }
    let (invited, _) = find(tx, caller, recipient, caller.tenant)?;
    let email = invited.email.filter(|email| is_deliverable(email)).ok_or_else(outbox::unreachable_address)?;
    Ok(email.to_lowercase())
}

fn wish(new: &NewInvitations, password: Option<&SecretString>, email: &str) -> NewLink {
    NewLink {
        link_type: Some(if new.role == Role::Read { LinkType::View } else { LinkType::Edit }),
        address_bar: false,
        scope: Some(LinkScope::Anonymous),
        password: password.cloned(),
        expires_at: new.expires_at,
        retain_inherited_permissions: new.retain_inherited_permissions,
        recipients: Vec::new(),
        name: Some(email.to_owned()),
        postage: None,
    }
}

fn own_link(
    tx: &mut Tx<'_>,
    (credentials, address): (&Credentials, &ItemAddress),
    wish: &NewLink,
    fresh: &Fresh,
    hash: Option<&SecretString>,
    now: Timestamp,
) -> Result<PermissionView> {
    match survey(tx, credentials, address, wish, now)? {
        Survey::Open(opening) => Ok(fill(tx, credentials, *opening, wish, fresh, hash.cloned(), now)?.1),
        Survey::Existing(view) => Ok(*view),
        // Whether the password is the same one isn't told here: guesses are counted where links are opened (P25).
        Survey::Protected(..) => {
            Err(Error::invalid("password", "A recipient has a link with a password here already.")
                .inner(Inner::PasswordMismatch))
        }
    }
}

//! People of other organizations: what policy lets them have and do in a drive, now (POLICY-01, POLICY-09).

use driveway_core::caller::{Caller, Principal};
use driveway_core::drive::Drive;
use driveway_core::identity::User;
use driveway_core::policy::access::Actor;
use driveway_core::policy::sharing::{Outsider, SharingPolicy};

use super::{Result, Tx};

/// As whom a caller acts in a drive: as themselves, or as nobody where they are from outside and its organization doesn't
/// share with such people now. What was granted to them is dormant then, and theirs again once policy says so.
pub fn actor<'a>(tx: &mut Tx<'_>, caller: &'a Caller, drive: &Drive) -> Result<Actor<'a>> {
    match &caller.principal {
        Principal::User { user, .. } if user.tenant != drive.tenant => {
            let is_admitted = is_admitted(&tx.sharing_policy(&drive.id)?, user);
            Ok(if is_admitted { caller.actor() } else { Actor::Nobody })
        }
        _ => Ok(caller.actor()),
    }
}

/// Whether policy lets somebody of another tenant have what is shared with them.
pub fn is_admitted(policy: &SharingPolicy, user: &User) -> bool {
    policy.admits(&Outsider::account(user))
}

//! Which links a call made use of, where its address doesn't say.

use std::sync::{Arc, Mutex, PoisonError};

use driveway_core::audit::Kind;
use driveway_core::id::PermissionId;

/// What a call did by way of links: those that its caller carries, and whatever is more than a change. It is noted where the
/// right is found, and goes into trails once the call has come off. It opens nothing.
#[derive(Debug, Clone, Default)]
pub struct Uses(Arc<Mutex<Vec<(PermissionId, Kind)>>>);

impl Uses {
    /// Notes one; what is asked for again within the call is the same.
    pub(in crate::ops) fn note(&self, link: PermissionId, kind: Kind) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !noted.contains(&(link, kind)) {
            noted.push((link, kind));
        }
    }

    pub(super) fn noted(&self) -> Vec<(PermissionId, Kind)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

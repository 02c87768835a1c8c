//! The life of a link beyond Graph: `/driveway/v1/links/{id}`.

mod change;
mod closed;
mod downloads;
mod names;
mod strangers;

use serde_json::Value;

use crate::steps::Link;
use crate::support::Actor;

/// Where a link is managed.
pub fn managed(link: &Link) -> String {
    format!("/driveway/v1/links/{}", link.id)
}

/// The link as its maker or an owner sees it.
pub async fn look(owner: &Actor, link: &Link) -> Value {
    owner.get(&managed(link)).await.expect(200).json()
}

/// Changes a link.
pub async fn set(owner: &Actor, link: &Link, change: Value) -> Value {
    owner.patch(&managed(link), &change).await.expect(200).json()
}

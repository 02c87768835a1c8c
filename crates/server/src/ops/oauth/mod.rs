//! The authority that applications sign people in with: OAuth 2.0 and OIDC.
//!
//! Whatever is given out here opens nothing by itself: who somebody is, whether the account and the application still count and
//! what they may do is asked again on each request.

pub mod authorize;
pub mod client;
mod code;
mod device;
mod issue;
mod refresh;
mod refusal;
pub mod register;
pub mod token;

pub use self::device::{Begun, Waiting, answer_device, begin_device, waiting_device};
pub use self::issue::Reply;
pub use self::refusal::{Kind, Refusal};

use driveway_core::oauth::Authority;

use crate::app::App;

/// The outcome of something that OAuth has its own words for.
pub type Outcome<T> = Result<T, Refusal>;

/// Whom the first segment of an authority's address means; `None` when there is no such tenant.
pub async fn authority(app: &App, segment: &str) -> super::Result<Option<Authority>> {
    let segment = segment.to_owned();
    app.db
        .read(move |tx| match Authority::parse(&segment) {
            Some(Authority::Tenant(id)) => Ok(tx.tenant(id)?.map(|tenant| Authority::Tenant(tenant.id))),
            Some(word) => Ok(Some(word)),
            None if is_domain(&segment) => Ok(tx.tenant_of_domain(&segment)?.map(Authority::Tenant)),
            None => Ok(None),
        })
        .await
}

fn is_domain(text: &str) -> bool {
    text.len() <= 253 && text.contains('.') && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
}

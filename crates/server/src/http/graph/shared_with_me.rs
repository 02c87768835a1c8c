//! `GET …/drive/sharedWithMe`.

use axum::http::StatusCode;
use axum::response::Response;
use driveway_core::error::{Error, Inner};
use driveway_core::time;
use serde_json::{Value, json};

use super::permission::{next_link, page_limit, page_start, refuse_options};
use super::{Call, Result, render};
use crate::http::json::respond;
use crate::ops::permissions::Page;
use crate::ops::shared_with_me::{self as ops, SharedItem};

/// What others share with the caller: items that point to the real ones (SWM-01).
pub(super) async fn list(call: Call) -> Result<Response> {
    refuse_options(&call)?;
    let after = call.query.skip_token.as_deref().map(|token| page_start(&call, token, "shared")).transpose()?;
    let allow_external = allow_external(&call)?;
    let page = Page { after, limit: page_limit(&call) };
    let (key, credentials, now) = (call.drive()?, call.credentials.clone(), call.context.now);
    let (items, next) =
        call.app.db.read(move |tx| ops::list(tx, &credentials, &key, (page, allow_external), now)).await?;
    let items: Vec<Value> = items.iter().map(|item| render::select(&call, shared_item(&call, item))).collect();
    let mut value =
        json!({ "@odata.context": format!("{}#Collection(driveItem)", call.metadata_url()), "value": items });
    if let Some(next) = next {
        let mut url = next_link(&call, &format!("{}/sharedWithMe", call.drive()?), "shared", next);
        if allow_external {
            url.push_str("&allowexternal=true");
        }
        render::insert(&mut value, "@odata.nextLink", url);
    }
    Ok(respond(StatusCode::OK, &value))
}

/// Whether items of other organizations are asked for (SWM-02).
fn allow_external(call: &Call) -> Result<bool> {
    let value = call.query.custom.iter().find(|(name, _)| name.eq_ignore_ascii_case("allowexternal"));
    match value.map(|(_, value)| value.to_ascii_lowercase()).as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => {
            Err(Error::invalid("allowexternal", "allowexternal is true or false.").inner(Inner::InvalidParameterFormat))
        }
    }
}

fn shared_item(call: &Call, shared: &SharedItem) -> Value {
    let mut facet = json!({
        "scope": "users",
        "owner": render::owner(&shared.access.drive),
        "sharedDateTime": time::format(shared.since),
    });
    if let Some(by) = &shared.shared_by {
        render::insert(&mut facet, "sharedBy", render::permission::identity_set(by));
    }
    render::item::remote(call, &shared.access, Some(facet))
}

//! `GET …/drive/sharedWithMe`.

use axum::http::StatusCode;
use axum::response::Response;
use driveway_core::error::{Error, Inner};
use driveway_core::time;
use serde_json::{Map, Value, json};

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
    const SAME: [&str; 6] = ["id", "name", "size", "file", "folder", "webUrl"];
    const REMOTE: [&str; 5] =
        ["fileSystemInfo", "createdBy", "createdDateTime", "lastModifiedBy", "lastModifiedDateTime"];
    const DATED: [&str; 2] = ["createdDateTime", "lastModifiedDateTime"];
    let access = &shared.access;
    let whole = render::item::item(call, access, None);
    let pick = |names: &mut dyn Iterator<Item = &&str>| -> Map<String, Value> {
        names.filter_map(|name| Some(((*name).to_owned(), whole.get(*name)?.clone()))).collect()
    };
    let mut remote = pick(&mut SAME.iter().chain(&REMOTE));
    // Where it lies above the shared item is nobody's business who was given the item alone.
    let place = json!({ "driveId": access.drive.id.as_str(), "driveType": access.drive.kind.as_str() });
    remote.insert("parentReference".into(), place);
    let mut facet = json!({
        "scope": "users",
        "owner": render::owner(&access.drive),
        "sharedDateTime": time::format(shared.since),
    });
    if let Some(by) = &shared.shared_by {
        render::insert(&mut facet, "sharedBy", render::permission::identity_set(by));
    }
    remote.insert("shared".into(), facet);
    let mut members = pick(&mut SAME.iter().chain(&DATED));
    members.insert("remoteItem".into(), remote.into());
    Value::Object(members)
}

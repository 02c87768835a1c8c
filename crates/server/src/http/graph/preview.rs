//! `preview`: a URL that shows a file in a page, for a while and without a credential (ITEM-02).

use axum::http::StatusCode;
use axum::response::Response;
use driveway_core::caller::Intent;
use driveway_core::error::{Code, Error, Inner};
use serde_json::{Value, json};

use super::{Call, Result, render};
use crate::http::json::{Members, respond};
use crate::http::web::previewed;
use crate::ops::access::reach;

/// The longest name of a page, in characters.
const MOST_PAGE: usize = 128;

/// Makes the URL. Whoever may see a file may preview it, also where downloading is prevented (AMB-38).
pub(super) async fn preview(mut call: Call) -> Result<Response> {
    hints(call.members().await?)?;
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    let access = call.app.db.read(move |tx| reach(tx, &credentials, &address, Intent::Read, now)).await?;
    if access.item.is_folder() {
        return Err(Error::new(Code::NotSupported, "A folder has no preview."));
    }
    let mut value = json!({ "getUrl": previewed::url(&call.app, &access, &call.context) });
    render::add_context(&call, &mut value, "microsoft.graph.itemPreviewInfo");
    Ok(respond(StatusCode::OK, &value))
}

/// Where to begin and how large: hints, which our page of one file at its own size has no use for. They have to be ones.
fn hints(mut members: Members) -> Result<()> {
    match members.take("page") {
        None | Some(Value::Null) => {}
        Some(Value::String(page)) if page.chars().count() <= MOST_PAGE => {}
        Some(Value::Number(page)) if page.as_u64().is_some() => {}
        Some(_) => {
            return Err(Error::invalid(
                "page",
                format!("A page is a number, or a text of {MOST_PAGE} characters at most."),
            ));
        }
    }
    match members.take("zoom") {
        None | Some(Value::Null) => {}
        Some(zoom) if zoom.as_f64().is_some_and(|zoom| zoom > 0.0 && zoom.is_finite()) => {}
        Some(_) => {
            return Err(Error::invalid("zoom", "zoom is a number above 0.").inner(Inner::InvalidParameterFormat));
        }
    }
    members.finish()
}

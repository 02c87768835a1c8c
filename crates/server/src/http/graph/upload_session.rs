//! `createUploadSession`, and what is answered where its URL is used.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use driveway_core::address::{Resource, Version};
use driveway_core::error::{Error, Inner};
use driveway_core::name::{ConflictBehavior, name_key};
use driveway_core::odata::QueryOptions;
use driveway_core::time;
use serde_json::{Value, json};

use super::item::{conflict_behavior, conflict_in_query, file_system_info};
use super::{Call, Result, content, render};
use crate::app::App;
use crate::http::context::Context;
use crate::http::json::{Members, respond};
use crate::ops::Credentials;
use crate::ops::access::Access;
use crate::ops::item::FileSystemTimes;
use crate::ops::upload::{Upload, Uploaded};
use crate::ops::upload_session::{self, NewSession, Status};

/// Begins a session (ITEM-07). Where the client says nothing about a taken name, the file there is replaced.
pub(super) async fn create(mut call: Call) -> Result<Response> {
    let mut members = call.members().await?;
    let mut conflict = conflict_behavior(&mut members)?;
    let defer_commit = members.flag("deferCommit")?.unwrap_or(false);
    let item = members.object("item")?;
    members.finish()?;
    let mut upload = Upload {
        address: call.item()?,
        conflict: ConflictBehavior::Replace,
        if_match: call.header(IF_MATCH).map(str::to_owned),
        only_new: call.header(IF_NONE_MATCH) == Some("*"),
        media_type: None,
        description: None,
        times: FileSystemTimes::default(),
    };
    let mut file_size = None;
    if let Some(mut item) = item {
        conflict = conflict_behavior(&mut item)?.or(conflict);
        upload.description = item.text_or_empty("description")?;
        upload.times = file_system_info(&mut item)?;
        file_size = self::file_size(&mut item)?;
        check_name(&mut item, &upload)?;
        item.finish()?;
    }
    upload.conflict = conflict.or(conflict_in_query(&call)?).unwrap_or(ConflictBehavior::Replace);
    let new = NewSession { upload, file_size, defer_commit, client: call.context.client };
    let (secret, status) = upload_session::create(&call.app, call.credentials.clone(), new, call.context.now).await?;
    let mut value = session(&status);
    render::insert(&mut value, "uploadUrl", format!("{}/upload/{secret}", call.context.base_url));
    render::add_context(&call, &mut value, "microsoft.graph.uploadSession");
    Ok(respond(StatusCode::OK, &render::select(&call, value)))
}

/// What a client is told of a session again and again: not its URL, which it has.
pub(crate) fn session(status: &Status) -> Value {
    json!({
        "expirationDateTime": time::format(status.expires_at),
        "nextExpectedRanges": status.progress.next_expected_ranges(),
    })
}

fn file_size(item: &mut Members) -> Result<Option<u64>> {
    let Some(value) = item.take("fileSize") else { return Ok(None) };
    let size = value.as_u64().filter(|size| i64::try_from(*size).is_ok());
    size.map(Some).ok_or_else(|| {
        Error::invalid(item.target("fileSize"), "fileSize has to be a number of bytes.")
            .inner(Inner::InvalidParameterFormat)
    })
}

/// Clients say the name in the address and here. Two different ones leave open which is meant.
fn check_name(item: &mut Members, upload: &Upload) -> Result<()> {
    let Some(name) = item.text("name")? else { return Ok(()) };
    match upload.address.path.last() {
        Some(addressed) if name_key(addressed) == name_key(&name) => Ok(()),
        Some(_) => Err(Error::invalid(item.target("name"), "The name is another one than in the address.")),
        None => Err(Error::invalid(item.target("name"), "A file that is addressed by its id keeps its name.")),
    }
}

/// The answer with the file that came of a session, as if it had been put in one request.
pub(crate) fn done(app: &Arc<App>, context: &Context, uploaded: Uploaded, access: &Access) -> Response {
    let call = Call {
        app: Arc::clone(app),
        context: context.clone(),
        credentials: Credentials::default(),
        version: Version::V1,
        resource: Resource::Settings,
        parameters: Vec::new(),
        query: QueryOptions::default(),
        headers: HeaderMap::new(),
        body: Body::empty(),
    };
    content::uploaded_answer(&call, uploaded, access)
}

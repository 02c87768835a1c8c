//! `/subscriptions`: to be told by a webhook when something changes.

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use driveway_core::address::{self, ItemAddress, Resource};
use driveway_core::error::{Code, Error, Inner};
use driveway_core::subscription::{LONGEST_CLIENT_STATE, LONGEST_URL, Subscription, TlsVersion};
use driveway_core::time;
use serde_json::{Value, json};
use uuid::Uuid;

use super::item::empty;
use super::page::{Page, next_link};
use super::{Call, Result, directory, render};
use crate::http::json::{Members, respond};
use crate::ops::subscription::{self, NewSubscription, Renewal};
use crate::webhook::url::HookUrl;

/// The preference for being told of changes of sharing too (HDR-16).
const SECURITY_WEBHOOKS: &str = "includesecuritywebhooks";

/// Members that the type has and that can't be asked for here.
const ELSEWHERE: [&str; 4] =
    ["encryptionCertificate", "encryptionCertificateId", "notificationQueryOptions", "notificationUrlAppId"];

/// Members that a PATCH can't change.
const FIXED: [&str; 13] = [
    "applicationId",
    "changeType",
    "clientState",
    "creatorId",
    "encryptionCertificate",
    "encryptionCertificateId",
    "id",
    "includeResourceData",
    "latestSupportedTlsVersion",
    "lifecycleNotificationUrl",
    "notificationQueryOptions",
    "notificationUrlAppId",
    "resource",
];

/// Makes a subscription.
pub(super) async fn create(mut call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let members = call.members().await?;
    let with_sharing = prefers_sharing(&call.headers);
    let new = new_subscription(members, with_sharing)?;
    let made = subscription::create(&call.app, call.credentials.clone(), new, call.context.now).await?;
    let mut response = answer(&call, StatusCode::CREATED, &made);
    if made.with_sharing {
        response.headers_mut().insert("preference-applied", HeaderValue::from_static(SECURITY_WEBHOOKS));
    }
    Ok(response)
}

/// The caller's subscriptions.
pub(super) async fn list(call: Call) -> Result<Response> {
    let page = Page::read(&call, "subscriptions")?;
    let wrong = |_| Error::invalid("$skiptoken", "The paging token isn't one.").inner(Inner::InvalidQueryOption);
    let after = page.after.as_deref().map(Uuid::try_parse).transpose().map_err(wrong)?;
    let (credentials, now) = (call.credentials.clone(), call.context.now);
    let listed = call.app.db.read(move |tx| subscription::list(tx, &credentials, after, page.limit, now)).await?;
    let last = listed.values.last().filter(|_| listed.more);
    let next = last.map(|last| next_link(&call, "/subscriptions", "subscriptions", &last.id.to_string()));
    let values: Vec<Value> = listed.values.iter().map(|found| render::select(&call, value(found))).collect();
    Ok(directory::collection(&call, "subscriptions", &values, next))
}

/// A subscription.
pub(super) async fn get(call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let (id, credentials, now) = (id(&call)?, call.credentials.clone(), call.context.now);
    let found = call.app.db.read(move |tx| subscription::get(tx, &credentials, &id, now)).await?;
    Ok(answer(&call, StatusCode::OK, &found))
}

/// Gives a subscription another end or another receiver.
pub(super) async fn update(mut call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let mut members = call.members().await?;
    let renewal = Renewal {
        expires_at: members.instant("expirationDateTime")?,
        notification_url: hook_url(&mut members, "notificationUrl")?,
    };
    members.finish_update(&FIXED)?;
    if renewal.expires_at.is_none() && renewal.notification_url.is_none() {
        return Err(missing("expirationDateTime"));
    }
    let (id, credentials) = (id(&call)?, call.credentials.clone());
    let renewed = subscription::renew(&call.app, credentials, id, renewal, call.context.now).await?;
    Ok(answer(&call, StatusCode::OK, &renewed))
}

/// Ends a subscription.
pub(super) async fn delete(call: Call) -> Result<Response> {
    let (id, credentials, now) = (id(&call)?, call.credentials.clone(), call.context.now);
    call.app.db.write(move |tx| subscription::delete(tx, &credentials, &id, now)).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// Says that the caller may still read what the subscription is to. Here that is asked before each notification anyway.
pub(super) async fn reauthorize(mut call: Call) -> Result<Response> {
    call.members().await?.finish()?;
    let (id, credentials, now) = (id(&call)?, call.credentials.clone(), call.context.now);
    call.app.db.read(move |tx| subscription::reauthorize(tx, &credentials, &id, now)).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

fn id(call: &Call) -> Result<String> {
    match &call.resource {
        Resource::Subscription { subscription, .. } => Ok(subscription.clone()),
        _ => Err(Error::internal("a route on subscriptions met another resource")),
    }
}

fn new_subscription(mut members: Members, with_sharing: bool) -> Result<NewSubscription> {
    let change_type = members.text("changeType")?.ok_or_else(|| missing("changeType"))?;
    if change_type != "updated" {
        return Err(Error::invalid("changeType", "Of a drive only the changeType 'updated' is told."));
    }
    let resource = members.text("resource")?.ok_or_else(|| missing("resource"))?;
    let address = resource_address(&resource)?;
    let notification_url = hook_url(&mut members, "notificationUrl")?.ok_or_else(|| missing("notificationUrl"))?;
    let lifecycle_url = hook_url(&mut members, "lifecycleNotificationUrl")?;
    let expires_at = members.instant("expirationDateTime")?.ok_or_else(|| missing("expirationDateTime"))?;
    let client_state = client_state(&mut members)?;
    let tls = tls_version(&mut members)?;
    if members.flag("includeResourceData")? == Some(true) {
        return Err(not_offered("includeResourceData"));
    }
    if let Some(name) = ELSEWHERE.into_iter().find(|name| members.take(name).is_some()) {
        return Err(not_offered(name));
    }
    if let Some(name) = ["applicationId", "creatorId", "id"].into_iter().find(|name| members.take(name).is_some()) {
        return Err(Error::invalid(name, format!("The property '{name}' can't be set.")));
    }
    members.finish()?;
    Ok(NewSubscription {
        address,
        resource,
        notification_url,
        lifecycle_url,
        client_state,
        tls,
        with_sharing,
        expires_at,
    })
}

/// The item that a resource names, in the spellings of the API's own paths, with or without the slash in front.
fn resource_address(resource: &str) -> Result<ItemAddress> {
    if resource.len() > LONGEST_URL {
        return Err(Error::invalid("resource", "resource is too long.").inner(Inner::ParameterIsTooLong));
    }
    let path = format!("/v1.0/{}", resource.strip_prefix('/').unwrap_or(resource));
    let parsed = if resource.contains(['?', '#']) { None } else { address::parse(&path, None).ok() };
    match parsed.map(|address| address.resource) {
        Some(Resource::Item { item, tail })
            if tail.is_empty()
                && !matches!(item.drive, address::DriveKey::Share(_))
                && !matches!(item.start, address::Start::Special(_)) =>
        {
            Ok(item)
        }
        _ => Err(Error::invalid(
            "resource",
            "resource has to be the root of a drive, such as /me/drive/root or /drives/{id}/root, or a folder of a \
             personal drive.",
        )),
    }
}

fn hook_url(members: &mut Members, name: &'static str) -> Result<Option<HookUrl>> {
    let Some(text) = members.text(name)? else { return Ok(None) };
    HookUrl::parse(&text).map(Some).map_err(|why| Error::invalid(name, format!("{name} {why}.")))
}

fn client_state(members: &mut Members) -> Result<Option<String>> {
    let state = members.text("clientState")?;
    if state.as_ref().is_some_and(|state| state.chars().count() > LONGEST_CLIENT_STATE) {
        let message = format!("clientState has at most {LONGEST_CLIENT_STATE} characters.");
        return Err(Error::invalid("clientState", message).inner(Inner::ParameterIsTooLong));
    }
    Ok(state)
}

/// Older versions of TLS aren't spoken here, and to say so now is better than to fail at the first notification.
fn tls_version(members: &mut Members) -> Result<TlsVersion> {
    const NAME: &str = "latestSupportedTlsVersion";
    let Some(text) = members.text(NAME)? else { return Ok(TlsVersion::default()) };
    match (TlsVersion::parse(&text), text.as_str()) {
        (Some(version), _) => Ok(version),
        (None, "v1_0" | "v1_1") => {
            Err(Error::new(Code::NotSupported, "TLS older than 1.2 isn't spoken here.").target(NAME))
        }
        _ => Err(Error::invalid(NAME, "latestSupportedTlsVersion has to be v1_2 or v1_3.")),
    }
}

fn prefers_sharing(headers: &HeaderMap) -> bool {
    let values = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|word| word.trim().eq_ignore_ascii_case(SECURITY_WEBHOOKS))
}

fn missing(name: &'static str) -> Error {
    Error::invalid(name, format!("{name} is missing."))
}

fn not_offered(name: &'static str) -> Error {
    Error::new(Code::NotSupported, format!("{name} isn't offered for drives.")).target(name)
}

fn answer(call: &Call, status: StatusCode, subscription: &Subscription) -> Response {
    let mut value = render::select(call, value(subscription));
    render::add_context(call, &mut value, "subscriptions/$entity");
    respond(status, &value)
}

fn value(subscription: &Subscription) -> Value {
    let mut value = json!({
        "id": subscription.id.to_string(),
        "resource": subscription.resource,
        "changeType": "updated",
        "notificationUrl": subscription.notification_url,
        "expirationDateTime": time::format(subscription.expires_at),
        "applicationId": subscription.application,
        "creatorId": subscription.user.map_or_else(|| subscription.application.to_string(), |user| user.to_string()),
        "latestSupportedTlsVersion": subscription.tls.as_str(),
        "includeResourceData": false,
    });
    if let Some(state) = &subscription.client_state {
        render::insert(&mut value, "clientState", state.as_str());
    }
    if let Some(url) = &subscription.lifecycle_url {
        render::insert(&mut value, "lifecycleNotificationUrl", url.as_str());
    }
    value
}

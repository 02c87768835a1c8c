//! Checks answers against the published types of Graph: every body that a test reads as JSON passes through here.
//!
//! `schema.json` holds the types that can be reached from permission, driveItem, drive, sharedDriveItem and publicError, and
//! those of the directory and of notifications.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
struct Type {
    base: Option<String>,
    #[serde(default)]
    open: bool,
    #[serde(default)]
    properties: BTreeMap<String, Property>,
    #[serde(default)]
    navigation: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Property {
    #[serde(rename = "type")]
    of: String,
}

static TYPES: LazyLock<BTreeMap<String, Type>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../schema.json")).unwrap());

/// Asserts that a body is what its `@odata.context`, or its `error`, says that it is. Other bodies are none of Graph's.
#[track_caller]
pub fn check(body: &Value) {
    if let Some(problem) = problem(body) {
        panic!("{problem}\nin {body:#}");
    }
}

/// Asserts that something is of a type. What is sent by the server says nowhere what it is.
#[track_caller]
pub fn check_as(of: &str, found: &Value) {
    if let Err(problem) = value(of, found, of) {
        panic!("{problem}\nin {found:#}");
    }
}

/// What is wrong with a body, if anything is.
fn problem(body: &Value) -> Option<String> {
    if let Some(error) = body.get("error") {
        let alone = body.as_object().is_some_and(|members| members.len() == 1);
        return if alone { value("publicError", error, "error").err() } else { Some("error isn't alone".into()) };
    }
    let context = body.get("@odata.context")?.as_str().unwrap_or("not a text");
    let (of, is_collection) = match context.split_once("/$metadata#").map(|(_, of)| of) {
        Some("permission") => ("permission", false),
        Some("Collection(permission)") => ("permission", true),
        Some("driveItem") => ("driveItem", false),
        Some("Collection(driveItem)") => ("driveItem", true),
        Some("driveItemVersion") => ("driveItemVersion", false),
        Some("Collection(driveItemVersion)") => ("driveItemVersion", true),
        Some("drives/$entity") => ("drive", false),
        Some("drives") => ("drive", true),
        Some("microsoft.graph.uploadSession") => ("uploadSession", false),
        Some("shares/$entity") => ("sharedDriveItem", false),
        Some("users/$entity") => ("user", false),
        Some("users") => ("user", true),
        Some("groups/$entity") => ("group", false),
        Some("groups") => ("group", true),
        Some("directoryObjects") => ("directoryObject", true),
        Some("organization/$entity") => ("organization", false),
        Some("organization") => ("organization", true),
        Some("subscriptions/$entity") => ("subscription", false),
        Some("subscriptions") => ("subscription", true),
        Some("sites/$entity") => ("site", false),
        Some("sites") => ("site", true),
        Some("Collection(microsoft.graph.searchResponse)") => ("searchResponse", true),
        Some("admin/sharepoint/settings/$entity") => ("sharepointSettings", false),
        _ => return Some(format!("{context} is no context that tests know")),
    };
    if !is_collection {
        return value(of, body, of).err();
    }
    let members = body.as_object()?;
    match members.keys().find(|name| *name != "value" && !name.starts_with("@odata.")) {
        Some(other) => Some(format!("a collection has no {other}")),
        None => value(&format!("Collection({of})"), &members["value"], "value").err(),
    }
}

fn value(of: &str, value: &Value, at: &str) -> Result<(), String> {
    let is_right = match of {
        "Edm.String" => value.is_string(),
        "sharingCapabilities" => {
            ["disabled", "externalUserSharingOnly", "externalUserAndGuestSharing", "existingExternalUserSharingOnly"]
                .iter()
                .any(|word| value == word)
        }
        "sharingDomainRestrictionMode" => ["none", "allowList", "blockList"].iter().any(|word| value == word),
        "Edm.Guid" => value.as_str().is_some_and(|text| uuid::Uuid::try_parse(text).is_ok()),
        "changeType" => value == "updated",
        "lifecycleEventType" => ["missed", "subscriptionRemoved"].iter().any(|word| value == word),
        "Edm.Boolean" => value.is_boolean(),
        "Edm.Int16" | "Edm.Int32" | "Edm.Int64" => value.is_i64(),
        "Edm.Double" => value.is_number(),
        "Edm.DateTimeOffset" => value.as_str().is_some_and(is_utc),
        _ => return structured(of, value, at),
    };
    if is_right { Ok(()) } else { Err(format!("{at} is {value}, which is no {of}")) }
}

fn structured(of: &str, found: &Value, at: &str) -> Result<(), String> {
    if let Some(of) = of.strip_prefix("Collection(").and_then(|of| of.strip_suffix(')')) {
        let list = found.as_array().ok_or_else(|| format!("{at} is no list"))?;
        return list.iter().enumerate().try_for_each(|(n, entry)| value(of, entry, &format!("{at}[{n}]")));
    }
    let members = found.as_object().ok_or_else(|| format!("{at} is {found}, which is no {of}"))?;
    members.iter().try_for_each(|(name, member)| self::member(of, members, name, member, &format!("{at}.{name}")))
}

fn member(of: &str, all: &Map<String, Value>, name: &str, found: &Value, at: &str) -> Result<(), String> {
    if name.starts_with('@') {
        return Ok(());
    }
    // `name@odata.count` speaks of a member that isn't there otherwise.
    if let Some((about, _)) = name.split_once('@') {
        return if all.contains_key(about) { Ok(()) } else { Err(format!("{at} is about nothing")) };
    }
    match (declared(of, name), is_open(of)) {
        (Some(declared), _) => value(declared, found, at),
        (None, true) if !found.is_null() => Ok(()),
        (None, _) => Err(format!("{at} is no member of {of}")),
    }
}

/// The type of a member, looked for in the bases too.
fn declared(of: &str, name: &str) -> Option<&'static str> {
    lineage(of).find_map(|of| {
        of.properties.get(name).map(|property| property.of.as_str()).or(of.navigation.get(name).map(String::as_str))
    })
}

fn is_open(of: &str) -> bool {
    lineage(of).any(|of| of.open)
}

fn lineage(of: &str) -> impl Iterator<Item = &'static Type> {
    let first = Some(TYPES.get(of).unwrap_or_else(|| panic!("schema.json has no {of}")));
    std::iter::successors(first, |of| of.base.as_ref().map(|base| &TYPES[base]))
}

/// `YYYY-MM-DDThh:mm:ss[.fraction]Z`, which every client can read.
fn is_utc(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
    let fraction = shape.strip_prefix("9999-99-99T99:99:99").and_then(|rest| rest.strip_suffix('Z'));
    fraction.is_some_and(|rest| rest.is_empty() || (rest.starts_with('.') && (2..=8).contains(&rest.len())))
}

#[test]
fn the_check_finds_what_is_wrong() {
    let context = "http://h/v1.0/$metadata#permission";
    let permission = |more: Value| {
        let mut body = serde_json::json!({ "@odata.context": context, "id": "1", "roles": ["read"] });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        problem(&body)
    };
    assert_eq!(permission(serde_json::json!({ "hasPassword": true, "link": { "type": "view" } })), None);
    for wrong in [
        serde_json::json!({ "hasPassword": "yes" }),
        serde_json::json!({ "roles": "read" }),
        serde_json::json!({ "secret": 1 }),
        serde_json::json!({ "link": { "url": "x" } }),
        serde_json::json!({ "link": null }),
        serde_json::json!({ "expirationDateTime": "2026-12-31T00:00:00+00:00" }),
    ] {
        assert!(permission(wrong.clone()).is_some(), "{wrong}");
    }
    assert!(problem(&serde_json::json!({ "@odata.context": "http://h/v1.0/$metadata#planets" })).is_some());
}

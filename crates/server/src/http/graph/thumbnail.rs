//! `GET …/thumbnails` and below, and `$expand=thumbnails` of items.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use driveway_core::caller::Intent;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::item::DriveItem;
use driveway_core::odata::{Expand, QueryOptions};
use driveway_core::thumbnail::{Size, SizeError};
use futures::{StreamExt, stream};
use serde_json::{Map, Value, json};

use super::permission::refuse_options;
use super::{Call, Result, render};
use crate::app::App;
use crate::http::json::respond;
use crate::http::{refusal, thumbnail as door};
use crate::ops::access::{Access, reach};
use crate::ops::thumbnail::{self, Measured, Source};

/// The one set of thumbnails that an item has.
const SET: &str = "0";

/// Items whose pictures are measured side by side.
const SIDE_BY_SIDE: usize = 8;

/// Items of a listing whose thumbnails come along, at the most. The next page has the others.
pub(super) const ITEMS_AT_ONCE: u32 = 200;

/// Which sizes are asked for.
#[derive(Debug, Clone)]
pub(super) struct Sizes(Vec<Size>);

impl Sizes {
    /// Those that `$select` names; without it those that have names.
    fn of(options: &QueryOptions) -> Result<Self> {
        let Some(names) = &options.select else { return Ok(Self(Size::NAMED.to_vec())) };
        let mut sizes = Vec::new();
        for name in names {
            match name.parse() {
                Ok(size) if !sizes.contains(&size) => sizes.push(size),
                Ok(_) => {}
                Err(_) if name == "*" => sizes.extend(Size::NAMED),
                // What a set also has: its id comes anyway, and a source that is the picture itself doesn't.
                Err(_) if name == "id" || name == "source" => {}
                Err(error) => return Err(no_size("$select", error)),
            }
        }
        Ok(Self(sizes))
    }
}

fn no_size(target: &'static str, error: SizeError) -> Error {
    let message = match error {
        SizeError::Unknown => "A size is small, medium, large, or custom as in c300x400 or c300x400_crop.".to_owned(),
        SizeError::OutOfRange => format!("{error}."),
    };
    Error::invalid(target, message).inner(Inner::InvalidQueryOption)
}

/// Takes `thumbnails` out of what is to be expanded, and leaves the rest.
pub(super) fn split(expands: &[Expand]) -> Result<(Option<Sizes>, Vec<Expand>)> {
    let (mine, rest): (Vec<&Expand>, Vec<&Expand>) = expands.iter().partition(|expand| expand.property == "thumbnails");
    let mut sizes = None;
    for expand in mine {
        let plain = QueryOptions { select: expand.options.select.clone(), ..QueryOptions::default() };
        if expand.options != plain {
            return Err(
                Error::invalid("$expand", "Expanded thumbnails take $select only.").inner(Inner::InvalidQueryOption)
            );
        }
        sizes = Some(Sizes::of(&expand.options)?);
    }
    Ok((sizes, rest.into_iter().cloned().collect()))
}

/// The expansion of thumbnails as a URL writes it.
pub(super) fn written(expand: &Expand) -> String {
    let select = expand.options.select.as_ref().map(|names| format!("($select={})", names.join(",")));
    format!("thumbnails{}", select.unwrap_or_default())
}

/// The sizes of the pictures among some items, where thumbnails are asked for.
pub(super) async fn measure(app: &App, sizes: Option<&Sizes>, items: &[DriveItem]) -> Vec<Option<Measured>> {
    if sizes.is_none() {
        return Vec::new();
    }
    let sources: Vec<Option<Source>> = items.iter().map(Source::of).collect();
    let measured = sources.into_iter().map(|source| async move { thumbnail::measure(app, source?).await });
    stream::iter(measured).buffered(SIDE_BY_SIDE).collect().await
}

/// Puts an item's thumbnails into it, where they are asked for: one set, or none if it is no picture. The item is reached by
/// the right that `access` was given.
pub(super) fn insert(
    call: &Call,
    access: &Access,
    sizes: Option<&Sizes>,
    (item, measured): (&DriveItem, Option<Measured>),
    value: &mut Value,
) {
    let Some(sizes) = sizes else { return };
    let sets: Vec<Value> = measured.map(|measured| set(call, access, item, measured, sizes)).into_iter().collect();
    render::insert(value, "thumbnails", sets);
}

fn set(call: &Call, access: &Access, item: &DriveItem, measured: Measured, sizes: &Sizes) -> Value {
    let base = door::base(&call.app, item.id, &access.via, &call.context);
    let mut set = Map::new();
    set.insert("id".into(), SET.into());
    for size in sizes.0.iter().filter(|size| thumbnail::refuse_copies(access, **size).is_ok()) {
        set.insert(size.to_string(), one(&base, *size, measured));
    }
    Value::Object(set)
}

fn one(base: &str, size: Size, measured: Measured) -> Value {
    let mut value = json!({ "url": format!("{base}/{size}") });
    if let Some((width, height)) = measured.pixels.map(|pixels| size.of(pixels)) {
        render::insert(&mut value, "width", width);
        render::insert(&mut value, "height", height);
    }
    value
}

/// Reaches the item that is asked for, and measures it if it has thumbnails.
fn reached(call: &Call) -> Result<impl Future<Output = Result<(Access, Option<Measured>)>> + Send + use<>> {
    let (app, address, credentials, now) =
        (Arc::clone(&call.app), call.item()?, call.credentials.clone(), call.context.now);
    Ok(async move {
        let access = app.db.read(move |tx| reach(tx, &credentials, &address, Intent::Read, now)).await?;
        let measured = match Source::of(&access.item) {
            Some(source) => thumbnail::measure(&app, source).await,
            None => None,
        };
        Ok((access, measured))
    })
}

/// The sets of an item: one, or none if it is no picture.
pub(super) async fn list(call: Call) -> Result<Response> {
    let (access, measured) = reached(&call)?.await?;
    refuse_options(&call)?;
    let sizes = Sizes::of(&call.query)?;
    let sets: Vec<Value> =
        measured.map(|measured| set(&call, &access, &access.item, measured, &sizes)).into_iter().collect();
    let context = format!("{}#Collection(thumbnailSet)", call.metadata_url());
    Ok(respond(StatusCode::OK, &json!({ "@odata.context": context, "value": sets })))
}

/// One set.
pub(super) async fn get_set(call: Call) -> Result<Response> {
    let (access, measured) = reached(&call)?.await?;
    refuse_options(&call)?;
    let sizes = Sizes::of(&call.query)?;
    let mut value = set(&call, &access, &access.item, found(&call, measured)?, &sizes);
    render::add_context(&call, &mut value, "thumbnailSet");
    Ok(respond(StatusCode::OK, &value))
}

/// One thumbnail of a set, without its bytes.
pub(super) async fn get(call: Call) -> Result<Response> {
    let (access, measured) = reached(&call)?.await?;
    refuse_options(&call)?;
    let (size, measured) = (size(&call, &access, measured)?, found(&call, measured)?);
    let mut value = one(&door::base(&call.app, access.item.id, &access.via, &call.context), size, measured);
    render::add_context(&call, &mut value, "thumbnail");
    Ok(respond(StatusCode::OK, &render::select(&call, value)))
}

/// Leads to a thumbnail's bytes.
pub(super) async fn content(call: Call) -> Result<Response> {
    let (access, measured) = reached(&call)?.await?;
    refuse_options(&call)?;
    let size = size(&call, &access, measured)?;
    let base = door::base(&call.app, access.item.id, &access.via, &call.context);
    Ok(refusal::found(&format!("{base}/{size}")))
}

/// The size that the address names, of a set that there is.
fn size(call: &Call, access: &Access, measured: Option<Measured>) -> Result<Size> {
    found(call, measured)?;
    let size = match call.parameter(1)?.parse() {
        Ok(size) => size,
        Err(SizeError::Unknown) => return Err(not_there()),
        Err(error) => return Err(no_size("size", error)),
    };
    thumbnail::refuse_copies(access, size)?;
    Ok(size)
}

fn found(call: &Call, measured: Option<Measured>) -> Result<Measured> {
    let is_set = call.parameter(0)? == SET;
    measured.filter(|_| is_set).ok_or_else(not_there)
}

fn not_there() -> Error {
    Error::new(Code::ItemNotFound, "There is no such thumbnail.")
}

//! The URLs of upload sessions: fragments, how far it is, the end. They need no credential and pass over one that is sent.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_RANGE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use driveway_core::Error;
use driveway_core::audit::Through;
use driveway_core::upload::ContentRange;
use http_body::Body as _;

use super::context::Context;
use super::graph::{content, upload_session as graph};
use super::json::{Members, respond};
use super::{Peer, refusal};
use crate::app::App;
use crate::ops::upload_session::{self, Outcome};

/// The routes of upload URLs.
pub(crate) fn routes() -> Router<Arc<App>> {
    let verbs = get(status).put(fragment).post(commit).delete(cancel).fallback(other_verb);
    Router::new().route("/upload/{secret}", verbs)
}

async fn other_verb(State(app): State<Arc<App>>, request: Request) -> Response {
    let context = context(&app, &request);
    refusal::method_not_allowed("GET, PUT, POST, DELETE", &context)
}

fn context(app: &App, request: &Request) -> Context {
    Context::read(app, request.headers(), request.uri(), request.extensions().get::<Peer>()).0
}

fn answer(context: &Context, outcome: Result<Response, Error>) -> Response {
    let mut response = outcome.unwrap_or_else(|error| refusal::render(&error, context));
    super::count("upload", response.status());
    super::finish_for(context, &mut response);
    response
}

/// How far the session is.
async fn status(State(app): State<Arc<App>>, Path(secret): Path<String>, request: Request) -> Response {
    let context = context(&app, &request);
    let status = upload_session::status(&app, &secret, context.now).await;
    answer(&context, status.map(|status| respond(StatusCode::OK, &graph::session(&status))))
}

/// A fragment.
async fn fragment(State(app): State<Arc<App>>, Path(secret): Path<String>, request: Request) -> Response {
    let context = context(&app, &request);
    let (head, body) = request.into_parts();
    let outcome = put(&app, &secret, &context, &head.headers, body).await;
    answer(&context, outcome)
}

async fn put(
    app: &Arc<App>,
    secret: &str,
    context: &Context,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let text = headers.get(CONTENT_RANGE).map(|value| value.to_str().unwrap_or_default());
    let range = ContentRange::parse(text.unwrap_or_default())?;
    content::refuse_encoded(headers)?;
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if body.is_end_stream() && range.length() > 0 {
        let source = context.source(Through::Shares);
        let outcome = upload_session::without_bytes(app, secret, range, source, context.now).await?;
        return Ok(render(app, context, outcome));
    }
    if length.is_some_and(|length| length != range.length()) {
        return Err(upload_session::other_length());
    }
    let body = Box::pin(content::until_stalled(body));
    let source = context.source(Through::Shares);
    let outcome = upload_session::put(app, secret, range, body, source, context.now).await?;
    Ok(render(app, context, outcome))
}

/// The end of a session whose commit was deferred: a POST without a body, or with an empty object.
async fn commit(State(app): State<Arc<App>>, Path(secret): Path<String>, request: Request) -> Response {
    let context = context(&app, &request);
    let (head, body) = request.into_parts();
    let members = Members::read(&head.headers, body, app.config.limits.json_bytes).await;
    let outcome = match members.and_then(Members::finish) {
        Ok(()) => upload_session::commit(&app, &secret, context.source(Through::Shares), context.now).await,
        Err(error) => Err(error),
    };
    answer(&context, outcome.map(|outcome| render(&app, &context, outcome)))
}

/// The end of a session of which nothing is to come.
async fn cancel(State(app): State<Arc<App>>, Path(secret): Path<String>, request: Request) -> Response {
    let context = context(&app, &request);
    let cancelled = upload_session::cancel(&app, &secret, context.now).await;
    answer(
        &context,
        cancelled.map(|()| {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
        }),
    )
}

fn render(app: &Arc<App>, context: &Context, outcome: Outcome) -> Response {
    match outcome {
        Outcome::More(status) => respond(StatusCode::ACCEPTED, &graph::session(&status)),
        Outcome::Done(uploaded, access) => graph::done(app, context, uploaded, &access),
    }
}

//! Whether the server lives, whether it can serve, and what it has counted.

use std::sync::{Arc, OnceLock};

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use super::Peer;
use crate::app::App;
use crate::ops::upkeep;

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts counting. Once in a process; later calls change nothing.
pub(crate) fn start_counting() {
    RECORDER.get_or_init(|| PrometheusBuilder::new().install_recorder().ok());
}

/// The process runs.
pub(crate) async fn live() -> &'static str {
    "live\n"
}

/// The database answers.
pub(crate) async fn ready(State(app): State<Arc<App>>) -> Response {
    match upkeep::ready(&app).await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::error!(cause = error.cause(), "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
        }
    }
}

/// Counters for Prometheus, told on this machine only: what strangers need not know they don't see (P2).
pub(crate) async fn metrics(request: Request) -> Response {
    let is_local = request.extensions().get::<Peer>().is_some_and(|peer| peer.address.to_canonical().is_loopback());
    match RECORDER.get().and_then(Option::as_ref) {
        Some(handle) if is_local => handle.render().into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

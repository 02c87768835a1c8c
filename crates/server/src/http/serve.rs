//! Accepting connections and serving them until told to stop.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};

use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::Service;

use super::Peer;
use super::json::JSON;
use crate::app::App;
use crate::ops::{copy, openings};

/// How long a client may take to send the head of a request, and how long a connection may be idle before one.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// How long running requests may take to end when the server stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// A server that is bound and not yet serving.
#[derive(Debug)]
pub struct Server {
    app: Arc<App>,
    listener: TcpListener,
}

impl Server {
    /// Binds the configured address; port 0 takes any that is free.
    pub async fn bind(app: Arc<App>) -> anyhow::Result<Self> {
        let address = app.config.listen;
        let listener = TcpListener::bind(address).await.with_context(|| format!("can't listen on {address}"))?;
        Ok(Self { app, listener })
    }

    /// The address that was bound.
    pub fn address(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// Serves until `stop` is ready, then lets running requests end.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        super::health::start_counting();
        if let Err(error) = openings::give_back(&self.app).await {
            tracing::warn!(cause = error.cause(), "giving back downloads that broke off failed");
        }
        let router = super::router(Arc::clone(&self.app));
        // A task of its own: whoever waits for notes to be written must not wait for this loop to come round.
        let (serving, stopped) = tokio::sync::oneshot::channel::<()>();
        let app = Arc::clone(&self.app);
        spawn(async move {
            tokio::select! {
                () = openings::run(&app) => {}
                () = copy::run(&app) => {}
                _ = stopped => {}
            }
        });
        let places = Arc::new(Semaphore::new(self.app.config.limits.connections));
        let graceful = GracefulShutdown::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
            let (stream, peer) = tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        // Out of descriptors, most likely: wait for some to come back instead of spinning.
                        tracing::warn!(%error, "can't accept a connection");
                        tokio::time::sleep(Duration::from_millis(100)).await;
                        continue;
                    }
                },
                () = &mut stop => break,
            };
            let connection = graceful.watch(connection(stream, peer, router.clone()));
            spawn(async move {
                // A connection that breaks off is the client's business.
                let _ = connection.await;
                drop(place);
            });
        }
        tokio::select! {
            () = graceful.shutdown() => {}
            () = tokio::time::sleep(STOP_TIMEOUT) => tracing::warn!("some requests were cut off"),
        }
        drop(serving);
        if let Err(error) = openings::flush_all(&self.app).await {
            tracing::warn!(cause = error.cause(), "what links were used for at last could not be written");
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "what is spawned here ends by itself or is told to at the stop")]
fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(task);
}

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + Send {
    // Small answers must not wait for more to come.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut router = router.clone();
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer.ip()));
            let answered = AssertUnwindSafe(router.call(request)).catch_unwind().await;
            Ok::<Response, Infallible>(
                answered.map_or_else(|_| panicked(), |response| response.unwrap_or_else(|never| match never {})),
            )
        }
    });
    // Not `pipeline_flush`: with it hyper queues a body without end before a slow reader, and keeps its 400 and 431 for a
    // broken head to itself. HTTP/2 comes with TLS; guessing the version here would wait for a first byte for ever.
    Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
}

/// A defect of ours: the client learns that it wasn't theirs.
fn panicked() -> Response {
    tracing::error!("a request panicked");
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        [(CONTENT_TYPE, JSON)],
        "{\"error\":{\"code\":\"generalException\",\"message\":\"The server met an unexpected problem.\"}}",
    )
        .into_response()
}

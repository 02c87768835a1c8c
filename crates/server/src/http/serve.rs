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
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::Service;

use super::json::JSON;
use super::{Peer, handshake};
use crate::app::App;
use crate::ops::{copy, openings};
use crate::tls::Tls;

/// How long a client may take to send the head of a request, and how long a connection may be idle before one.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// How long running requests may take to end when the server stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// How often it is looked whether another certificate is due.
const CERTIFICATE_CHECK: Duration = Duration::from_mins(1);

/// A server that is bound and not yet serving.
#[derive(Debug)]
pub struct Server {
    app: Arc<App>,
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
}

impl Server {
    /// Binds the configured address; port 0 takes any that is free. Makes or reads the certificate, if there is to be one.
    pub async fn bind(app: Arc<App>) -> anyhow::Result<Self> {
        let address = app.config.listen;
        let tls = Tls::open(&app.config, app.clock.machine_now())?.map(Arc::new);
        let listener = TcpListener::bind(address).await.with_context(|| format!("can't listen on {address}"))?;
        Ok(Self { app, listener, tls })
    }

    /// The encryption of connections, if they are encrypted.
    pub fn tls(&self) -> Option<&Arc<Tls>> {
        self.tls.as_ref()
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
        let (app, tls) = (Arc::clone(&self.app), self.tls.clone());
        spawn(async move {
            tokio::select! {
                () = openings::run(&app) => {}
                () = copy::run(&app) => {}
                () = keep_certificate(&app, tls) => {}
                _ = stopped => {}
            }
        });
        let places = Arc::new(Semaphore::new(self.app.config.limits.connections));
        let graceful = GracefulShutdown::new();
        let stopping = CancellationToken::new();
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
            // Small answers must not wait for more to come.
            let _ = stream.set_nodelay(true);
            let (watcher, router, tls) = (graceful.watcher(), router.clone(), self.tls.clone());
            let stopping = stopping.clone();
            spawn(async move {
                // A connection that breaks off is the client's business.
                match tls {
                    None => drop(watcher.watch(connection(stream, peer, false, router)).await),
                    Some(tls) => {
                        let encrypted = stopping.run_until_cancelled(handshake::accept(&tls, stream)).await;
                        if let Some(Some(stream)) = encrypted {
                            drop(watcher.watch(connection(stream, peer, true, router)).await);
                        }
                    }
                }
                drop(place);
            });
        }
        stopping.cancel();
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

/// Looks from time to time whether another certificate is due. One that can't be had changes nothing.
async fn keep_certificate(app: &App, tls: Option<Arc<Tls>>) {
    let Some(tls) = tls else { return std::future::pending().await };
    loop {
        tokio::time::sleep(CERTIFICATE_CHECK).await;
        let (tls, now) = (Arc::clone(&tls), app.clock.machine_now());
        match tokio::task::spawn_blocking(move || tls.refresh(now)).await {
            Ok(Ok(false)) => {}
            Ok(Ok(true)) => tracing::info!("new connections are shown another certificate"),
            Ok(Err(error)) => tracing::warn!(error = format!("{error:#}"), "the certificate stays as it is"),
            Err(error) => tracing::error!(%error, "looking at the certificate failed"),
        }
    }
}

fn connection<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    stream: S,
    peer: SocketAddr,
    is_encrypted: bool,
    router: Router,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + Send {
    let peer = Peer { address: peer.ip(), is_encrypted };
    let service = service_fn(move |request: Request<Incoming>| {
        let mut router = router.clone();
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(peer);
            let answered = AssertUnwindSafe(router.call(request)).catch_unwind().await;
            Ok::<Response, Infallible>(
                answered.map_or_else(|_| panicked(), |response| response.unwrap_or_else(|never| match never {})),
            )
        }
    });
    // Not `pipeline_flush`: with it hyper queues a body without end before a slow reader, and keeps its 400 and 431 for a
    // broken head to itself. Only HTTP/1, also with TLS: see ADR 16.
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

//! A program that is called: a real server on loopback, which answers as a test says and keeps what came.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::support::schema;

/// How it answers.
#[derive(Debug, Clone)]
pub enum Manner {
    /// As it should.
    Good,
    /// With a token that isn't the one that came.
    OtherToken,
    /// With the token as it stands in the URL.
    Encoded,
    /// With the token as HTML.
    Html,
    /// With more than anybody wants to read.
    Endless,
    /// Never.
    Silent,
    /// With this status.
    Status(u16),
    /// With this status and the right token.
    Token(u16),
    /// By sending the caller elsewhere.
    Redirect(String),
}

/// What came.
#[derive(Debug, Clone)]
pub struct Call {
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Call {
    /// The only notification in it.
    #[track_caller]
    pub fn notification(&self) -> Value {
        let all: Value = serde_json::from_str(&self.body).unwrap();
        schema::check_as("changeNotificationCollection", &all);
        assert_eq!(all["value"].as_array().unwrap().len(), 1, "{all}");
        all["value"][0].clone()
    }
}

#[derive(Debug)]
struct Shared {
    manner: Mutex<Manner>,
    calls: Mutex<Vec<Call>>,
}

#[derive(Debug, Clone)]
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Receiver {
    /// One that answers as it should.
    pub async fn open() -> Self {
        let (listener, receiver, router) = Self::bind().await;
        #[expect(clippy::disallowed_methods, reason = "ends with the test's process")]
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let service = TowerToHyperService::new(router.clone());
                let serving = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                tokio::spawn(async move { drop(serving.await) });
            }
        });
        receiver
    }

    /// One that speaks TLS under a name, and the certificate that has to be believed for it.
    pub async fn secure(name: &str) -> (Self, String) {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let (listener, receiver, router) = Self::bind().await;
        #[expect(clippy::disallowed_methods, reason = "ends with the test's process")]
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                // Whoever doesn't believe the certificate hangs up.
                let Ok(stream) = acceptor.accept(stream).await else { continue };
                let service = TowerToHyperService::new(router.clone());
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            }
        });
        (receiver, made.cert.pem())
    }

    async fn bind() -> (TcpListener, Self, Router) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared { manner: Mutex::new(Manner::Good), calls: Mutex::default() });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        (listener, Self { address, shared }, router)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn be(&self, manner: Manner) {
        *self.shared.manner.lock().unwrap() = manner;
    }

    /// What came since it was last asked.
    pub fn calls(&self) -> Vec<Call> {
        std::mem::take(&mut self.shared.calls.lock().unwrap())
    }

    /// The only call since it was last asked.
    #[track_caller]
    pub fn call(&self) -> Call {
        let calls = self.calls();
        assert_eq!(calls.len(), 1, "{calls:?}");
        calls[0].clone()
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    assert_eq!(head.method, "POST");
    let body = String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
    let query = head.uri.query().unwrap_or_default().to_owned();
    let manner = shared.manner.lock().unwrap().clone();
    let token = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "validationToken")
        .map(|(_, value)| value.into_owned());
    let encoded = query.rsplit('=').next().unwrap_or_default().to_owned();
    shared.calls.lock().unwrap().push(Call { path: head.uri.path().to_owned(), query, headers: head.headers, body });
    let text = |status: u16, media_type: &str, body: String| {
        Response::builder().status(status).header("content-type", media_type).body(Body::from(body)).unwrap()
    };
    match (manner, token) {
        (Manner::Good, Some(token)) => text(200, "text/plain; charset=utf-8", token),
        (Manner::Good, None) => text(202, "text/plain", String::new()),
        (Manner::OtherToken, _) => text(200, "text/plain", "Validation: 0".into()),
        (Manner::Encoded, _) => text(200, "text/plain", encoded),
        (Manner::Html, token) => text(200, "text/html", token.unwrap_or_default()),
        (Manner::Endless, token) => text(200, "text/plain", token.unwrap_or_default() + &" ".repeat(1 << 20)),
        (Manner::Silent, _) => std::future::pending().await,
        (Manner::Status(status), _) => text(status, "text/plain", String::new()),
        (Manner::Token(status), token) => text(status, "text/plain", token.unwrap_or_default()),
        (Manner::Redirect(to), _) => {
            Response::builder().status(307).header("location", to).body(Body::empty()).unwrap()
        }
    }
}

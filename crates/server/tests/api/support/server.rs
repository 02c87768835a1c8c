//! The server under test, in this process, on a port of its own, with the demo's people and files.

use std::net::SocketAddr;
use std::sync::Arc;

use driveway::app::App;
use driveway::auth::token::Subject;
use driveway::clock::Clock;
use driveway::config::Config;
use driveway::entropy::Entropy;
use driveway::http::Server;
use driveway::ops::demo::{self, Demo, DemoUser};
use driveway::tls::Tls;
use driveway_core::id::{ApplicationId, TenantId};
use jiff::SignedDuration;
use tempfile::TempDir;

use super::Actor;

/// The host that requests name, so that absolute URLs in answers don't depend on the port.
pub const HOST: &str = "driveway.test";

/// A running server, ended and cleared away with the value.
pub struct TestServer {
    /// The server's insides: for its clock, and to look where no door leads.
    pub app: Arc<App>,
    /// The people and files that it starts with.
    pub demo: Demo,
    /// Its encryption, where a test asked for it.
    pub tls: Option<Arc<Tls>>,
    address: SocketAddr,
    client: reqwest::Client,
    _directory: TempDir,
}

impl TestServer {
    /// Starts a server with the defaults.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts a server whose settings a test changes.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_adjusted(change, |_| {}).await
    }

    /// Starts a server whose settings and insides a test changes.
    pub async fn start_adjusted(change: impl FnOnce(&mut Config), adjust: impl FnOnce(&mut App)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut config =
            Config { data: directory.path().to_owned(), listen: "127.0.0.1:0".parse().unwrap(), ..Config::default() };
        change(&mut config);
        let mut app = App::open(config, Entropy::seeded(42)).unwrap();
        app.clock = Clock::standing_at("2026-11-23T12:00:00Z".parse().unwrap());
        app.clock_moves = true;
        adjust(&mut app);
        let app = Arc::new(app);
        let demo = demo::prepare(&app).await.unwrap();
        let server = Server::bind(Arc::clone(&app)).await.unwrap();
        let (address, tls) = (server.address().unwrap(), server.tls().cloned());
        #[expect(clippy::disallowed_methods, reason = "ends with the test's process")]
        tokio::spawn(server.run(std::future::pending()));
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { app, demo, tls, address, client, _directory: directory }
    }

    /// A stranger: no token at all.
    pub fn anonymous(&self) -> Actor {
        Actor::new(self.client.clone(), self.address, None)
    }

    /// A business user, member of the group, through the first application.
    pub fn alice(&self) -> Actor {
        self.user("alice@harbour.example", "Files.ReadWrite.All Sites.ReadWrite.All")
    }

    /// Another business user, member of the group.
    pub fn bob(&self) -> Actor {
        self.user("bob@harbour.example", "Files.ReadWrite.All Sites.ReadWrite.All")
    }

    /// The organization's administrator, who owns the group.
    pub fn admin(&self) -> Actor {
        self.user(
            "admin@harbour.example",
            "Files.ReadWrite.All Sites.ReadWrite.All SharePointTenantSettings.ReadWrite.All",
        )
    }

    /// The owner of a personal drive.
    pub fn pat(&self) -> Actor {
        self.user("pat@personal.example", "Files.ReadWrite.All")
    }

    /// A person through the first application, with these scopes.
    pub fn user(&self, principal_name: &str, scopes: &str) -> Actor {
        self.user_through(principal_name, 0, scopes)
    }

    /// A person through the first (0) or the second (1) application, with these scopes.
    pub fn user_through(&self, principal_name: &str, application: usize, scopes: &str) -> Actor {
        let user = self.person(principal_name).user.clone();
        self.actor(user.tenant, application, Subject::User(user.id), scopes)
    }

    /// The first application for itself, with these roles.
    pub fn application(&self, roles: &str) -> Actor {
        self.actor(self.demo.organization.id, 0, Subject::Application, roles)
    }

    fn actor(&self, tenant: TenantId, application: usize, subject: Subject, scopes: &str) -> Actor {
        let token = self
            .app
            .tokens
            .mint(tenant, self.application_id(application), subject, scopes, self.app.clock.now(), 3600)
            .unwrap();
        self.bearer(&token)
    }

    /// Somebody with this very token.
    pub fn bearer(&self, token: &str) -> Actor {
        Actor::new(self.client.clone(), self.address, Some(format!("Bearer {token}")))
    }

    /// The client id of the first (0) or the second (1) application.
    pub fn application_id(&self, at: usize) -> ApplicationId {
        self.demo.applications[at].0
    }

    /// A person of the demo.
    pub fn person(&self, principal_name: &str) -> &DemoUser {
        self.demo.users.iter().find(|person| person.user.user_principal_name == principal_name).unwrap()
    }

    /// The id of a sample at the top of a person's drive.
    pub fn sample(&self, principal_name: &str, name: &str) -> String {
        let drive = &self.person(principal_name).drive.id;
        self.demo.items.iter().find(|item| item.drive == *drive && item.name == name).unwrap().id.to_string()
    }

    /// Moves the clock.
    pub fn advance(&self, by: SignedDuration) {
        self.app.clock.advance(by);
    }

    /// The address that the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

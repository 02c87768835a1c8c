//! `driveway serve`.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use driveway_core::identity::TenantKind;
use secrecy::ExposeSecret;
use tracing_subscriber::EnvFilter;

use super::{ServeOptions, reach, say};
use crate::app::App;
use crate::entropy::Entropy;
use crate::http::Server;
use crate::jobs;
use crate::ops::{directory, provision, sign_in};

/// Serves until interrupted.
pub(super) fn run(options: &ServeOptions) -> anyhow::Result<ExitCode> {
    log();
    let app = Arc::new(App::open(options.config()?, Entropy::System)?);
    runtime()?.block_on(async {
        let server = Server::bind(Arc::clone(&app)).await?;
        let base_url = reach::base_url(&app.config, &server)?;
        tokio::task::block_in_place(|| prepare(&app, &base_url))?;
        say(&format!("Driveway serves {} at {base_url}", app.config.data.display()));
        if let Some(ca) = reach::ca_certificate(&server) {
            say(&format!("\n{}", reach::how_to_trust(ca, &base_url)));
        }
        serve(app, server).await;
        Ok(ExitCode::SUCCESS)
    })
}

/// Serves, and runs the jobs beside, until the process is told to stop.
pub(super) async fn serve(app: Arc<App>, server: Server) {
    tokio::select! {
        () = server.run(stopped()) => {}
        () = jobs::run(app) => {}
    }
}

/// Makes the organization and an administrator on the first start.
fn prepare(app: &App, base_url: &str) -> anyhow::Result<()> {
    // Made now, so that the first sign-in doesn't wait for it.
    app.id_tokens.key_set()?;
    let (organization, _) = provision::tenants(app, "Organization")?;
    if directory::users(app)?.iter().any(|user| user.administrator) {
        return Ok(());
    }
    debug_assert_eq!(organization.kind, TenantKind::Organization);
    let (user, _) = provision::user(app, &organization, "admin@driveway.localhost", "Administrator", true)?;
    let application = provision::application(
        app,
        "Driveway Console",
        driveway_core::id::ApplicationId::from_uuid(app.entropy.opaque_id()),
        None,
    )?;
    let data = app.config.data.display();
    say(&format!(
        "Made an organization with the administrator {upn}. Open this within the hour, once, to choose their password:\n  \
         {base_url}/sign-in/link/{link}\n\
         A token for them without a browser:\n  \
         driveway token --data {data} --user {upn} --client-id {client} --scope \"Files.ReadWrite.All SharePointTenantSettings.ReadWrite.All\"",
        upn = user.user_principal_name,
        client = application.id,
        link = sign_in::new_link(app, user.id)?.expose_secret(),
    ));
    Ok(())
}

/// Runtime with a thread a core, and few threads for what blocks.
pub(super) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().max_blocking_threads(64).build()?)
}

/// Logs to standard error: for people on a terminal, as JSON elsewhere.
pub(super) fn log() {
    let filter = EnvFilter::try_from_env("DRIVEWAY_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second set-up in one process, as in tests, changes nothing.
    let _ = if std::io::stderr().is_terminal() { builder.compact().try_init() } else { builder.json().try_init() };
}

async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}

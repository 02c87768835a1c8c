//! `driveway demo`: a sample tenant, served.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use driveway_core::item::DriveItem;

use super::ready_file::{self, DemoToken};
use super::serve::{log, runtime, serve};
use super::{ServeOptions, reach, say};
use crate::app::App;
use crate::auth::token::Subject;
use crate::entropy::Entropy;
use crate::http::Server;
use crate::ops::demo::{self, Demo};

/// Seconds for which a demo's tokens are good: a working day.
pub(super) const TOKEN_SECONDS: u32 = 24 * 3600;

/// The scopes of a demo's tokens, where the kind of account allows.
const SCOPES: &str = "Files.ReadWrite.All Sites.ReadWrite.All";

#[derive(Debug, Args)]
pub(super) struct DemoOptions {
    #[command(flatten)]
    serve: ServeOptions,
    /// Where to write, as JSON, everything that a program needs to use the demo.
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
}

pub(super) fn run(options: &DemoOptions) -> anyhow::Result<ExitCode> {
    log();
    let mut config = options.serve.config()?;
    if options.serve.data.data.is_none() && options.serve.data.config.is_none() {
        config.data = PathBuf::from("driveway-demo");
    }
    // A demo is for trying things, in tests too, which have no browser to sign in with.
    config.sign_in.password_grant = true;
    // What is tried out on a demo runs on this machine.
    config.webhooks.allow_loopback();
    let mut app = App::open(config, Entropy::System)?;
    app.clock_moves = true;
    let app = Arc::new(app);
    runtime()?.block_on(async {
        let demo = demo::prepare(&app).await?;
        demo::allow_sign_in(&app, &demo).await?;
        let server = Server::bind(Arc::clone(&app)).await?;
        let base_url = match &app.config.public_url {
            Some(url) => url.clone(),
            None => reach::base_url(&app.config, &server)?,
        };
        let ca = reach::ca_certificate(&server);
        let tokens = tokens(&app, &demo)?;
        if let Some(path) = &options.ready_file {
            ready_file::write(path, (&base_url, ca), app.tokens.issuer(), &demo, &tokens)
                .with_context(|| format!("can't write {}", path.display()))?;
        }
        say(&greeting(&base_url, ca, &app, &demo, &tokens));
        serve(app, server).await;
        Ok(ExitCode::SUCCESS)
    })
}

fn tokens(app: &App, demo: &Demo) -> anyhow::Result<Vec<DemoToken>> {
    let (client, ..) = demo.applications.first().context("the demo has no application")?;
    let now = app.clock.now();
    let mint = |user: &demo::DemoUser| {
        let scopes = match user.kind {
            "personal" => "Files.ReadWrite.All",
            "admin" => "Files.ReadWrite.All Sites.ReadWrite.All SharePointTenantSettings.ReadWrite.All",
            _ => SCOPES,
        };
        let token =
            app.tokens.mint(user.user.tenant, *client, Subject::User(user.user.id), scopes, now, TOKEN_SECONDS)?;
        Ok(DemoToken { user: user.user.id, token })
    };
    demo.users.iter().map(mint).collect()
}

/// What to paste next: a link, made with nothing but curl.
fn greeting(base_url: &str, ca: Option<&Path>, app: &App, demo: &Demo, tokens: &[DemoToken]) -> String {
    let Some((person, token)) = demo.users.iter().zip(tokens).next() else { return String::new() };
    let sample: Option<&DriveItem> =
        demo.items.iter().find(|item| item.drive == person.drive.id && item.name == "Welcome.txt");
    let item = sample.map_or_else(|| "root:/Welcome.txt:".to_owned(), |item| format!("items/{}", item.id));
    let trust = ca.map(|ca| format!("\n\n{}", reach::how_to_trust(ca, base_url))).unwrap_or_default();
    format!(
        "Driveway's demo serves {data} at {base_url}\n\n\
         {who} has a file called Welcome.txt. This makes a link that anyone can open:\n\n\
         curl -s{cacert} {base_url}/v1.0/me/drive/{item}/createLink \\\n  \
         -H 'Content-Type: application/json' -d '{{\"type\":\"view\",\"scope\":\"anonymous\"}}' \\\n  \
         -H 'Authorization: Bearer {token}'\n\n\
         Open the webUrl of the answer in a browser, or add ?download=1 to it for the bytes.\n\
         Stop with Ctrl-C; the files stay in {data}.{trust}",
        cacert = ca.map(|ca| format!(" --cacert {}", reach::quoted(ca))).unwrap_or_default(),
        data = app.config.data.display(),
        who = person.user.display_name,
        token = token.token,
    )
}

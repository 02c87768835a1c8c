//! `driveway audit`: what happened to a link, for whoever can read the data directory.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use driveway_core::id::PermissionId;
use driveway_core::time;

use super::{DataOptions, say};
use crate::ops::audit::{self, Event};

#[derive(Debug, Args)]
pub(super) struct AuditOptions {
    #[command(flatten)]
    data: DataOptions,
    /// The id of the link's permission.
    #[arg(long, value_name = "ID")]
    link: String,
}

/// Prints each event, the oldest first. Exits with failure when the trail isn't as it was written.
pub(super) fn run(options: &AuditOptions) -> anyhow::Result<ExitCode> {
    let app = options.data.open()?;
    let link = PermissionId::parse(&options.link).context("--link")?;
    let trail = audit::whole(&app, link)?;
    if trail.events.is_empty() {
        bail!("there is no trail of {link}");
    }
    trail.events.iter().rev().for_each(|event| say(&line(event)));
    match trail.broken_at {
        None => {
            say("The trail is intact.");
            Ok(ExitCode::SUCCESS)
        }
        Some(number) => {
            say(&format!("The trail is broken at event {number}."));
            Ok(ExitCode::FAILURE)
        }
    }
}

fn line(event: &Event) -> String {
    let names: Vec<&str> =
        [&event.user, &event.application].into_iter().flatten().map(|who| who.display_name.as_str()).collect();
    let who = if names.is_empty() { "nobody signed in".to_owned() } else { names.join(", ") };
    let address = event.address.as_deref().unwrap_or("-");
    let Event { sequence, kind, through, details, .. } = event;
    format!("{sequence} {} {kind} through {through} from {address} by {who} {details}", time::format(event.at))
}

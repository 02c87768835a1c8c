//! `driveway check`: is everything in the data directory as it should be?

use std::process::ExitCode;

use clap::Args;

use super::serve::runtime;
use super::{DataOptions, say};
use crate::ops::upkeep::{self, Look};

#[derive(Debug, Args)]
pub(super) struct CheckOptions {
    #[command(flatten)]
    data: DataOptions,
    /// Read every byte of every file too, and compare it with its hash.
    #[arg(long)]
    content: bool,
}

/// Prints each finding. Exits with failure when there is any.
pub(super) fn run(options: &CheckOptions) -> anyhow::Result<ExitCode> {
    let app = options.data.open()?;
    let look = if options.content { Look::Inside } else { Look::Outside };
    let findings = runtime()?.block_on(upkeep::check(&app, look))?;
    if findings.is_empty() {
        say("Nothing found: the data directory is as it should be.");
        return Ok(ExitCode::SUCCESS);
    }
    for finding in &findings {
        say(finding);
    }
    say(&format!("{} found.", findings.len()));
    Ok(ExitCode::FAILURE)
}

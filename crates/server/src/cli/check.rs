//! `driveway check`: is everything in the data directory as it should be?

use std::process::ExitCode;

use clap::Args;

use super::{DataOptions, say};
use crate::ops::upkeep;

#[derive(Debug, Args)]
pub(super) struct CheckOptions {
    #[command(flatten)]
    data: DataOptions,
}

/// Prints each finding. Exits with failure when there is any.
pub(super) fn run(options: &CheckOptions) -> anyhow::Result<ExitCode> {
    let app = options.data.open()?;
    let findings = upkeep::check(&app)?;
    if findings.is_empty() {
        say("Nothing found: the data directory is as it should be.");
        return Ok(ExitCode::SUCCESS);
    }
    for finding in &findings {
        say(&finding.to_string());
    }
    say(&format!("{} found.", findings.len()));
    Ok(ExitCode::FAILURE)
}

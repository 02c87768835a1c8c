//! `driveway mail`: whether mail is set up, whether the server lets us in, and what waits.

use std::process::ExitCode;

use clap::Args;

use super::serve::runtime;
use super::{ServeOptions, open, say};
use crate::ops::outbox;

#[derive(Debug, Args)]
pub(super) struct MailOptions {
    #[command(flatten)]
    serve: ServeOptions,
    /// Connect to the mail server and sign in, without sending anything.
    #[arg(long)]
    connect: bool,
}

pub(super) fn run(options: &MailOptions) -> anyhow::Result<ExitCode> {
    let app = open(options.serve.config()?)?;
    let Some(post) = &app.post else {
        say("Mail isn't set up: mail.server in the configuration says through which server it goes.");
        return Ok(ExitCode::FAILURE);
    };
    say(&format!("Mail goes through {}, from {}.", post.server(), post.from));
    runtime()?.block_on(async {
        let counts = outbox::counts(&app).await?;
        say(&format!("{} waiting, {} given up in the last week.", counts.waiting, counts.given_up));
        if options.connect {
            if let Err(cause) = post.check().await {
                say(&format!("The mail server doesn't take our mail: {cause}."));
                return Ok(ExitCode::FAILURE);
            }
            say("The mail server lets us in.");
        }
        Ok(ExitCode::SUCCESS)
    })
}

//! The first ceiling: an axum handler that reads the body and answers with a fixed permission, in a process of its own.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use axum::Router;
use axum::http::{StatusCode, header};
use axum::routing::any;
use bytes::Bytes;
use tokio::net::TcpListener;

use crate::process::end;

/// The running handler.
#[derive(Debug)]
pub(crate) struct Bare {
    child: Child,
    url: String,
}

impl Bare {
    /// Starts this very program again, as the handler that answers with a file.
    pub(crate) fn start(answer: &Path) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--bare").arg(answer).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut bare = Self { child: command.spawn()?, url: String::new() };
        let output = bare.child.stdout.take().context("the output is piped")?;
        BufReader::new(output).read_line(&mut bare.url)?;
        bare.url.truncate(bare.url.trim_end().len());
        Ok(bare)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Serves until standard input ends, which it does when the benchmark is gone in whatever way.
pub(crate) async fn serve(file: &Path) -> Result<()> {
    let answer = Bytes::from(fs::read(file)?);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("http://{}", listener.local_addr()?);
    let handler = async move |_body: Bytes| (StatusCode::CREATED, [(header::CONTENT_TYPE, "application/json")], answer);
    let router = Router::new().route("/permission", any(handler));
    let parent = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    tokio::select! {
        served = axum::serve(listener, router) => served?,
        _ = parent => {}
    }
    Ok(())
}

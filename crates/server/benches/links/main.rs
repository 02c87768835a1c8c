//! How fast Driveway makes and opens links, against two ceilings measured in the same run.
//!
//! `cargo bench -p driveway --bench links -- --help` tells the options. The real program runs as `driveway demo` on
//! loopback with a data directory below `target`, `wrk` asks, and beside it run a bare axum handler, in a process of its
//! own, and nginx. What counts are the ratios: a figure alone says more of the machine than of the program.

#![allow(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::unwrap_used,
    reason = "a benchmark prints, and its counts are far below what a double holds"
)]

mod bare;
mod cases;
mod durable;
mod fixtures;
mod load;
mod machine;
mod many;
mod memory;
mod nginx;
#[path = "../../tests/process/mod.rs"]
mod process;
mod report;
mod shapes;
mod supply;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};

/// The allocator of the program, so that the ceiling isn't lower for the lack of it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures Driveway's links against a bare axum handler and nginx.
#[derive(Debug, Parser)]
struct Arguments {
    /// Seconds that each case takes.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
    /// Measure this case only; may be given more than once.
    #[arg(long, value_name = "NAME")]
    only: Vec<Case>,
    /// Numbers of connections.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64])]
    connections: Vec<u32>,
    /// Be the bare handler that answers with this file, until standard input ends.
    #[arg(long, value_name = "FILE", hide = true)]
    bare: Option<PathBuf>,
    /// What cargo says to a benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Case {
    /// createLink that makes a link.
    New,
    /// createLink that finds the link.
    Existing,
    /// The permissions of an item.
    List,
    /// The same calls, and opening a link, 50 folders down, among 100,000 siblings, and below 10,000 links.
    Shapes,
    /// Uploads of 1 KiB.
    Upload,
    /// Anonymous downloads of 1 KiB by link.
    Small,
    /// Anonymous downloads of 100 MiB by link.
    Large,
    /// 10,000 uploads of 1 KiB, beside a bare loop that makes as many files durable.
    Durable,
    /// Lists, look-ups, delta and search among a thousand items and a million. Takes minutes: only when it is named.
    Many,
    /// The server's memory while 1 GiB goes up and comes down.
    Memory,
}

impl Arguments {
    fn wants(&self, case: Case) -> bool {
        self.only.contains(&case) || self.only.is_empty() && case != Case::Many
    }
}

fn main() -> ExitCode {
    // `cargo test --all-targets` and nextest start benchmarks too, to see what tests are in them: none.
    if !std::env::args().any(|argument| argument == "--bench" || argument == "--bare") {
        eprintln!("This is a benchmark: cargo bench -p driveway --bench links");
        return ExitCode::SUCCESS;
    }
    match start(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(arguments: Arguments) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match arguments.bare {
            Some(file) => bare::serve(&file).await,
            None => run(&arguments).await,
        }
    })
}

/// Runs the cases. Whatever ends it, the processes that were started end with it.
async fn run(arguments: &Arguments) -> Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        measured = cases::measure(arguments) => measured.context("the benchmark could not be finished"),
        _ = interrupt.recv() => anyhow::bail!("interrupted"),
        _ = terminate.recv() => anyhow::bail!("terminated"),
    }
}

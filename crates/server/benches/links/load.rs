//! Load from `wrk`, with a script for each kind of request.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};
use tokio::process::Command;

use crate::machine::{busy_micros, cpu_micros, own_cpu_micros};

/// What is asked, how often at once, and for how long.
#[derive(Debug, Clone)]
pub(crate) struct Load<'a> {
    /// The address that is asked; a script may put another path in its place.
    pub(crate) url: &'a str,
    /// The script.
    pub(crate) script: &'a str,
    /// What the script is told: names and values, which become Lua strings.
    pub(crate) values: HashMap<&'a str, String>,
    /// How many connections ask.
    pub(crate) connections: u32,
    /// For how many seconds.
    pub(crate) seconds: u32,
    /// The process that answers, whose processor time is taken.
    pub(crate) pid: u32,
}

/// What came of it.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    counts: HashMap<String, u64>,
    cpu_micros: u64,
    /// What programs that have nothing to do with this took of the processors meanwhile.
    pub(crate) foreign_micros: u64,
}

impl Load<'_> {
    /// Runs `wrk`, whose script is kept in a directory.
    pub(crate) async fn run(&self, directory: &Path) -> Result<Measured> {
        let threads = self.connections.min(2);
        let script = directory.join("load.lua");
        fs::write(&script, self.lua(threads)?)?;
        let (cpu, own, busy) = (cpu_micros(self.pid)?, own_cpu_micros()?, busy_micros()?);
        let mut command = Command::new("wrk");
        command.args(["-t", &threads.to_string(), "-c", &self.connections.to_string()]);
        command.args(["-d", &format!("{}s", self.seconds), "--timeout", "120s", "-s"]).arg(&script).arg(self.url);
        command.stdin(Stdio::null()).stderr(Stdio::inherit()).kill_on_drop(true);
        let output = command.output().await.context("can't run wrk")?;
        let cpu_micros = cpu_micros(self.pid)? - cpu;
        let ours = cpu_micros + own_cpu_micros()? - own;
        let foreign_micros = (busy_micros()? - busy).saturating_sub(ours);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(output.status.success(), "wrk: {}\n{said}", output.status);
        let Some(line) = said.lines().find_map(|line| line.strip_prefix("RESULT ")) else {
            bail!("wrk measured nothing:\n{said}")
        };
        Ok(Measured { counts: counts(line)?, cpu_micros, foreign_micros })
    }

    fn lua(&self, threads: u32) -> Result<String> {
        let mut lua = format!("THREADS = {threads}\n");
        for (name, value) in &self.values {
            ensure!(!value.contains("]==]"), "{name} can't be written as a Lua string");
            writeln!(lua, "{name} = [==[{value}]==]")?;
        }
        Ok(lua + include_str!("lua/common.lua") + self.script)
    }
}

fn counts(line: &str) -> Result<HashMap<String, u64>> {
    let pairs = line.split(' ').map(|pair| pair.split_once('=').context("not a pair"));
    pairs.map(|pair| pair.and_then(|(name, value)| Ok((name.to_owned(), value.parse()?)))).collect()
}

impl Measured {
    fn count(&self, name: &str) -> u64 {
        self.counts.get(name).copied().unwrap_or(0)
    }

    /// Answers that came.
    pub(crate) fn requests(&self) -> u64 {
        self.count("requests")
    }

    /// Answers with 201.
    pub(crate) fn created(&self) -> u64 {
        self.count("created")
    }

    /// One past the last slot that was asked for.
    pub(crate) fn position(&self) -> usize {
        usize::try_from(self.count("position")).unwrap_or(usize::MAX)
    }

    /// Requests that failed, or were answered with 400 or more, or otherwise than the script expects.
    pub(crate) fn errors(&self) -> u64 {
        ["connect", "read", "write", "status", "timeout", "unexpected"].iter().map(|name| self.count(name)).sum()
    }

    /// Answers a second.
    pub(crate) fn rate(&self) -> f64 {
        self.requests() as f64 / self.seconds()
    }

    /// Bytes a second.
    pub(crate) fn throughput(&self) -> f64 {
        self.count("bytes") as f64 / self.seconds()
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.count("micros").max(1) as f64 / 1e6
    }

    /// A latency that so many of a hundred answers kept, in milliseconds; `p50` or `p99`.
    pub(crate) fn latency(&self, percentile: &str) -> f64 {
        self.count(percentile) as f64 / 1e3
    }

    /// Processor time of the server for one answer, in microseconds.
    pub(crate) fn cpu_a_request(&self) -> Option<f64> {
        (self.requests() > 0).then(|| self.cpu_micros as f64 / self.requests() as f64)
    }

    /// Processor time of the server for one mebibyte, in microseconds.
    pub(crate) fn cpu_a_mebibyte(&self) -> Option<f64> {
        let mebibytes = self.count("bytes") as f64 / f64::from(1 << 20);
        (mebibytes > 0.0).then(|| self.cpu_micros as f64 / mebibytes)
    }
}

/// Whether `wrk` is there.
pub(crate) async fn is_installed() -> Result<()> {
    let status = Command::new("wrk").arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status().await;
    status.map(drop).context("wrk is not installed: sudo apt-get install --no-install-recommends wrk")
}

//! Whether small uploads are bounded by the disk: 10,000 of them, beside a loop that only makes as many files durable.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::cases::Bench;
use crate::fixtures::noise;
use crate::machine::{cpu_micros, own_cpu_micros};

const UPLOADS: usize = 10_000;
const SIZE: usize = 1024;
const AT_ONCE: usize = 64;
const SHARDS: usize = 256;

/// What became of the uploads and of the bare loop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Durable {
    pub(crate) uploads: Pace,
    pub(crate) loop_of_fsync: Pace,
}

/// How fast it went, and what it took of the processors.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) rate: f64,
    pub(crate) cpu_micros: f64,
}

impl Pace {
    fn of(time: Duration, cpu_micros: u64) -> Self {
        let count = UPLOADS as f64;
        Self { rate: count / time.as_secs_f64(), cpu_micros: cpu_micros as f64 / count }
    }
}

impl Bench<'_> {
    /// The same number of the same bytes, on the same disk, with as many at once.
    pub(crate) async fn durable(&mut self) -> Result<()> {
        let directory = TempDir::new_in(self.fixtures.directory())?;
        let (path, own) = (directory.path().to_owned(), own_cpu_micros()?);
        let time = tokio::task::spawn_blocking(move || bare_loop(&path)).await??;
        let loop_of_fsync = Pace::of(time, own_cpu_micros()? - own);
        let server = self.fixtures.server.pid();
        let (cpu, start) = (cpu_micros(server)?, Instant::now());
        self.upload_all().await?;
        let uploads = Pace::of(start.elapsed(), cpu_micros(server)? - cpu);
        self.report.durable(&Durable { uploads, loop_of_fsync });
        Ok(())
    }

    async fn upload_all(&self) -> Result<()> {
        let mut lanes = JoinSet::new();
        for lane in 0..AT_ONCE {
            let drive = self.fixtures.drive.clone();
            lanes.spawn(async move {
                for number in (lane..UPLOADS).step_by(AT_ONCE) {
                    drive.upload(&format!("Durable/{number}.bin"), content(number)).await?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(lane) = lanes.join_next().await {
            lane??;
        }
        Ok(())
    }
}

/// Puts a file for each upload into one of 256 directories, by its hash as it were, and waits until it and its name are on
/// the disk. A file has its name from when it is whole: nobody who loses nothing can do with less.
fn bare_loop(directory: &Path) -> Result<Duration> {
    for shard in 0..SHARDS {
        fs::create_dir(directory.join(shard.to_string()))?;
    }
    let start = Instant::now();
    std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..AT_ONCE).map(|lane| scope.spawn(move || bare_lane(directory, lane))).collect();
        lanes.into_iter().try_for_each(|lane| lane.join().ok().context("a lane of the bare loop broke off")?)
    })?;
    Ok(start.elapsed())
}

fn bare_lane(directory: &Path, lane: usize) -> Result<()> {
    for number in (lane..UPLOADS).step_by(AT_ONCE) {
        let shard = directory.join((number.wrapping_mul(2_654_435_761) % SHARDS).to_string());
        let (unfinished, place) = (shard.join(format!("{number}#1")), shard.join(number.to_string()));
        let mut file = File::create_new(&unfinished)?;
        file.write_all(&content(number))?;
        file.sync_all()?;
        fs::rename(&unfinished, &place)?;
        File::open(&shard)?.sync_all()?;
    }
    Ok(())
}

/// Bytes that no other file has.
fn content(number: usize) -> Vec<u8> {
    let mut bytes = noise(SIZE);
    for (to, from) in bytes.iter_mut().zip(number.to_le_bytes()) {
        *to = from;
    }
    bytes
}

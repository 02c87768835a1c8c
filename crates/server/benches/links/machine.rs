//! What the kernel tells of processes.

use std::fs;

use anyhow::{Context, Result};

/// The kernel counts processor time in hundredths of a second on every Linux that runs programs of today.
const TICKS_A_SECOND: u64 = 100;

/// Processor time of a process and its children so far, in microseconds.
pub(crate) fn cpu_micros(pid: u32) -> Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name, in brackets, may contain anything; numbers follow its last bracket.
    let (_, numbers) = stat.rsplit_once(") ").context("a process without a name")?;
    let fields: Vec<&str> = numbers.split(' ').collect();
    let (user, system): (u64, u64) =
        (fields.get(11).context("utime")?.parse()?, fields.get(12).context("stime")?.parse()?);
    let own = (user + system) * (1_000_000 / TICKS_A_SECOND);
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    children.split_whitespace().try_fold(own, |sum, child| Ok(sum + cpu_micros(child.parse()?)?))
}

/// Memory of a process that is in RAM, in bytes.
pub(crate) fn resident_bytes(pid: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib * 1024)
}

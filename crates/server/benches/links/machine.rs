//! What the kernel tells of processes.

use std::fs;

use anyhow::{Context, Result};

/// The kernel counts processor time in hundredths of a second on every Linux that runs programs of today.
const TICKS_A_SECOND: u64 = 100;

/// One of these, in microseconds.
const TICK: u64 = 1_000_000 / TICKS_A_SECOND;

/// Processor time of a process and its children so far, in microseconds.
pub(crate) fn cpu_micros(pid: u32) -> Result<u64> {
    let own = ticks(pid, &[11, 12])? * TICK;
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    children.split_whitespace().try_fold(own, |sum, child| Ok(sum + cpu_micros(child.parse()?)?))
}

/// Processor time of this process and of those children that have ended, in microseconds.
pub(crate) fn own_cpu_micros() -> Result<u64> {
    Ok(ticks(std::process::id(), &[11, 12, 13, 14])? * TICK)
}

/// The sum of some fields of a process, counted from the one after its name.
fn ticks(pid: u32, wanted: &[usize]) -> Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name, in brackets, may contain anything; numbers follow its last bracket.
    let (_, numbers) = stat.rsplit_once(") ").context("a process without a name")?;
    let fields: Vec<&str> = numbers.split(' ').collect();
    wanted.iter().try_fold(0, |sum, field| Ok(sum + fields.get(*field).context("a short line")?.parse::<u64>()?))
}

/// Processor time that all programs, and other machines on the same processors, have taken so far, in microseconds.
pub(crate) fn busy_micros() -> Result<u64> {
    let stat = fs::read_to_string("/proc/stat")?;
    let total = stat.lines().next().and_then(|line| line.strip_prefix("cpu ")).context("no cpu line")?;
    let fields = total.split_whitespace().map(str::parse::<u64>).collect::<Result<Vec<_>, _>>()?;
    // user nice system idle iowait irq softirq steal; guests are in user already.
    let idle: u64 = fields.iter().skip(3).take(2).sum();
    Ok((fields.iter().take(8).sum::<u64>() - idle) * TICK)
}

/// Memory of a process that is in RAM, in bytes.
pub(crate) fn resident_bytes(pid: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib * 1024)
}

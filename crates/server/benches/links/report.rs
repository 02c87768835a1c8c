//! The table and the verdicts.

use std::thread::available_parallelism;

use crate::Case;
use crate::durable::Durable;
use crate::load::Measured;
use crate::memory::Memory;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Answers.
    Request,
    /// Bytes of answers: a large file takes longer than a case.
    Byte,
}

/// The connections at which the targets are meant.
const TARGET_CONNECTIONS: u32 = 64;

/// How much more memory than before a transfer of 1 GiB may take: buffers, not the file.
const TARGET_GROWTH_MIB: f64 = 32.0;

/// The part of the processors that other programs may take before the figures are in doubt. The kernel's own work for
/// the network, which belongs to nobody, is in it too.
const TOLERABLE: f64 = 0.1;

/// How much slower a call may be deep down, among many siblings or below many links, than beside the root: the same order
/// of magnitude.
const TOLERABLE_SHAPE: f64 = 0.2;

/// How much slower a call may be among a million items than among a thousand: twice.
const TOLERABLE_SIZE: f64 = 0.5;

/// How much of the rate of a bare loop of fsync small uploads have to reach, to be called bounded by it.
const BOUNDED_BY_FSYNC: f64 = 0.5;

/// What was measured so far, as far as there are targets for it.
#[derive(Debug, Default)]
pub(crate) struct Report {
    ratios: Vec<(Case, f64)>,
    shapes: Vec<(String, f64)>,
    sizes: Vec<(String, f64)>,
    durable: Option<f64>,
    growth_mib: Option<f64>,
    errors: u64,
    seconds: f64,
    foreign_seconds: f64,
}

/// What a case is called, and the part of its ceiling that it has to reach.
fn describe(case: Case) -> (&'static str, Option<f64>) {
    match case {
        Case::New => ("createLink, new link", Some(0.12)),
        Case::Existing => ("createLink, existing link", Some(0.30)),
        Case::List => ("list permissions", None),
        Case::Upload => ("upload 1 KiB", None),
        Case::Shapes => ("shapes", None),
        Case::Durable => ("durable uploads", None),
        Case::Many => ("a million items", None),
        Case::Small => ("download 1 KiB by link", Some(0.35)),
        Case::Large => ("download 100 MiB by link", Some(0.60)),
        Case::Memory => ("memory", None),
    }
}

impl Report {
    pub(crate) fn head(seconds: u32) {
        let (version, cores) = (env!("CARGO_PKG_VERSION"), cores());
        println!("Driveway {version} on {cores} cores, which wrk shares; {seconds} s a case.");
        println!("CPU is the answering process's, for one request or, where the rate is in MB, for one MiB.\n");
        println!(
            "{:<30} {:>5} {:>12} {:>9} {:>9} {:>7} {:>9} {:>8}",
            "case", "conns", "rate", "p50 ms", "p99 ms", "errors", "CPU µs", "ratio"
        );
    }

    pub(crate) fn ceiling(&mut self, name: &str, connections: u32, measured: &Measured, unit: Unit) {
        self.line(name, connections, measured, unit, None);
    }

    pub(crate) fn case(&mut self, case: Case, connections: u32, measured: &Measured, ceiling: &Measured, unit: Unit) {
        let ratio = rate(measured, unit) / rate(ceiling, unit).max(f64::MIN_POSITIVE);
        self.line(describe(case).0, connections, measured, unit, Some(ratio));
        if connections == TARGET_CONNECTIONS {
            self.ratios.push((case, ratio));
        }
    }

    /// A call somewhere in the tree, beside the same call near the root.
    pub(crate) fn shape(&mut self, name: &str, connections: u32, measured: &Measured, near_root: Option<&Measured>) {
        let ratio = near_root.map(|near_root| measured.rate() / near_root.rate().max(f64::MIN_POSITIVE));
        self.line(name, connections, measured, Unit::Request, ratio);
        self.shapes.extend(ratio.map(|ratio| (name.to_owned(), ratio)));
    }

    /// A call in a drive of some size, beside the same call in a small one.
    pub(crate) fn size(&mut self, name: &str, connections: u32, measured: &Measured, small: Option<&Measured>) {
        let ratio = small.map(|small| measured.rate() / small.rate().max(f64::MIN_POSITIVE));
        self.line(name, connections, measured, Unit::Request, ratio);
        self.sizes.extend(ratio.map(|ratio| (name.to_owned(), ratio)));
    }

    pub(crate) fn durable(&mut self, durable: &Durable) {
        let (uploads, bare) = (durable.uploads, durable.loop_of_fsync);
        println!(
            "\n10,000 files of 1 KiB, 64 at once: a loop of fsync makes {:.0}/s durable ({:.0} µs of CPU each), uploads {:.0}/s ({:.0} µs)",
            bare.rate, bare.cpu_micros, uploads.rate, uploads.cpu_micros
        );
        self.durable = Some(uploads.rate / bare.rate.max(f64::MIN_POSITIVE));
    }

    fn line(&mut self, name: &str, connections: u32, measured: &Measured, unit: Unit, ratio: Option<f64>) {
        let (rate, cpu) = match unit {
            Unit::Request => (format!("{:.0}/s", measured.rate()), measured.cpu_a_request()),
            Unit::Byte => (format!("{:.0} MB/s", measured.throughput() / 1e6), measured.cpu_a_mebibyte()),
        };
        let cpu = cpu.map_or_else(|| "-".to_owned(), |cpu| format!("{cpu:.1}"));
        let ratio = ratio.map_or_else(|| "ceiling".to_owned(), |ratio| format!("{:.1} %", ratio * 100.0));
        let latency = |percentile| match measured.requests() {
            0 => "-".to_owned(),
            _ => format!("{:.2}", measured.latency(percentile)),
        };
        let (p50, p99, errors) = (latency("p50"), latency("p99"), measured.errors());
        println!("{name:<30} {connections:>5} {rate:>12} {p50:>9} {p99:>9} {errors:>7} {cpu:>9} {ratio:>8}");
        self.errors += errors;
        self.seconds += measured.seconds();
        self.foreign_seconds += measured.foreign_micros as f64 / 1e6;
    }

    pub(crate) fn memory(&mut self, memory: &Memory) {
        let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        println!("\nmemory (VmRSS) of a fresh server while 1 GiB passes: {:.1} MiB before it", mib(memory.before));
        for (name, transfer) in [("upload", memory.upload), ("download", memory.download)] {
            let growth = mib(transfer.peak.saturating_sub(memory.before));
            println!(
                "  {name:<9} peak {:.1} MiB, {growth:.1} MiB more, at {:.0} MB/s",
                mib(transfer.peak),
                transfer.throughput / 1e6
            );
            self.growth_mib = Some(self.growth_mib.unwrap_or(0.0).max(growth));
        }
    }

    /// Says which targets are met.
    pub(crate) fn verdicts(&self) {
        println!();
        for (case, ratio) in &self.ratios {
            if let (name, Some(target)) = describe(*case) {
                let met = if *ratio >= target { "met" } else { "NOT MET" };
                println!(
                    "{name} at {TARGET_CONNECTIONS} connections: {:.1} % of the ceiling, wanted {:.0} %: {met}",
                    ratio * 100.0,
                    target * 100.0
                );
            }
        }
        for (name, ratio) in &self.shapes {
            let met = if *ratio >= TOLERABLE_SHAPE { "met" } else { "NOT MET" };
            println!(
                "{name}: {:.0} % of the rate near the root, wanted {:.0} %: {met}",
                ratio * 100.0,
                TOLERABLE_SHAPE * 100.0
            );
        }
        for (name, ratio) in &self.sizes {
            let met = if *ratio >= TOLERABLE_SIZE { "met" } else { "NOT MET" };
            println!(
                "{name}: {:.0} % of the rate among a thousand, wanted {:.0} %: {met}",
                ratio * 100.0,
                TOLERABLE_SIZE * 100.0
            );
        }
        if let Some(ratio) = self.durable {
            let met = if ratio >= BOUNDED_BY_FSYNC { "met" } else { "NOT MET" };
            println!(
                "small uploads: {:.0} % of the bare loop of fsync, wanted {:.0} %: {met}",
                ratio * 100.0,
                BOUNDED_BY_FSYNC * 100.0
            );
        }
        if let Some(growth) = self.growth_mib {
            let met = if growth <= TARGET_GROWTH_MIB { "met" } else { "NOT MET" };
            println!(
                "memory growth through 1 GiB up and down: {growth:.1} MiB, wanted {TARGET_GROWTH_MIB:.0} MiB at most: {met}"
            );
        }
        let foreign = self.foreign_seconds / (self.seconds * cores() as f64).max(f64::MIN_POSITIVE);
        if foreign > TOLERABLE {
            println!(
                "Other programs took {:.0} % of the processors meanwhile: measure again when it is quiet.",
                foreign * 100.0
            );
        }
        if self.errors > 0 {
            println!("{} requests failed: these figures are not worth comparing", self.errors);
        }
    }
}

fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}

/// What is compared.
fn rate(measured: &Measured, unit: Unit) -> f64 {
    match unit {
        Unit::Request => measured.rate(),
        Unit::Byte => measured.throughput(),
    }
}

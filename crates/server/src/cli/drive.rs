//! Drives: how full they are, and how much they may hold.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Subcommand;
use driveway_core::id::DriveId;

use super::{DataOptions, say};
use crate::ops::drive as ops;

/// What is done with drives.
#[derive(Debug, Subcommand)]
pub(super) enum DriveCommand {
    /// List drives: id, kind, owner, bytes used and bytes in all.
    List(DataOptions),
    /// Say how much a drive may hold. What is in it stays, even if it is more.
    Quota {
        #[command(flatten)]
        data: DataOptions,
        /// The drive's id.
        drive: String,
        /// Bytes, such as 5000000 or 20GiB.
        bytes: String,
    },
}

/// Runs the command.
pub(super) fn drive(command: DriveCommand) -> anyhow::Result<ExitCode> {
    match command {
        DriveCommand::List(data) => {
            for view in ops::all(&data.open()?)? {
                let (drive, used) = (&view.drive, view.used_bytes);
                let (kind, owner) = (drive.kind.as_str(), &drive.owner_name);
                say(&format!("{} {kind} {owner}: {used} of {} bytes", drive.id, drive.quota_bytes));
            }
        }
        DriveCommand::Quota { data, drive, bytes } => {
            let (id, bytes) = (DriveId::parse(&drive)?, parse_bytes(&bytes)?);
            if !ops::set_quota(&data.open()?, id, bytes)? {
                bail!("there is no drive {drive}");
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A number of bytes, with or without a binary unit.
fn parse_bytes(text: &str) -> anyhow::Result<i64> {
    const UNITS: [(&str, i64); 5] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("", 1)];
    let (number, unit) =
        UNITS.iter().find_map(|(name, unit)| Some((text.strip_suffix(name)?, unit))).unwrap_or((text, &1));
    let number: i64 = number.trim().parse().with_context(|| format!("{text} is no number of bytes"))?;
    let bytes = number.checked_mul(*unit).filter(|bytes| *bytes >= 0);
    bytes.with_context(|| format!("a drive can't hold {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_may_have_a_unit() {
        for (text, bytes) in [("0", 0), ("5000000", 5_000_000), ("20GiB", 20 << 30), ("1 TiB", 1 << 40)] {
            assert_eq!(parse_bytes(text).unwrap(), bytes, "{text}");
        }
        for text in ["", "GiB", "-1", "1.5GiB", "20GB", "9000000TiB"] {
            assert!(parse_bytes(text).is_err(), "{text}");
        }
    }
}

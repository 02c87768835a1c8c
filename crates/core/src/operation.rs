//! Work that goes on after its request was answered; Graph's `asyncJobStatus`.

use crate::id::{DriveId, ItemId};

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationStatus {
    /// It goes on.
    InProgress,
    /// It has done all of it.
    Completed,
    /// It has ended before all was done. What was done stays.
    Failed,
}

impl OperationStatus {
    /// The word on the wire and in storage.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "inProgress",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::InProgress, Self::Completed, Self::Failed].into_iter().find(|status| status.as_str() == text)
    }
}

/// What whoever watches an operation is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// How far it is.
    pub status: OperationStatus,
    /// How many items are done.
    pub done: i64,
    /// How many there were at the start.
    pub total: i64,
    /// The drive of what is made.
    pub drive: DriveId,
    /// What is made: the copy, or the folder that takes the copies.
    pub result: ItemId,
    /// The code and the sentence of what ended it.
    pub error: Option<(String, String)>,
}

impl Progress {
    /// Between 0 and 100; 100 is kept for what is completed.
    pub fn percentage(&self) -> i64 {
        match self.status {
            OperationStatus::Completed => 100,
            _ => self.done.saturating_mul(100).checked_div(self.total).unwrap_or(0).clamp(0, 99),
        }
    }
}

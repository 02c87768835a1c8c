//! Randomness for ids, salts and keys: the operating system's, or a seeded stream in tests.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::Uuid;

/// Where random bytes come from.
#[derive(Debug)]
pub enum Entropy {
    /// The operating system (P37).
    System,
    /// A reproducible stream, for tests only.
    Seeded(Box<Mutex<StdRng>>),
}

impl Entropy {
    /// A stream that is the same for the same seed.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Box::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// So many random bytes.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: going on would make guessable secrets.
    #[expect(clippy::expect_used, reason = "without randomness no secret can be made, and stopping is the safe thing")]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            Self::System => aws_lc_rs::rand::fill(&mut bytes).expect("the operating system gives random bytes"),
            Self::Seeded(stream) => stream.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes),
        }
        bytes
    }

    /// A new id that sorts by the time of its making, which keeps database pages together.
    pub fn id(&self, now: Timestamp) -> Uuid {
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// A new id that tells nothing, not even its age.
    pub fn opaque_id(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }
}

//! Small blobs in memory. They are called by their hash, so one that is here is never out of date.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use driveway_core::item::Sha256;

/// The largest blob that is kept, in bytes.
pub(crate) const LARGEST: u64 = 64 * 1024;

/// How many bytes of blobs are kept at most, in both generations together.
const CAPACITY: usize = 64 * 1024 * 1024;

/// What a blob costs besides its bytes, so that a flood of empty ones is bounded too.
const OVERHEAD: usize = 128;

/// Two generations: what is used moves to the young one, and when that is full it becomes the old one. What nobody has
/// used for so long goes. That is nearly the least recently used, without a list to keep in order.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    generations: Mutex<Generations>,
}

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<Sha256, Bytes>,
    old: HashMap<Sha256, Bytes>,
    young_bytes: usize,
}

impl Cache {
    /// The blob's bytes, if they are here.
    pub(crate) fn get(&self, sha256: &Sha256) -> Option<Bytes> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bytes) = generations.young.get(sha256) {
            return Some(bytes.clone());
        }
        let bytes = generations.old.remove(sha256)?;
        generations.insert(*sha256, bytes.clone());
        Some(bytes)
    }

    /// Keeps the bytes of a small blob.
    pub(crate) fn insert(&self, sha256: Sha256, bytes: Bytes) {
        self.generations.lock().unwrap_or_else(PoisonError::into_inner).insert(sha256, bytes);
    }
}

impl Generations {
    fn insert(&mut self, sha256: Sha256, bytes: Bytes) {
        self.young_bytes += bytes.len() + OVERHEAD;
        if self.young_bytes > CAPACITY / 2 {
            self.young_bytes = bytes.len() + OVERHEAD;
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(sha256, bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(number: u64) -> Sha256 {
        let mut name = [0; 32];
        name[..8].copy_from_slice(&number.to_le_bytes());
        Sha256(name)
    }

    #[test]
    fn what_is_used_stays_and_the_size_is_bounded() {
        let cache = Cache::default();
        let blob = Bytes::from(vec![7; 64 * 1024]);
        for number in 0..2000 {
            cache.insert(name(number), blob.clone());
            assert!(cache.get(&name(0)).is_some(), "used all the time");
        }
        assert!(cache.get(&name(1)).is_none(), "not used for long");
        let generations = cache.generations.lock().unwrap();
        let kept: usize = generations.young.values().chain(generations.old.values()).map(Bytes::len).sum();
        assert!(kept <= CAPACITY && kept > CAPACITY / 3, "{kept}");
    }
}

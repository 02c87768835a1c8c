//! What was made and may be asked for again, up to so many bytes.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// Values by key. When there is no more room, the oldest go.
#[derive(Debug)]
pub(super) struct Cache<K, V> {
    room: usize,
    kept: Mutex<Kept<K, V>>,
}

#[derive(Debug)]
struct Kept<K, V> {
    values: HashMap<K, V>,
    /// The keys with their weights, the oldest first.
    ages: VecDeque<(K, usize)>,
    weight: usize,
}

impl<K: Copy + Eq + Hash, V: Clone> Cache<K, V> {
    /// An empty one with room for so much weight.
    pub(super) fn new(room: usize) -> Self {
        Self { room, kept: Mutex::new(Kept { values: HashMap::new(), ages: VecDeque::new(), weight: 0 }) }
    }

    pub(super) fn get(&self, key: &K) -> Option<V> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).values.get(key).cloned()
    }

    /// Keeps a value, unless it is heavier than all the room there is, or there is one already.
    pub(super) fn put(&self, key: K, value: V, weight: usize) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if weight > self.room || kept.values.contains_key(&key) {
            return;
        }
        while kept.weight + weight > self.room
            && let Some((oldest, its_weight)) = kept.ages.pop_front()
        {
            kept.values.remove(&oldest);
            kept.weight -= its_weight;
        }
        kept.values.insert(key, value);
        kept.ages.push_back((key, weight));
        kept.weight += weight;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_when_there_is_no_more_room() {
        let cache = Cache::new(10);
        for key in 0..5 {
            cache.put(key, key, 4);
            cache.put(key, 100, 4);
        }
        assert_eq!((0..5).filter_map(|key| cache.get(&key)).collect::<Vec<_>>(), [3, 4]);
        cache.put(9, 9, 11);
        assert_eq!((cache.get(&9), cache.get(&4)), (None, Some(4)));
        cache.put(8, 8, 10);
        assert_eq!((cache.get(&8), cache.get(&4)), (Some(8), None));
    }
}

//! Buffers that are used again, so that a large download allocates and clears none.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// How much of a file is read at once: enough that the way to another thread doesn't count, and little enough that the
/// bytes are still in the processor's cache when they are sent.
pub(crate) const CHUNK: usize = 256 * 1024;

/// How many buffers are kept for later: two for each of 64 downloads at once.
const KEPT: usize = 128;

/// Buffers of [`CHUNK`] bytes.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    free: Mutex<Vec<Vec<u8>>>,
}

/// A buffer that goes back when the last of its bytes has been sent.
pub(crate) struct Lent {
    buffer: Vec<u8>,
    length: usize,
    home: Arc<Buffers>,
}

impl Buffers {
    /// A buffer to fill.
    pub(crate) fn take(self: &Arc<Self>) -> Lent {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Lent { buffer: free.unwrap_or_else(|| vec![0; CHUNK]), length: 0, home: Arc::clone(self) }
    }
}

impl Lent {
    /// The first `length` bytes, to be filled; fewer if the buffer is smaller.
    pub(crate) fn room(&mut self, length: usize) -> &mut [u8] {
        self.length = length.min(self.buffer.len());
        self.buffer.get_mut(..self.length).unwrap_or_default()
    }

    /// The bytes filled in.
    pub(crate) fn into_bytes(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        self.buffer.get(..self.length).unwrap_or_default()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut free = self.home.free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < KEPT {
            free.push(std::mem::take(&mut self.buffer));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_when_its_bytes_are_gone() {
        let buffers = Arc::new(Buffers::default());
        let mut lent = buffers.take();
        lent.room(3).copy_from_slice(b"abc");
        let bytes = lent.into_bytes();
        let part = bytes.slice(1..);
        drop(bytes);
        assert_eq!((part.as_ref(), buffers.free.lock().unwrap().len()), (&b"bc"[..], 0));
        drop(part);
        assert_eq!(buffers.free.lock().unwrap().len(), 1);
    }
}

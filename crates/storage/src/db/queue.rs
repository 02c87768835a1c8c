//! A bounded queue between callers and database threads.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Result};

/// First in, first out; full is an error and never a wait.
pub(crate) struct Queue<J> {
    state: Mutex<State<J>>,
    ready: Condvar,
    capacity: usize,
}

struct State<J> {
    jobs: VecDeque<J>,
    idle: usize,
    closed: bool,
}

impl<J> Queue<J> {
    pub(crate) fn new(capacity: usize) -> Self {
        let state = State { jobs: VecDeque::with_capacity(capacity.min(1024)), idle: 0, closed: false };
        Self { state: Mutex::new(state), ready: Condvar::new(), capacity }
    }

    /// Adds a job and wakes a thread if one sleeps.
    pub(crate) fn push(&self, job: J) -> Result<()> {
        let mut state = self.lock();
        if state.closed {
            return Err(Error::Closed);
        }
        if state.jobs.len() >= self.capacity {
            return Err(Error::Busy);
        }
        state.jobs.push_back(job);
        let wake = state.idle > 0;
        drop(state);
        if wake {
            self.ready.notify_one();
        }
        Ok(())
    }

    /// Waits for jobs and takes a fair share of them: what there is divided by the threads, `most` at most.
    /// Nothing is taken once the queue is closed and empty.
    pub(crate) fn take(&self, threads: usize, most: usize, into: &mut Vec<J>) {
        let mut state = self.lock();
        while state.jobs.is_empty() && !state.closed {
            state.idle += 1;
            state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
        let share = state.jobs.len().div_ceil(threads).min(most);
        into.extend(state.jobs.drain(..share));
    }

    /// The next job, if there is one now.
    pub(crate) fn try_take(&self) -> Option<J> {
        self.lock().jobs.pop_front()
    }

    /// Refuses further jobs; those queued are still done.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.ready.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<J> fmt::Debug for Queue<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Queue({} of {})", self.lock().jobs.len(), self.capacity)
    }
}

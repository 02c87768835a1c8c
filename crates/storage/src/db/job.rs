//! A closure on its way to a database thread and its answer on the way back.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;

use driveway_core::Error;
use tokio::sync::oneshot;

use crate::tx::Tx;

/// What a database thread sees of a call.
pub(crate) trait Job: Send {
    /// Runs the closure; whether what it wrote should stay.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;

    /// Answers the caller. An error of the transaction replaces a success, which it undid.
    fn answer(self: Box<Self>, transaction: Result<(), Error>);

    /// Whether somebody still waits for the answer.
    fn is_wanted(&self) -> bool;
}

/// The way back to the caller.
pub(crate) enum Reply<T> {
    Async(oneshot::Sender<Result<T, Error>>),
    Blocking(mpsc::SyncSender<Result<T, Error>>),
}

/// A closure with its way back.
struct Call<T, F> {
    work: F,
    outcome: Option<Result<T, Error>>,
    reply: Reply<T>,
}

/// A call, ready for its queue.
pub(crate) fn call<T, F>(work: F, reply: Reply<T>) -> Box<dyn Job>
where
    T: Send + 'static,
    F: Fn(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
{
    Box::new(Call { work, outcome: None, reply })
}

impl<T: Send, F> Job for Call<T, F>
where
    F: Fn(&mut Tx<'_>) -> Result<T, Error> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        // A panic must not end the thread that everybody's writes go through; what the closure wrote is rolled back.
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.work)(tx)))
            .unwrap_or_else(|panic| Err(crate::Error::Panicked(panic_text(panic.as_ref())).into()));
        self.outcome.insert(outcome).is_ok()
    }

    fn answer(self: Box<Self>, transaction: Result<(), Error>) {
        let answer = match (self.outcome, transaction) {
            (Some(Err(own)), _) => Err(own),
            (_, Err(error)) => Err(error),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(crate::Error::Closed.into()),
        };
        // A caller that has gone away wants no answer.
        match self.reply {
            Reply::Async(sender) => drop(sender.send(answer)),
            Reply::Blocking(sender) => drop(sender.send(answer)),
        }
    }

    fn is_wanted(&self) -> bool {
        match &self.reply {
            Reply::Async(sender) => !sender.is_closed(),
            Reply::Blocking(_) => true,
        }
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message").to_owned()
}

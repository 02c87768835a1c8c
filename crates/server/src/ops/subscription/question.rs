//! Asking receivers whether they want to be told: few at once, and of one caller fewer, so that nobody who has slow receivers
//! asked keeps the others from subscribing.

use std::sync::{Mutex, PoisonError};

use data_encoding::HEXLOWER;
use driveway_core::caller::Caller;
use driveway_core::error::{Code, Error, Inner};

use super::places::Places;
use crate::app::App;
use crate::ops::Result;
use crate::webhook::url::HookUrl;

/// Receivers that are asked at once.
const MOST: usize = 64;

/// Receivers that are asked at once for one caller.
const MOST_OF_ONE: usize = 8;

/// The questions under way.
#[derive(Debug, Default)]
pub struct Questions {
    all: Mutex<(usize, Places<MOST_OF_ONE>)>,
}

/// A question under way; it ends with its value.
struct Question<'a> {
    questions: &'a Questions,
    caller: String,
}

impl Questions {
    fn begin(&self, caller: String) -> Result<Question<'_>> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.1.has_room(&caller) {
            let message = "Too many receivers are being asked for this caller. Try again shortly.";
            return Err(Error::new(Code::ActivityLimitReached, message).inner(Inner::ThrottledRequest).retry_after(10));
        }
        if all.0 >= MOST {
            return Err(Error::busy(10));
        }
        all.0 += 1;
        all.1.take(caller.clone());
        Ok(Question { questions: self, caller })
    }
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        let mut all = self.questions.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.0 = all.0.saturating_sub(1);
        all.1.free(&self.caller);
    }
}

/// Asks a receiver whether it wants to be told.
pub(super) async fn ask(app: &App, caller: &Caller, target: &'static str, url: &HookUrl) -> Result<()> {
    let key = format!("{} {}", caller.application.id, caller.user_id().map_or_else(String::new, |id| id.to_string()));
    let _question = app.hook_questions.begin(key)?;
    // The space and the colon show whether the receiver decodes what it repeats.
    let token = format!("Validation: {}", HEXLOWER.encode(&app.entropy.bytes::<16>()));
    app.hooks.ask(url, &token).await.map_err(|failure| {
        let message = format!(
            "Subscription validation request failed: {failure}. {target} has to answer with 200 and the decoded \
             validationToken as text/plain within {} seconds.",
            app.config.webhooks.timeout_seconds
        );
        Error::invalid(target, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_caller_has_fewer_places_than_there_are() {
        let questions = Questions::default();
        let mut under_way: Vec<Question<'_>> = Vec::new();
        for _ in 0..MOST_OF_ONE {
            under_way.push(questions.begin("ann".to_owned()).unwrap());
        }
        let refused = questions.begin("ann".to_owned()).map(drop).unwrap_err();
        assert_eq!((refused.code(), refused.retry_after_seconds()), (Code::ActivityLimitReached, Some(10)));
        for number in MOST_OF_ONE..MOST {
            under_way.push(questions.begin(number.to_string()).unwrap());
        }
        assert_eq!(questions.begin("bob".to_owned()).map(drop).unwrap_err().code(), Code::ServiceNotAvailable);
        under_way.remove(0);
        questions.begin("ann".to_owned()).map(drop).unwrap();
        drop(under_way);
        assert_eq!(questions.all.lock().unwrap().0, 0);
    }
}

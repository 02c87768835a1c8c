//! A body that knows whether it was delivered whole.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};

use crate::ops::openings::Begun;

/// The body of a download: it says so when its last byte has been taken to be sent, and nothing when it breaks off before.
pub(crate) struct Watched {
    body: Body,
    begun: Begun,
    left: u64,
}

impl Watched {
    pub(crate) fn new(body: Body, mut begun: Begun, size: u64) -> Self {
        if size == 0 {
            begun.delivered();
        }
        Self { body, begun, left: size }
    }
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(bytes) = frame.data_ref()
        {
            self.left = self.left.saturating_sub(bytes.len() as u64);
            if self.left == 0 {
                self.begun.delivered();
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

//! Mail, against a real SMTP server on loopback.

mod delivery;
mod invitation;
mod link;
mod own_link;
mod postbox;
mod refusal;

use driveway::ops::outbox::{self, Tally};

use self::postbox::Postbox;
use crate::support::TestServer;

/// A server whose mail goes to this postbox.
async fn server(postbox: &Postbox) -> TestServer {
    TestServer::start_with(|config| {
        config.public_url = Some(format!("http://{}", crate::support::HOST));
        postbox.set_up(&mut config.mail);
    })
    .await
}

/// Sends what is due, as the job does.
async fn deliver(server: &TestServer) -> Tally {
    outbox::deliver(&server.app).await.unwrap()
}

/// A tally with so many mails sent and nothing else.
fn sent(number: u32) -> Tally {
    Tally { sent: number, ..Tally::default() }
}

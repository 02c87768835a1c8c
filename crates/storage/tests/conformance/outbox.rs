use driveway_core::outbox::{Delivery, Due, Kind, State};
use driveway_storage::OutboxCounts;
use uuid::Uuid;

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    what_is_due_is_claimed_by_one_and_settled_once
    what_a_sender_asked_for_is_counted_and_forgotten_later
    a_transaction_that_fails_sends_nothing
}

fn delivery(number: u128, second: i64) -> Delivery {
    Delivery {
        id: Uuid::from_u128(number),
        kind: Kind::LinkMail,
        permission: permission_id(number),
        recipient: "bob@example.com".into(),
        sender: "ann".into(),
        message: "Have a look".into(),
        created_at: at(second),
    }
}

async fn what_is_due_is_claimed_by_one_and_settled_once(database: Database) {
    let db = database.open();
    db.write(|tx| {
        tx.insert_delivery(&delivery(2, 1))?;
        tx.insert_delivery(&delivery(1, 0))?;
        let first = Due { delivery: delivery(1, 0), attempts: 0 };
        assert_eq!(tx.due_deliveries(at(0), 9)?, std::slice::from_ref(&first));
        assert_eq!(tx.due_deliveries(at(1), 9)?.len(), 2);
        assert_eq!(tx.due_deliveries(at(1), 1)?, std::slice::from_ref(&first));
        assert!(tx.claim_delivery(&first, at(60))?);
        // Another sender that read the same row comes too late.
        assert!(!tx.claim_delivery(&first, at(60))?);
        assert_eq!(tx.due_deliveries(at(59), 9)?.len(), 1);
        let again = Due { attempts: 1, ..first };
        assert_eq!(tx.due_deliveries(at(60), 9)?.last(), Some(&again));
        assert!(tx.settle_delivery(again.delivery.id, State::Sent, at(61))?);
        assert!(!tx.settle_delivery(again.delivery.id, State::GivenUp, at(62))?);
        assert!(!tx.claim_delivery(&again, at(120))?);
        assert_eq!(tx.outbox_counts()?, OutboxCounts { waiting: 1, given_up: 0 });
        assert!(tx.settle_delivery(Uuid::from_u128(2), State::GivenUp, at(62))?);
        assert_eq!(tx.outbox_counts()?, OutboxCounts { waiting: 0, given_up: 1 });
        assert_eq!(tx.due_deliveries(at(9999), 9)?, []);
        Ok(())
    })
    .await
    .unwrap();
}

async fn what_a_sender_asked_for_is_counted_and_forgotten_later(database: Database) {
    let db = database.open();
    db.write(|tx| {
        assert_eq!(tx.deliveries_since("ann", at(-1))?, (0, None));
        tx.insert_delivery(&delivery(1, 0))?;
        tx.insert_delivery(&delivery(2, 5))?;
        tx.insert_delivery(&Delivery { sender: "bob".into(), ..delivery(3, 5) })?;
        assert_eq!(tx.deliveries_since("ann", at(-1))?, (2, Some(at(0))));
        assert_eq!(tx.deliveries_since("ann", at(0))?, (1, Some(at(5))));
        // What was sent still counts against its sender, until it is forgotten.
        tx.settle_delivery(Uuid::from_u128(1), State::Sent, at(10))?;
        assert_eq!(tx.deliveries_since("ann", at(-1))?, (2, Some(at(0))));
        assert_eq!((tx.prune_deliveries(at(10))?, tx.prune_deliveries(at(11))?), (0, 1));
        assert_eq!(tx.deliveries_since("ann", at(-1))?, (1, Some(at(5))));
        Ok(())
    })
    .await
    .unwrap();
}

async fn a_transaction_that_fails_sends_nothing(database: Database) {
    let db = database.open();
    let failed: driveway_core::Result<()> = db
        .write(|tx| {
            tx.insert_delivery(&delivery(1, 0))?;
            Err(driveway_core::Error::item_not_found())
        })
        .await;
    failed.unwrap_err();
    assert_eq!(db.read(|tx| tx.outbox_counts()).await.unwrap(), OutboxCounts::default());
}

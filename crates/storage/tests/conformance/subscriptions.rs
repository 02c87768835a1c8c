use driveway_core::subscription::{Attempts, LifecycleEvent, Subscription, TlsVersion};
use driveway_storage::{Db, DueNotification, Lane};
use uuid::Uuid;

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    subscriptions_are_their_makers_until_they_end
    a_change_is_due_until_it_is_told
    what_is_told_of_a_subscription_outlives_it
}

fn subscription(number: u128) -> Subscription {
    Subscription {
        id: Uuid::from_u128(number),
        application: APP,
        user: (number % 2 == 1).then_some(ANN),
        tenant: TENANT,
        drive: drive_id(),
        folder: ROOT,
        resource: "/me/drive/root".into(),
        notification_url: "https://hooks.example/".into(),
        lifecycle_url: (number % 3 == 1).then(|| "https://hooks.example/life".into()),
        client_state: Some("state".into()),
        tls: TlsVersion::V1_3,
        with_sharing: true,
        expires_at: at(100),
    }
}

async fn opened(database: &Database) -> Db {
    let db = database.open();
    settle(&db).await;
    db
}

async fn subscriptions_are_their_makers_until_they_end(database: Database) {
    let db = opened(&database).await;
    db.write(|tx| {
        for number in [1, 2, 3] {
            tx.insert_subscription(&subscription(number), 0, at(0))?;
        }
        assert_eq!(tx.subscription(Uuid::from_u128(1), at(99))?, Some(subscription(1)));
        assert_eq!(tx.subscription(Uuid::from_u128(1), at(100))?, None, "at that instant it is over");
        let ann = (APP, Some(ANN));
        assert_eq!(tx.subscriptions_of(ann, None, 9, at(0))?, [subscription(1), subscription(3)]);
        assert_eq!(tx.subscriptions_of(ann, Some(Uuid::from_u128(1)), 9, at(0))?, [subscription(3)]);
        assert_eq!(tx.subscriptions_of(ann, None, 1, at(0))?, [subscription(1)]);
        assert_eq!(tx.subscriptions_of((APP, None), None, 9, at(0))?, [subscription(2)]);
        assert_eq!(tx.subscriptions_of((APP, Some(BOB)), None, 9, at(0))?, []);
        assert_eq!((tx.count_subscriptions_of(ann, at(0))?, tx.count_subscriptions_of(ann, at(100))?), (2, 0));
        assert_eq!(tx.count_subscriptions_on(&drive_id(), at(0))?, 3);
        tx.renew_subscription(Uuid::from_u128(1), at(200))?;
        assert_eq!(tx.prune_subscriptions(at(100))?, 2);
        let renewed = Subscription { expires_at: at(200), ..subscription(1) };
        assert_eq!(tx.subscriptions_of(ann, None, 9, at(150))?, [renewed]);
        assert!(tx.delete_subscription(Uuid::from_u128(1))? && !tx.delete_subscription(Uuid::from_u128(1))?);
        Ok(())
    })
    .await
    .unwrap();
}

async fn a_change_is_due_until_it_is_told(database: Database) {
    let db = opened(&database).await;
    let id = Uuid::from_u128(2);
    let url = "https://hooks.example/".to_owned();
    let due = DueNotification { id, lane: Lane::Changes, url, owner: APP.to_string() };
    db.write(move |tx| {
        let known = tx.last_change(&drive_id())?;
        tx.insert_subscription(&subscription(2), known, at(0))?;
        assert_eq!(tx.due_notifications(at(1), 9)?, []);
        tx.insert_item(&folder(1, ROOT, "a"))?;
        tx.insert_item(&folder(2, item_id(1), "b"))?;
        assert_eq!(tx.due_notifications(at(1), 9)?, std::slice::from_ref(&due));
        assert_eq!(tx.due_notifications(at(100), 9)?, [], "it is over");
        let changes = tx.changes_to_tell(&drive_id(), known, 9)?;
        assert!(changes.iter().any(|change| change.place == item_id(2) && !change.is_sharing), "{changes:?}");
        assert!(changes.is_sorted_by_key(|change| change.sequence));
        assert_eq!(tx.changes_to_tell(&drive_id(), known, 1)?.len(), 1);

        let before = tx.pending_subscription(id, at(1))?.unwrap().changes;
        assert_eq!(before, Attempts::none(at(0)));
        let next = before.one_more(at(1));
        assert!(tx.claim_notification(id, Lane::Changes, before, next)?);
        assert!(!tx.claim_notification(id, Lane::Changes, before, next)?, "another sender comes too late");
        assert_eq!(tx.pending_subscription(id, at(1))?.unwrap().changes, next);
        assert_eq!(tx.due_notifications(at(10), 9)?, []);
        assert_eq!(tx.due_notifications(at(11), 9)?, std::slice::from_ref(&due));
        let told = tx.last_change(&drive_id())?;
        tx.settle_changes(id, told, at(12))?;
        assert_eq!(tx.due_notifications(at(99), 9)?, []);
        tx.settle_changes(id, known, at(13))?;
        assert_eq!(tx.pending_subscription(id, at(13))?.unwrap().notified_change, told, "it never goes back");
        tx.insert_item(&folder(3, ROOT, "c"))?;
        assert_eq!(tx.due_notifications(at(13), 9)?.len(), 1);
        // Another receiver begins with no attempts behind it.
        let before = tx.pending_subscription(id, at(13))?.unwrap().changes;
        assert!(tx.claim_notification(id, Lane::Changes, before, before.one_more(at(13)))?);
        tx.redirect_subscription(id, "https://other.example/", at(14))?;
        assert_eq!(
            tx.due_notifications(at(14), 9)?,
            [DueNotification { url: "https://other.example/".into(), ..due.clone() }]
        );
        Ok(())
    })
    .await
    .unwrap();
}

async fn what_is_told_of_a_subscription_outlives_it(database: Database) {
    let db = opened(&database).await;
    db.write(|tx| {
        let (one, three) = (Uuid::from_u128(1), Uuid::from_u128(3));
        tx.insert_subscription(&subscription(1), 0, at(0))?;
        tx.insert_subscription(&subscription(3), 0, at(0))?;
        tx.raise_event(one, LifecycleEvent::Missed, at(1))?;
        tx.raise_event(three, LifecycleEvent::Missed, at(1))?;
        let url = "https://hooks.example/life".to_owned();
        let due = DueNotification { id: one, lane: Lane::Lifecycle, url, owner: format!("{APP}{ANN}") };
        let of_life = |due: Vec<DueNotification>| -> Vec<DueNotification> {
            due.into_iter().filter(|due| due.lane == Lane::Lifecycle).collect()
        };
        assert_eq!(of_life(tx.due_notifications(at(1), 9)?), std::slice::from_ref(&due), "nobody to tell of the other");
        tx.settle_event(one)?;
        assert_eq!(of_life(tx.due_notifications(at(1), 9)?), []);
        assert!(tx.subscription(one, at(1))?.is_some());
        tx.remove_subscription(one, at(2))?;
        tx.remove_subscription(three, at(2))?;
        assert_eq!((tx.subscription(one, at(2))?, tx.subscription(three, at(2))?), (None, None));
        assert_eq!(tx.due_notifications(at(2), 9)?, std::slice::from_ref(&due));
        let pending = tx.pending_subscription(one, at(2))?.unwrap();
        assert_eq!((pending.is_removed, pending.event), (true, Some(LifecycleEvent::SubscriptionRemoved)));
        assert!(tx.claim_notification(one, Lane::Lifecycle, pending.events, pending.events.one_more(at(2)))?);
        assert_eq!(tx.due_notifications(at(11), 9)?, []);
        tx.settle_event(one)?;
        assert!(tx.pending_subscription(one, at(3))?.is_none() && tx.pending_subscription(three, at(3))?.is_none());
        Ok(())
    })
    .await
    .unwrap();
}

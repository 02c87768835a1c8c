use driveway_core::error::Code;
use driveway_core::permission::{Grantee, LinkScope, Role};
use driveway_storage::Redemption;

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    redemptions_are_found_from_below_and_go_with_their_link
}

async fn redemptions_are_found_from_below_and_go_with_their_link(database: Database) {
    let db = database.open();
    settle(&db).await;
    let carried = |number, password_version| Redemption { link: permission_id(number), password_version };
    db.write(move |tx| {
        tx.insert_item(&folder(1, ROOT, "a"))?;
        tx.insert_item(&folder(2, item_id(1), "b"))?;
        tx.insert_item(&folder(3, ROOT, "c"))?;
        for (number, item) in [(1, item_id(1)), (2, item_id(2)), (3, item_id(3))] {
            tx.insert_permission(&link(number, item, LinkScope::Anonymous), None)?;
        }
        tx.insert_permission(&grant(4, item_id(1), Grantee::User(BOB), Role::Read), None)?;
        for number in [1, 2, 3] {
            tx.redeem_link(&carried(number, None), BOB, at(20))?;
        }
        tx.redeem_link(&carried(2, Some(7)), BOB, at(30))?;
        tx.redeem_link(&carried(2, None), ANN, at(25))?;
        // A grant is no link, and what isn't there can't be redeemed.
        for nothing in [4, 99] {
            assert_eq!(tx.redeem_link(&carried(nothing, None), BOB, at(20)).unwrap_err().code(), Code::ItemNotFound);
        }
        Ok(())
    })
    .await
    .unwrap();
    db.write(move |tx| {
        assert_eq!(tx.carried_links(item_id(2), BOB)?, [carried(2, Some(7)), carried(1, None)]);
        assert_eq!(tx.carried_links(item_id(1), BOB)?, [carried(1, None)]);
        assert_eq!(tx.carried_links(ROOT, BOB)?, []);
        assert_eq!(tx.carried_links(item_id(1), ANN)?, []);
        assert_eq!(tx.redeemers(permission_id(2))?, [BOB, ANN]);
        assert_eq!(tx.redemption(permission_id(2), BOB)?, Some(carried(2, Some(7))));
        assert!(tx.delete_permission(permission_id(2))?);
        assert_eq!(tx.redemption(permission_id(2), BOB)?, None);
        assert_eq!(tx.carried_links(item_id(2), BOB)?, [carried(1, None)]);
        assert_eq!(tx.redeemers(permission_id(2))?, []);
        Ok(())
    })
    .await
    .unwrap();
    assert_sound(&db).await;
}

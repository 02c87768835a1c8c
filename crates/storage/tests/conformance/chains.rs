use driveway_core::permission::{Grantee, LinkScope, PermissionKind, Role};
use driveway_core::policy::access::{Actor, Standing};

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    a_chain_goes_up_to_the_root
    a_chain_carries_grants_and_links_are_asked_for_beside_it
}

async fn a_chain_goes_up_to_the_root(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        tx.insert_item(&folder(1, ROOT, "a"))?;
        tx.insert_item(&folder(2, item_id(1), "b"))?;
        insert_file(tx, &file(3, item_id(2), "c", 1))?;
        tx.trash(item_id(2), at(5))
    })
    .await
    .unwrap();
    db.read(|tx| {
        let chain = tx.chain(item_id(3))?.unwrap();
        assert_eq!(chain.tenant, TENANT);
        let items: Vec<_> = chain.items.iter().map(|item| (item.id, item.name.as_str(), item.deleted)).collect();
        let wanted =
            [(item_id(3), "c", false), (item_id(2), "b", true), (item_id(1), "a", false), (ROOT, "root", false)];
        assert_eq!(items, wanted);
        assert!(tx.chain(item_id(99))?.is_none() && tx.item_and_chain(item_id(99))?.is_none());
        let (item, chain) = tx.item_and_chain(item_id(3))?.unwrap();
        assert_eq!((item.id, chain.items.len()), (item_id(3), 4));
        Ok(())
    })
    .await
    .unwrap();
}

async fn a_chain_carries_grants_and_links_are_asked_for_beside_it(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        tx.insert_item(&folder(1, ROOT, "a"))?;
        tx.insert_item(&folder(2, item_id(1), "b"))?;
        tx.insert_permission(&grant(1, ROOT, Grantee::User(ANN), Role::Owner), None)?;
        tx.insert_permission(&grant(3, item_id(1), Grantee::User(BOB), Role::Read), None)?;
        tx.insert_permission(&grant(2, item_id(1), Grantee::User(BOB), Role::Write), None)?;
        let mut people = link(4, item_id(2), LinkScope::Users);
        if let PermissionKind::Link(link) = &mut people.kind {
            link.grantees = vec![BOB, ANN];
        }
        tx.insert_permission(&people, Some(&slot(&people)))?;
        let anyone = link(5, item_id(2), LinkScope::Anonymous);
        tx.insert_permission(&anyone, Some(&slot(&anyone)))
    })
    .await
    .unwrap();
    db.read(|tx| {
        let chain = tx.chain(item_id(2))?.unwrap();
        let ids: Vec<Vec<_>> = chain.items.iter().map(|item| item.grants.iter().map(|p| p.id).collect()).collect();
        assert_eq!(ids, [vec![], vec![permission_id(2), permission_id(3)], vec![permission_id(1)]]);
        let mut links = tx.links_above(item_id(2))?;
        links.sort_by_key(|link| link.id);
        assert_eq!(links.iter().map(|link| link.id).collect::<Vec<_>>(), [permission_id(4), permission_id(5)]);
        assert_eq!(links[0].link().unwrap().grantees, [ANN, BOB]);
        assert!(tx.has_link(item_id(2))? && !tx.has_link(item_id(1))? && !tx.has_link(item_id(99))?);
        assert!(tx.links_above(item_id(1))?.is_empty());
        assert_eq!(tx.widest_link_above(item_id(2), |_| true)?, Some(LinkScope::Anonymous));
        assert_eq!(tx.widest_link_above(item_id(2), |link| link.id == permission_id(4))?, Some(LinkScope::Users));
        assert_eq!(tx.widest_link_above(item_id(2), |_| false)?, None);
        assert_eq!(tx.widest_link_above(item_id(1), |_| true)?, None);
        let nobody_special = Standing::default();
        assert_eq!(chain.role_of(Actor::User { id: ANN, standing: &nobody_special }, at(20)), Some(Role::Owner));
        assert_eq!(chain.role_of(Actor::User { id: BOB, standing: &nobody_special }, at(20)), Some(Role::Write));
        Ok(())
    })
    .await
    .unwrap();
}

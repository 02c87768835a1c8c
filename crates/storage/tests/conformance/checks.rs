use driveway_core::permission::{Grantee, LinkScope, Role};
use driveway_storage::Db;

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    a_sound_database_has_no_findings
    every_corruption_is_found
}

async fn plant(db: &Db) {
    settle(db).await;
    db.write(|tx| {
        tx.insert_item(&folder(1, ROOT, "a"))?;
        tx.insert_item(&folder(2, item_id(1), "b"))?;
        insert_file(tx, &file(3, item_id(2), "c", 9))?;
        adopt(tx, 8)?;
        tx.replace_content(item_id(3), &facet(8), 8, &driveway_storage::ItemChange::default(), at(2))?;
        tx.check_out(item_id(3), ANN)?;
        tx.put_working_copy(item_id(3), &facet(9), 9, at(3))?;
        tx.insert_permission(&grant(1, ROOT, Grantee::User(ANN), Role::Owner), None)?;
        let link = link(2, item_id(3), LinkScope::Anonymous);
        tx.insert_permission(&link, Some(&slot(&link)))
    })
    .await
    .unwrap();
}

async fn a_sound_database_has_no_findings(database: Database) {
    let db = database.open();
    assert_sound(&db).await;
    plant(&db).await;
    assert_sound(&db).await;
}

async fn every_corruption_is_found(_: Database) {
    let (a, b, c, root) = (item_id(1), item_id(2), item_id(3), ROOT);
    for (problem, sql) in [
        ("missing, a file or in another drive", format!("UPDATE items SET parent_id = '{c}' WHERE id = '{b}'")),
        ("missing, a file or in another drive", format!("DELETE FROM items WHERE id = '{a}'")),
        ("below no root", format!("UPDATE items SET parent_id = '{b}' WHERE id = '{a}'")),
        ("child count", format!("UPDATE items SET child_count = 7 WHERE id = '{a}'")),
        ("folder's size", format!("UPDATE items SET size = 7 WHERE id = '{a}'")),
        ("blob is missing", "DELETE FROM blobs".to_owned()),
        ("blob is missing", "UPDATE blobs SET collecting_since = 1".to_owned()),
        ("blob is missing", "UPDATE blobs SET size = 1".to_owned()),
        ("version's blob is missing", "UPDATE item_versions SET size = 1".to_owned()),
        ("newer than its content", "UPDATE item_versions SET number = 7".to_owned()),
        ("working copy's blob is missing", "UPDATE working_copies SET size = 1".to_owned()),
        ("isn't checked out", "UPDATE items SET checked_out_by = NULL".to_owned()),
        ("root is missing", format!("UPDATE drives SET root_item_id = '{a}'")),
        ("root is missing", format!("UPDATE items SET deleted_at = 1 WHERE id = '{root}'")),
        ("permission's item", format!("DELETE FROM items WHERE id = '{c}'")),
        ("another slot", "UPDATE permissions SET password_hash = 'x' WHERE kind = 'link'".to_owned()),
        ("own check", "INSERT INTO link_grantees VALUES ('x', 'y')".to_owned()),
    ] {
        let database = crate::backend::sqlite();
        let db = database.open();
        plant(&db).await;
        database.tamper(&sql);
        let findings = db.read(|tx| tx.check()).await.unwrap();
        assert!(findings.iter().any(|finding| finding.to_string().contains(problem)), "{sql}: {findings:?}");
    }
}

use driveway_core::drive::Drive;
use driveway_core::error::Code;
use driveway_core::id::{DriveId, ItemId};
use driveway_core::item::Facet;
use driveway_storage::{Db, ItemChange, Tx};
use uuid::Uuid;

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    items_are_what_was_inserted
    a_taken_name_is_an_error_that_the_transaction_survives
    paths_lead_to_live_items
    children_come_in_pages
    members_change_one_by_one
    content_is_replaced
    items_are_renamed
    items_are_moved_and_weighed
    impossible_places_are_refused
    the_recycle_bin_takes_what_lies_below
    inheritance_is_switched
}

/// `/docs/2027/report.txt` of 10 bytes and `/docs/notes.txt` of 5.
async fn plant(db: &Db) {
    settle(db).await;
    db.write(|tx| {
        tx.insert_item(&folder(1, ROOT, "Docs"))?;
        tx.insert_item(&folder(2, item_id(1), "2027"))?;
        insert_file(tx, &file(3, item_id(2), "Report.txt", 10))?;
        insert_file(tx, &file(4, item_id(1), "Notes.txt", 5))
    })
    .await
    .unwrap();
}

fn size(tx: &mut Tx<'_>, id: ItemId) -> (i64, i64) {
    let item = tx.item(id).unwrap().unwrap();
    match item.facet {
        Facet::Folder { child_count } => (item.size, child_count),
        Facet::File(_) => (item.size, 0),
    }
}

fn by_bob() -> ItemChange {
    ItemChange::by(Some(BOB), None)
}

async fn items_are_what_was_inserted(database: Database) {
    let db = database.open();
    plant(&db).await;
    db.read(|tx| {
        let report = tx.item(item_id(3))?.unwrap();
        assert_eq!((report.id, report.parent, report.drive.clone()), (item_id(3), Some(item_id(2)), drive_id()));
        assert_eq!((report.name.as_str(), report.size, report.description.clone()), ("Report.txt", 10, None));
        assert_eq!(report.file(), Some(&facet(10)));
        assert_eq!((report.revision, report.content_revision), (1, 1));
        assert_eq!((report.created_at, report.modified_at), (at(1), at(1)));
        assert_eq!((report.file_system_created_at, report.file_system_modified_at), (at(2), at(3)));
        assert_eq!(report.created_by.user, Some((ANN, "Ann".into())));
        assert_eq!(report.created_by.application, Some((APP, "Client".into())));
        assert_eq!((report.modified_by.clone(), report.deleted_at), (report.created_by.clone(), None));
        assert_eq!((size(tx, ROOT), size(tx, item_id(1)), size(tx, item_id(2))), ((15, 1), (15, 2), (10, 1)));
        assert_eq!(tx.item_in_drive(&drive_id(), item_id(3))?, Some(report));
        assert_eq!(tx.item_in_drive(&DriveId::business(Uuid::nil()), item_id(3))?, None);
        assert_eq!(tx.item(item_id(99))?, None);
        Ok(())
    })
    .await
    .unwrap();
    assert_sound(&db).await;
}

async fn a_taken_name_is_an_error_that_the_transaction_survives(database: Database) {
    let db = database.open();
    plant(&db).await;
    db.write(|tx| {
        let error = tx.insert_item(&folder(5, ROOT, "DOCS")).unwrap_err();
        assert_eq!(error.code(), Code::NameAlreadyExists);
        tx.insert_item(&folder(5, ROOT, "DOCS 1"))
    })
    .await
    .unwrap();
    db.read(|tx| {
        assert_eq!(size(tx, ROOT), (15, 2));
        Ok(())
    })
    .await
    .unwrap();
    let nowhere = db.write(|tx| tx.insert_item(&folder(6, item_id(99), "Lost"))).await.unwrap_err();
    assert_ne!(nowhere.code(), Code::NameAlreadyExists);
    assert_sound(&db).await;
}

async fn paths_lead_to_live_items(database: Database) {
    let db = database.open();
    plant(&db).await;
    let find = |path: &'static [&'static str]| {
        let keys: Vec<String> = path.iter().map(|key| (*key).to_owned()).collect();
        let db = db.clone();
        async move { db.read(move |tx| tx.resolve_path(ROOT, &keys)).await.unwrap().map(|item| item.id) }
    };
    assert_eq!(find(&[]).await, Some(ROOT));
    assert_eq!(find(&["docs"]).await, Some(item_id(1)));
    assert_eq!(find(&["docs", "2027", "report.txt"]).await, Some(item_id(3)));
    assert_eq!(find(&["docs", "2028", "report.txt"]).await, None);
    assert_eq!(find(&["docs", "2027", "report.txt", "more"]).await, None);
    db.write(|tx| tx.trash(item_id(2), at(20))).await.unwrap();
    assert_eq!(find(&["docs", "2027", "report.txt"]).await, None);
    let gone = db.read(|tx| tx.resolve_path(item_id(2), &[])).await.unwrap();
    assert_eq!(gone, None);
    let child = db.read(|tx| Ok((tx.child(item_id(1), "notes.txt")?, tx.child(item_id(1), "2027")?))).await.unwrap();
    assert!(child.0.is_some() && child.1.is_none());
}

async fn children_come_in_pages(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        (0..25).try_for_each(|n| tx.insert_item(&folder(n, ROOT, &format!("N{:02}", 24 - n))))?;
        tx.insert_item(&folder(30, item_id(0), "below"))?;
        tx.trash(item_id(3), at(5))
    })
    .await
    .unwrap();
    db.read(|tx| {
        let (mut names, mut after): (Vec<String>, Option<String>) = (Vec::new(), None);
        loop {
            let page = tx.children(ROOT, after.as_deref(), 7)?;
            let Some(last) = page.last() else { break };
            after = tx.name_key(last.id)?;
            names.extend(page.into_iter().map(|item| item.name));
        }
        let wanted: Vec<_> = (0..25).filter(|n| *n != 21).map(|n| format!("N{n:02}")).collect();
        assert_eq!(names, wanted);
        assert_eq!(tx.children(item_id(1), None, 7)?, []);
        Ok(())
    })
    .await
    .unwrap();
}

async fn members_change_one_by_one(database: Database) {
    let db = database.open();
    plant(&db).await;
    assert!(!by_bob().changes_anything());
    let item = db
        .write(|tx| {
            tx.change_item(item_id(3), &ItemChange { description: Some("text".into()), ..by_bob() }, at(7))?;
            tx.item(item_id(3))
        })
        .await
        .unwrap()
        .unwrap();
    assert_eq!((item.description.as_deref(), item.revision, item.content_revision), (Some("text"), 2, 1));
    assert_eq!((item.modified_at, item.file_system_modified_at), (at(7), at(3)));
    assert_eq!((item.modified_by.user, item.modified_by.application), (Some((BOB, "Bob".into())), None));
    assert_eq!(item.created_by.user, Some((ANN, "Ann".into())));
    let item = db
        .write(|tx| {
            let change = ItemChange {
                description: Some(String::new()),
                file_system_created_at: Some(at(-5)),
                file_system_modified_at: Some(at(-4)),
                ..ItemChange::default()
            };
            assert!(change.changes_anything());
            tx.change_item(item_id(3), &change, at(8))?;
            tx.item(item_id(3))
        })
        .await
        .unwrap()
        .unwrap();
    assert_eq!((item.description, item.modified_by.user), (None, None));
    assert_eq!((item.file_system_created_at, item.file_system_modified_at), (at(-5), at(-4)));
    let unknown = db.write(|tx| tx.change_item(item_id(99), &by_bob(), at(8))).await.unwrap_err();
    assert_eq!(unknown.code(), Code::ItemNotFound);
}

async fn content_is_replaced(database: Database) {
    let db = database.open();
    plant(&db).await;
    db.write(|tx| {
        adopt(tx, 200)?;
        let change = ItemChange { file_system_modified_at: Some(at(9)), ..by_bob() };
        tx.replace_content(item_id(3), &facet(200), 200, &change, at(8))
    })
    .await
    .unwrap();
    db.read(|tx| {
        let report = tx.item(item_id(3))?.unwrap();
        assert_eq!((report.file(), report.size), (Some(&facet(200)), 200));
        assert_eq!((report.revision, report.content_revision, report.modified_at), (2, 2, at(8)));
        assert_eq!((report.file_system_created_at, report.file_system_modified_at), (at(2), at(9)));
        assert_eq!((size(tx, ROOT), size(tx, item_id(2))), ((205, 1), (200, 1)));
        Ok(())
    })
    .await
    .unwrap();
    let folder = db.write(|tx| tx.replace_content(item_id(1), &facet(200), 200, &by_bob(), at(8))).await.unwrap_err();
    assert_eq!(folder.code(), Code::ItemNotFound);
    assert_sound(&db).await;
}

async fn items_are_renamed(database: Database) {
    let db = database.open();
    plant(&db).await;
    db.write(|tx| tx.rename_or_move(item_id(4), item_id(1), "NOTES.txt", "notes.txt", &by_bob(), at(8))).await.unwrap();
    let taken = db.write(|tx| tx.rename_or_move(item_id(4), item_id(1), "2027", "2027", &by_bob(), at(8))).await;
    assert_eq!(taken.unwrap_err().code(), Code::NameAlreadyExists);
    let root = db.write(|tx| tx.rename_or_move(ROOT, item_id(1), "x", "x", &by_bob(), at(8))).await;
    assert!(root.is_err());
    db.read(|tx| {
        let notes = tx.child(item_id(1), "notes.txt")?.unwrap();
        assert_eq!((notes.name.as_str(), notes.revision, notes.content_revision), ("NOTES.txt", 2, 1));
        assert_eq!(size(tx, item_id(1)), (15, 2));
        Ok(())
    })
    .await
    .unwrap();
    assert_sound(&db).await;
}

async fn items_are_moved_and_weighed(database: Database) {
    let db = database.open();
    plant(&db).await;
    db.write(|tx| {
        tx.insert_item(&folder(5, ROOT, "Other"))?;
        tx.rename_or_move(item_id(2), item_id(5), "Moved", "moved", &by_bob(), at(8))
    })
    .await
    .unwrap();
    db.read(|tx| {
        assert_eq!((size(tx, ROOT), size(tx, item_id(1)), size(tx, item_id(5))), ((15, 2), (5, 1), (10, 1)));
        let keys = ["other", "moved", "report.txt"].map(str::to_owned);
        assert_eq!(tx.resolve_path(ROOT, &keys)?.map(|item| item.id), Some(item_id(3)));
        Ok(())
    })
    .await
    .unwrap();
    assert_sound(&db).await;
}

async fn impossible_places_are_refused(database: Database) {
    let db = database.open();
    plant(&db).await;
    let other_root = ItemId::from_uuid(Uuid::from_u128(0x4001));
    let other = Drive { id: DriveId::business(Uuid::from_u128(0x5001)), root: other_root, ..drive() };
    db.write(move |tx| tx.insert_drive(&other, at(0))).await.unwrap();
    for (what, place) in [
        ("itself", item_id(1)),
        ("below itself", item_id(2)),
        ("a file", item_id(4)),
        ("another drive", other_root),
        ("nowhere", item_id(99)),
    ] {
        let error = db.write(move |tx| tx.rename_or_move(item_id(1), place, "x", "x", &by_bob(), at(8))).await;
        assert_eq!(error.unwrap_err().code(), Code::InvalidRequest, "{what}");
    }
    assert_sound(&db).await;
}

async fn the_recycle_bin_takes_what_lies_below(database: Database) {
    let db = database.open();
    plant(&db).await;
    db.write(|tx| tx.trash(item_id(1), at(20))).await.unwrap();
    let again = db.write(|tx| tx.trash(item_id(1), at(21))).await.unwrap_err();
    assert_eq!(again.code(), Code::ItemNotFound);
    assert_eq!(db.write(|tx| tx.trash(ROOT, at(21))).await.unwrap_err().code(), Code::ItemNotFound);
    db.write(|tx| {
        assert_eq!(size(tx, ROOT), (0, 0));
        assert_eq!(tx.item(item_id(1))?.unwrap().deleted_at, Some(at(20)));
        assert!(!tx.chain(item_id(3))?.unwrap().is_live());
        // The name is free again, and what happens in the bin doesn't weigh outside of it.
        tx.insert_item(&folder(7, ROOT, "docs"))?;
        tx.trash(item_id(4), at(22))?;
        assert_eq!((size(tx, ROOT), size(tx, item_id(1))), ((0, 1), (10, 1)));
        Ok(())
    })
    .await
    .unwrap();
    assert_sound(&db).await;
}

async fn inheritance_is_switched(database: Database) {
    let db = database.open();
    plant(&db).await;
    db.write(|tx| tx.set_inherits(item_id(3), false)).await.unwrap();
    db.read(|tx| {
        assert_eq!(tx.item(item_id(3))?.unwrap().revision, 1);
        let inherits: Vec<_> = tx.chain(item_id(3))?.unwrap().items.iter().map(|item| item.inherits).collect();
        assert_eq!(inherits, [false, true, true, true]);
        Ok(())
    })
    .await
    .unwrap();
}

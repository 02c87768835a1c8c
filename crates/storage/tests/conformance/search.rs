//! What is found, whatever was done to the items, and however far the index has come.

use driveway_core::id::{DriveId, GroupId, ItemId};
use driveway_core::permission::{Grantee, LinkScope, Role};
use driveway_core::search::{Query, words};
use driveway_storage::{Db, ItemChange, Redemption, SearchFor};
use proptest::prelude::*;
use uuid::Uuid;

use crate::backend::{Database, on_every_database, sqlite};
use crate::world::*;

on_every_database! {
    names_are_found_before_and_after_the_index_has_them
    a_drive_is_searched_alone
    contents_are_found_as_they_are_now
    pages_leave_nothing_out_and_nothing_twice
    what_is_purged_leaves_no_words
    what_was_there_before_the_index_comes_into_it
    rights_are_known_by_whoever_holds_them
    what_lies_below_is_searched_one_by_one
    people_follow_items_until_they_are_gone
    changes_are_listed_newest_first
}

fn look(text: &str, in_texts: bool) -> SearchFor {
    SearchFor { drives: vec![drive_id()], among: Vec::new(), query: Query::parse(text).unwrap(), in_texts }
}

/// Everything that matches, page by page.
async fn found_by(db: &Db, what: SearchFor, page: u32) -> Vec<ItemId> {
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let looking = what.clone();
        let matches = db.read(move |tx| tx.search(&looking, before, page)).await.unwrap();
        assert!(matches.found.len() <= page as usize);
        all.extend(matches.found.iter().map(|found| found.item));
        before = matches.next;
        if before.is_none() {
            return all;
        }
    }
}

async fn found(db: &Db, text: &str) -> Vec<ItemId> {
    found_by(db, look(text, true), 10).await
}

async fn index(db: &Db) {
    while db.write(|tx| tx.index_names(3)).await.unwrap() > 0 {}
}

/// Takes a text for the content of every file that is due.
async fn index_texts(db: &Db, text: &'static str) -> usize {
    let due = db.read(|tx| tx.due_texts(0, 100)).await.unwrap();
    let all: Vec<String> = words(text).collect();
    for one in due.clone() {
        let words = all.clone();
        assert!(db.write(move |tx| tx.index_text(&one, Some(&words))).await.unwrap());
    }
    due.len()
}

async fn names_are_found_before_and_after_the_index_has_them(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        tx.insert_item(&folder(1, ROOT, "Annual Reports"))?;
        insert_file(tx, &file(2, item_id(1), "Q3_report-final.csv", 7))?;
        insert_file(tx, &file(3, item_id(1), "BudgetReport2026.xlsx", 7))
    })
    .await
    .unwrap();
    for is_indexed in [false, true] {
        if is_indexed {
            index(&db).await;
        }
        assert_eq!(found(&db, "rep").await, [item_id(3), item_id(2), item_id(1)]);
        assert_eq!(found(&db, "csv Q3").await, [item_id(2)]);
        assert_eq!(found(&db, "\"annual reports\"").await, [item_id(1)]);
        assert_eq!(found(&db, "\"reports annual\"").await, []);
        assert_eq!(found(&db, "budgetreport2026").await, [item_id(3)]);
        assert_eq!(found(&db, "budgetreport2025").await, []);
        assert_eq!(found(&db, "*").await, [item_id(3), item_id(2), item_id(1)]);
        assert_eq!(found(&db, "-_-").await, []);
    }
    let by = ItemChange::by(Some(ANN), None);
    db.write(move |tx| tx.rename_or_move(item_id(2), item_id(1), "notes.txt", "notes.txt", &by, at(9))).await.unwrap();
    for is_indexed in [false, true] {
        if is_indexed {
            index(&db).await;
        }
        assert_eq!(found(&db, "notes").await, [item_id(2)]);
        assert_eq!(found(&db, "q3").await, []);
    }
    assert_eq!(db.read(|tx| tx.check()).await.unwrap(), []);
}

async fn a_drive_is_searched_alone(database: Database) {
    let db = database.open();
    settle(&db).await;
    let other = DriveId::business(Uuid::from_u128(0x5001));
    let (there, root) = (other.clone(), item_id(900));
    db.write(move |tx| {
        let drive = driveway_core::drive::Drive { id: there.clone(), root, ..drive() };
        tx.insert_drive(&drive, at(0))?;
        tx.insert_item(&driveway_storage::NewItem { drive: there.clone(), ..folder(1, root, "plan") })?;
        tx.insert_item(&folder(2, ROOT, "plan"))
    })
    .await
    .unwrap();
    for _ in 0..2 {
        assert_eq!(found(&db, "plan").await, [item_id(2)]);
        let both = SearchFor { drives: vec![drive_id(), other.clone()], ..look("plan", true) };
        assert_eq!(found_by(&db, both, 1).await, [item_id(2), item_id(1)]);
        let many = (0..500).map(|number| DriveId::business(Uuid::from_u128(0x5000 + number))).collect();
        let many = SearchFor { drives: many, ..look("plan", true) };
        assert_eq!(found_by(&db, many, 9).await, [item_id(2), item_id(1)]);
        assert_eq!(found_by(&db, SearchFor { drives: Vec::new(), ..look("plan", true) }, 9).await, []);
        index(&db).await;
    }
}

async fn contents_are_found_as_they_are_now(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| insert_file(tx, &file(1, ROOT, "notes.txt", 7))).await.unwrap();
    assert_eq!(index_texts(&db, "The harbour master signs the annual budget").await, 1);
    assert_eq!(index_texts(&db, "").await, 0);
    assert_eq!(found(&db, "harb").await, [item_id(1)]);
    assert_eq!(found(&db, "notes BUDGET").await, [item_id(1)], "name and content together");
    assert_eq!(found(&db, "\"annual budget\"").await, [item_id(1)]);
    assert_eq!(found(&db, "\"budget annual\"").await, []);
    assert_eq!(found_by(&db, look("harb", false), 9).await, [], "names only");
    let by_name = db.read(|tx| tx.search(&look("notes", true), None, 9)).await.unwrap().found;
    assert!(by_name.len() == 1 && by_name[0].by_name);
    let by_text = db.read(|tx| tx.search(&look("harbour", true), None, 9)).await.unwrap().found;
    assert!(by_text.len() == 1 && !by_text[0].by_name);
    // What was replaced isn't found any more, though the index has still to follow; and what was read of it comes too late.
    let stale = db.read(|tx| tx.due_texts(0, 9)).await.unwrap();
    assert!(stale.is_empty());
    let replace = |content: u8| {
        db.write(move |tx| {
            adopt(tx, content)?;
            let by = ItemChange::by(Some(ANN), None);
            tx.replace_content(item_id(1), &facet(content), content.into(), &by, at(9))
        })
    };
    replace(8).await.unwrap();
    assert_eq!(found(&db, "harbour").await, []);
    let late = db.read(|tx| tx.due_texts(0, 9)).await.unwrap().remove(0);
    replace(9).await.unwrap();
    assert!(!db.write(move |tx| tx.index_text(&late, Some(&["harbour".to_owned()]))).await.unwrap());
    assert_eq!(found(&db, "harbour").await, []);
    index_texts(&db, "pier").await;
    assert_eq!((found(&db, "harbour").await, found(&db, "pier").await), (vec![], vec![item_id(1)]));
    // A content that is no text has no words.
    replace(7).await.unwrap();
    let due = db.read(|tx| tx.due_texts(0, 9)).await.unwrap().remove(0);
    assert!(db.write(move |tx| tx.index_text(&due, None)).await.unwrap());
    assert_eq!(found(&db, "pier").await, []);
}

async fn pages_leave_nothing_out_and_nothing_twice(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        for number in 0..60 {
            let name = if number % 3 == 0 { format!("plan {number}") } else { format!("plenty {number}") };
            insert_file(tx, &file(number, ROOT, &format!("{name}.txt"), 7))?;
        }
        Ok(())
    })
    .await
    .unwrap();
    // Half of the names are in the index, and some of the contents.
    db.write(|tx| tx.index_names(30)).await.unwrap();
    for one in db.read(|tx| tx.due_texts(20, 15)).await.unwrap() {
        assert!(db.write(move |tx| tx.index_text(&one, Some(&["plan".to_owned()]))).await.unwrap());
    }
    let whole = found_by(&db, look("plan", true), 1000).await;
    assert!(whole.len() > 25 && whole.is_sorted_by(|one, next| one > next), "{whole:?}");
    for page in [1, 2, 7, 30] {
        assert_eq!(found_by(&db, look("plan", true), page).await, whole, "{page}");
        assert_eq!(found_by(&db, look("*", true), page).await.len(), 60);
    }
}

async fn what_is_purged_leaves_no_words(database: Database) {
    let db = database.open();
    seal_trails(&db);
    settle(&db).await;
    let make = |number: u128, name: &'static str| db.write(move |tx| insert_file(tx, &file(number, ROOT, name, 7)));
    make(1, "plan.txt").await.unwrap();
    index(&db).await;
    index_texts(&db, "harbour").await;
    db.write(|tx| {
        tx.trash(item_id(1), at(5))?;
        tx.condemn(item_id(1), None, None)?;
        tx.purge(10, at(6)).map(drop)
    })
    .await
    .unwrap();
    assert_eq!((found(&db, "plan").await, found(&db, "harbour").await), (vec![], vec![]));
    index(&db).await;
    // Its number may come again; its words don't.
    make(2, "other.txt").await.unwrap();
    index(&db).await;
    index_texts(&db, "pier").await;
    assert_eq!((found(&db, "plan").await, found(&db, "harbour").await), (vec![], vec![]));
    assert_eq!((found(&db, "other").await, found(&db, "pier").await), (vec![item_id(2)], vec![item_id(2)]));
    assert_eq!(db.read(|tx| tx.check()).await.unwrap(), []);
}

/// As after an update from a version without search.
async fn what_was_there_before_the_index_comes_into_it(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        tx.insert_item(&folder(1, ROOT, "plans"))?;
        insert_file(tx, &file(2, item_id(1), "plan.txt", 7))
    })
    .await
    .unwrap();
    drop(db);
    database.tamper(
        "DROP TABLE search_names; DROP TABLE search_texts; DROP TABLE search_items; DROP TABLE follows;
         DROP INDEX items_changed_by; DELETE FROM migrations WHERE name LIKE '0020%';",
    );
    let db = database.open();
    for _ in 0..2 {
        assert_eq!(found(&db, "plan").await, [item_id(2), item_id(1)]);
        index(&db).await;
    }
    assert_eq!(index_texts(&db, "harbour").await, 1, "of files, and not of folders");
    assert_eq!(found(&db, "harbour").await, [item_id(2)]);
    assert_eq!(db.read(|tx| tx.check()).await.unwrap(), []);
}

async fn rights_are_known_by_whoever_holds_them(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| tx.insert_item(&folder(1, ROOT, "a"))).await.unwrap();
    let crew = GroupId::from_uuid(Uuid::from_u128(7));
    let held = |groups: Vec<GroupId>| async {
        let held = db.read(move |tx| tx.rights_held(BOB, &groups, 9)).await.unwrap();
        assert!(held.iter().all(|right| right.drive == drive_id() && right.is_root == (right.item == ROOT)));
        held.into_iter().map(|right| right.item).collect::<Vec<ItemId>>()
    };
    assert!(held(vec![crew]).await.is_empty());
    let grant_to = |number: u128, item: ItemId, grantee: Grantee| {
        db.write(move |tx| tx.insert_permission(&grant(number, item, grantee, Role::Read), None).map(drop))
    };
    grant_to(1, ROOT, Grantee::Group(crew)).await.unwrap();
    assert_eq!(held(vec![crew]).await, [ROOT]);
    assert!(held(Vec::new()).await.is_empty());
    db.write(|tx| {
        let link = link(2, item_id(1), LinkScope::Anonymous);
        tx.insert_permission(&link, Some(&slot(&link)))?;
        tx.redeem_link(&Redemption { link: link.id, password_version: None }, BOB, at(3))
    })
    .await
    .unwrap();
    assert_eq!(held(Vec::new()).await, [item_id(1)]);
    grant_to(3, ROOT, Grantee::User(BOB)).await.unwrap();
    assert_eq!(held(vec![crew]).await, [ROOT, item_id(1)], "each once");
}

async fn what_lies_below_is_searched_one_by_one(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        tx.insert_item(&folder(1, ROOT, "plan"))?;
        tx.insert_item(&folder(2, item_id(1), "plan inside"))?;
        insert_file(tx, &file(3, item_id(2), "notes.txt", 7))?;
        insert_file(tx, &file(4, item_id(1), "plan.txt", 7))?;
        insert_file(tx, &file(5, ROOT, "plan.txt", 7))
    })
    .await
    .unwrap();
    index(&db).await;
    index_texts(&db, "harbour plan").await;
    let below = || db.read(|tx| tx.items_below(item_id(1), 10));
    let among = |mut among: Vec<driveway_storage::Candidate>, text: &str| {
        among.sort_by_key(|one| std::cmp::Reverse(one.number));
        found_by(&db, SearchFor { drives: Vec::new(), among, ..look(text, true) }, 2)
    };
    let all = below().await.unwrap();
    assert_eq!(among(all.clone(), "plan").await, [item_id(4), item_id(3), item_id(2)]);
    assert_eq!(among(all.clone(), "inside").await, [item_id(2)]);
    assert_eq!(among(all.clone(), "*").await.len(), 3);
    assert_eq!(among(all, "--").await, []);
    assert_eq!(db.read(|tx| tx.items_below(item_id(1), 2)).await.unwrap().len(), 2);
    db.write(|tx| tx.trash(item_id(2), at(5))).await.unwrap();
    assert_eq!(among(below().await.unwrap(), "plan").await, [item_id(4)]);
    let own = db.read(|tx| tx.search_candidate(item_id(5))).await.unwrap().unwrap();
    assert_eq!(own.name, "plan.txt");
}

async fn people_follow_items_until_they_are_gone(database: Database) {
    let db = database.open();
    seal_trails(&db);
    settle(&db).await;
    db.write(|tx| {
        for number in 1..4 {
            tx.insert_item(&folder(number, ROOT, &format!("folder {number}")))?;
            tx.follow(ANN, item_id(number), at(5))?;
        }
        tx.follow(ANN, item_id(1), at(6))?;
        tx.follow(BOB, item_id(3), at(6))
    })
    .await
    .unwrap();
    let list = |after, limit| db.read(move |tx| tx.followed_items(ANN, after, limit));
    assert_eq!(list(None, 2).await.unwrap(), [item_id(1), item_id(2)]);
    assert_eq!(list(Some(item_id(2)), 2).await.unwrap(), [item_id(3)]);
    assert_eq!(db.read(|tx| tx.count_follows(ANN)).await.unwrap(), 3);
    assert!(db.write(|tx| tx.unfollow(ANN, item_id(2))).await.unwrap());
    assert!(!db.write(|tx| tx.unfollow(ANN, item_id(2))).await.unwrap());
    assert!(!db.read(|tx| tx.follows(ANN, item_id(2))).await.unwrap());
    db.write(|tx| {
        tx.trash(item_id(3), at(7))?;
        tx.condemn(item_id(3), None, None)?;
        tx.purge(10, at(8)).map(drop)
    })
    .await
    .unwrap();
    assert_eq!(list(None, 9).await.unwrap(), [item_id(1)]);
    assert_eq!(db.read(|tx| tx.count_follows(BOB)).await.unwrap(), 0);
}

async fn changes_are_listed_newest_first(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        tx.insert_item(&folder(9, ROOT, "folder"))?;
        for number in 1..4 {
            insert_file(tx, &file(number, ROOT, &format!("{number}.txt"), 7))?;
        }
        tx.change_item(item_id(1), &ItemChange::by(Some(ANN), None), at(7))?;
        tx.change_item(item_id(2), &ItemChange::by(Some(BOB), None), at(8))
    })
    .await
    .unwrap();
    assert_eq!(db.read(|tx| tx.changed_by(ANN, 9)).await.unwrap(), [item_id(1), item_id(3)]);
    assert_eq!(db.read(|tx| tx.changed_by(BOB, 9)).await.unwrap(), [item_id(2)]);
    db.write(|tx| tx.trash(item_id(1), at(9))).await.unwrap();
    assert_eq!(db.read(|tx| tx.changed_by(ANN, 1)).await.unwrap(), [item_id(3)]);
}

/// What is done to a list of names.
#[derive(Debug, Clone)]
enum Act {
    Add(String),
    Rename(usize, String),
    Index(u32),
}

fn any_name() -> impl Strategy<Value = String> {
    proptest::collection::vec(prop_oneof!["[ab]{1,3}", "[Aä][bB]{1,2}[0-9]?", "報告?"], 1..4)
        .prop_map(|words| words.join("_"))
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => any_name().prop_map(Act::Add),
        2 => (any::<usize>(), any_name()).prop_map(|(at, name)| Act::Rename(at, name)),
        1 => (1..9_u32).prop_map(Act::Index),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever was added and renamed, and however far the index has come: what is found is what has the words.
    #[test]
    fn what_is_found_is_what_has_the_words(
        acts in proptest::collection::vec(any_act(), 1..40),
        queries in proptest::collection::vec("[abAB報告]{1,2}( [ab]{1,2})?|\"a[ab]? b\"", 3),
        page in 1..9_u32,
    ) {
        let database = sqlite();
        let db = database.open();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            settle(&db).await;
            let mut names: Vec<String> = Vec::new();
            for (step, act) in acts.into_iter().enumerate() {
                // Siblings have names of their own.
                let unique = |name: String| format!("{name}.{step}");
                match act {
                    Act::Add(name) => {
                        names.push(unique(name));
                        let new = folder(names.len() as u128 - 1, ROOT, names.last().unwrap());
                        db.write(move |tx| tx.insert_item(&new)).await.unwrap();
                    }
                    Act::Rename(at, name) if !names.is_empty() => {
                        let at = at % names.len();
                        names[at] = unique(name);
                        let (id, name) = (item_id(at as u128), names[at].clone());
                        let by = ItemChange::by(Some(ANN), None);
                        db.write(move |tx| tx.rename_or_move(id, ROOT, &name, &name.to_lowercase(), &by, crate::world::at(9)))
                            .await
                            .unwrap();
                    }
                    Act::Rename(..) => {}
                    Act::Index(limit) => drop(db.write(move |tx| tx.index_names(limit)).await.unwrap()),
                }
            }
            for text in &queries {
                let query = Query::parse(text).unwrap();
                let has_them = |at: &usize| query.matches_name(&names[*at]);
                let wanted: Vec<ItemId> =
                    (0..names.len()).rev().filter(has_them).map(|at| item_id(at as u128)).collect();
                prop_assert_eq!(found_by(&db, look(text, true), page).await, wanted, "{}", text);
            }
            Ok(())
        })?;
    }
}

//! That what is asked all day is answered from indexes: a page of a folder and a look-up by path cost at a million items what
//! they cost at a thousand.

use std::cell::RefCell;

use driveway_core::id::{DriveId, ItemId};
use driveway_core::listing::{Order, Place, SortKey};
use rusqlite::Connection;
use uuid::Uuid;

use crate::db::{Driver, EachRow, Sqlite, Value, migrate};
use crate::error::Result;
use crate::tx::Tx;

/// Runs statements, and writes down how SQLite goes about each of them.
struct Explained<'c> {
    inner: Sqlite<'c>,
    connection: &'c Connection,
    plans: RefCell<Vec<String>>,
}

impl Explained<'_> {
    fn explain(&self, sql: &str) {
        let mut statement = self.connection.prepare(&format!("EXPLAIN QUERY PLAN {}", sql.replace('$', "?"))).unwrap();
        let steps: Vec<String> =
            statement.raw_query().mapped(|row| row.get::<_, String>(3)).map(|step| step.unwrap()).collect();
        self.plans.borrow_mut().push(format!("{sql}\n{}", steps.join("\n")));
    }
}

impl Driver for Explained<'_> {
    fn query(&mut self, sql: &'static str, values: &[Value<'_>], each: &mut EachRow<'_>) -> Result<()> {
        self.explain(sql);
        self.inner.query(sql, values, each)
    }

    fn execute(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64> {
        self.explain(sql);
        self.inner.execute(sql, values)
    }

    fn batch(&mut self, sql: &str) -> Result<()> {
        self.inner.batch(sql)
    }

    fn begin(&mut self, writes: bool) -> Result<()> {
        self.inner.begin(writes)
    }

    fn is_open(&self) -> bool {
        self.inner.is_open()
    }

    fn integrity(&mut self) -> Result<Vec<String>> {
        self.inner.integrity()
    }
}

/// The plans of what is asked, one for each statement.
fn plans(ask: impl FnOnce(&mut Tx<'_>) -> driveway_core::Result<()>) -> Vec<String> {
    let connection = Connection::open_in_memory().unwrap();
    let mut inner = Sqlite::new(&connection);
    migrate(&mut inner).unwrap();
    let mut driver = Explained { inner, connection: &connection, plans: RefCell::default() };
    ask(&mut Tx::new(&mut driver)).unwrap();
    driver.plans.into_inner()
}

/// What reads a table from end to end, or sorts what it has read.
fn is_slow(plan: &str) -> bool {
    let (_, steps) = plan.split_once('\n').unwrap();
    plan.lines().any(|step| step.starts_with("SCAN ") && step != "SCAN up") || steps.contains("USE TEMP B-TREE")
}

fn item(number: u128) -> ItemId {
    ItemId::from_uuid(Uuid::from_u128(number))
}

#[test]
fn a_page_of_a_folder_is_read_from_an_index_in_its_order() {
    for (by, index) in [
        (SortKey::Name, "items_live_names (parent_id=?"),
        (SortKey::Created, "items_of_parent (parent_id=?"),
        (SortKey::Modified, "items_by_change (parent_id=?"),
    ] {
        for descending in [false, true] {
            let order = Order { by, descending };
            let place = if by == SortKey::Name { Place::Name("m".into()) } else { Place::Number(5, item(2)) };
            for after in [None, Some(&place)] {
                let plans = plans(|tx| tx.children_in_order(item(1), order, after, 100).map(drop));
                assert!(plans.iter().all(|plan| !is_slow(plan)), "{order:?}: {}", plans.join("\n"));
                assert!(plans.iter().all(|plan| plan.contains(index)), "{order:?}: {}", plans.join("\n"));
            }
        }
    }
}

#[test]
fn a_page_by_size_looks_at_the_folder_and_at_nothing_else() {
    let order = Order { by: SortKey::Size, descending: true };
    let plans = plans(|tx| tx.children_in_order(item(1), order, None, 100).map(drop));
    assert!(plans.iter().all(|plan| !plan.lines().any(|step| step.starts_with("SCAN "))), "{}", plans.join("\n"));
}

#[test]
fn a_path_a_chain_and_a_full_bin_are_looked_up_and_not_searched() {
    let drive = DriveId::personal(Uuid::from_u128(1));
    let names = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
    let asked = plans(|tx| {
        tx.resolve_path(item(1), &names)?;
        tx.item(item(1))?;
        tx.child(item(1), "a")?;
        tx.chain(item(1))?;
        tx.cut_off_children(item(1))?;
        tx.recycle_bin(&drive, None, 100)?;
        tx.recycled_bytes(&drive).map(drop)
    });
    for plan in &asked {
        assert!(!is_slow(plan), "{plan}");
    }
    assert!(asked.last().unwrap().contains("USING COVERING INDEX items_in_bin"), "{asked:?}");
}

//! Whatever is done to a tree, its sums stay right.

use driveway_core::id::ItemId;
use driveway_storage::{ItemChange, Tx};
use proptest::prelude::*;

use crate::backend::{Database, sqlite};
use crate::world::*;

/// What is done, with items by their number; the root is 0.
#[derive(Debug, Clone)]
enum Act {
    Folder { parent: usize, name: u8 },
    File { parent: usize, name: u8, content: u8 },
    Move { item: usize, parent: usize, name: u8 },
    Replace { item: usize, content: u8 },
    Trash { item: usize },
    Restore { item: usize, parent: usize, name: u8 },
    Purge { item: usize },
}

fn any_act() -> impl Strategy<Value = Act> {
    let (item, parent, name, content) = (0..20_usize, 0..20_usize, 0..6_u8, 1..9_u8);
    prop_oneof![
        3 => (parent.clone(), name.clone()).prop_map(|(parent, name)| Act::Folder { parent, name }),
        3 => (parent.clone(), name.clone(), content.clone())
            .prop_map(|(parent, name, content)| Act::File { parent, name, content }),
        3 => (item.clone(), parent.clone(), name.clone())
            .prop_map(|(item, parent, name)| Act::Move { item, parent, name }),
        2 => (item.clone(), parent, name).prop_map(|(item, parent, name)| Act::Restore { item, parent, name }),
        1 => item.clone().prop_map(|item| Act::Purge { item }),
        1 => (item.clone(), content).prop_map(|(item, content)| Act::Replace { item, content }),
        1 => item.prop_map(|item| Act::Trash { item }),
    ]
}

fn pick(items: &[ItemId], number: usize) -> ItemId {
    items[number % items.len()]
}

/// Does it, as far as it can be done; what can't is refused and leaves no trace.
fn act(tx: &mut Tx<'_>, act: &Act, items: &mut Vec<ItemId>) -> driveway_core::Result<()> {
    let next = items.len() as u128;
    let change = ItemChange::by(Some(ANN), None);
    match *act {
        Act::Folder { parent, name } => tx.insert_item(&folder(next, pick(items, parent), &name.to_string()))?,
        Act::File { parent, name, content } => {
            insert_file(tx, &file(next, pick(items, parent), &name.to_string(), content))?;
        }
        Act::Move { item, parent, name } => {
            let name = name.to_string();
            tx.rename_or_move(pick(items, item), pick(items, parent), &name, &name, &change, at(5))?;
        }
        Act::Replace { item, content } => {
            adopt(tx, content)?;
            tx.replace_content(pick(items, item), &facet(content), content.into(), &change, at(5))?;
        }
        Act::Trash { item } => tx.trash(pick(items, item), at(5))?,
        Act::Restore { item, parent, name } => {
            let name = name.to_string();
            tx.restore(pick(items, item), pick(items, parent), &name, &name, &change, at(6))?;
        }
        Act::Purge { item } => {
            tx.condemn(pick(items, item), None, None)?;
            while tx.purge(2, at(9))? {}
        }
    }
    if matches!(act, Act::Folder { .. } | Act::File { .. }) {
        items.push(item_id(next));
    }
    Ok(())
}

fn run(database: &Database, acts: Vec<Act>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let db = database.open();
        settle(&db).await;
        let mut items = vec![ROOT];
        for step in acts {
            let known = items.clone();
            let done = db
                .write(move |tx| {
                    let mut items = known.clone();
                    // Files hold nothing: the operations above this layer see to that before they insert.
                    if let Act::Folder { parent, .. } | Act::File { parent, .. } = &step
                        && !tx.item(pick(&items, *parent))?.is_some_and(|parent| parent.is_folder())
                    {
                        return Ok(items);
                    }
                    act(tx, &step, &mut items).map(|()| items)
                })
                .await;
            items = done.unwrap_or(items);
        }
        assert_sound(&db).await;
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn sums_stay_right(acts in proptest::collection::vec(any_act(), 1..60)) {
        run(&sqlite(), acts);
    }
}

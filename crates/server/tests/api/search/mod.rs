//! Search: what is found, by whom, and what never is.

mod contents;
mod names;
mod query;
mod random;
mod reach;

use driveway::ops::search_index;
use driveway_core::drive::Drive;
use driveway_core::id::ItemId;
use driveway_storage::{NewFacet, NewItem};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::steps::names;
use crate::support::{Actor, TestServer};

/// Lets the job that follows changes come to its end.
async fn index(server: &TestServer) {
    search_index::catch_up(&server.app).await.unwrap();
}

/// A search on something that has an address.
fn search_at(place: &str, text: &str) -> String {
    format!("{place}/search(q='{}')", utf8_percent_encode(&text.replace('\'', "''"), NON_ALPHANUMERIC))
}

/// The names that somebody finds, in alphabetical order.
async fn found(actor: &Actor, place: &str, text: &str) -> Vec<String> {
    let answer = actor.get(&search_at(place, text)).await.expect(200).json();
    assert!(answer.get("@odata.nextLink").is_none(), "{answer}");
    let mut names = names(&answer);
    names.sort();
    names
}

/// The hits of a search over everything.
async fn hits(actor: &Actor, request: Value) -> Vec<Value> {
    let answer = actor.post("/v1.0/search/query", &serde_json::json!({ "requests": [request] })).await;
    let container = answer.expect(200).json()["value"][0]["hitsContainers"][0].clone();
    container["hits"].as_array().unwrap().clone()
}

/// Puts many folders into a folder at once, named by a word and the number that is their id.
pub async fn many(server: &TestServer, drive: &Drive, parent: ItemId, word: &'static str, ids: std::ops::Range<u128>) {
    let (drive, now) = (drive.id.clone(), server.app.clock.now());
    let made = server.app.db.write(move |tx| {
        ids.clone().try_for_each(|id| {
            let name = format!("{word} {id}");
            tx.insert_item(&NewItem {
                id: ItemId::from_uuid(uuid::Uuid::from_u128(id)),
                drive: drive.clone(),
                parent,
                name_key: name.clone(),
                name,
                facet: NewFacet::Folder,
                author_user: None,
                author_application: None,
                created_at: now,
                file_system_created_at: now,
                file_system_modified_at: now,
            })
        })
    });
    made.await.unwrap();
}

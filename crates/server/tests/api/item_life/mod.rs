//! The life of items as far as links depend on it: versions, check-out, the recycle bin, copies, moves.

mod checkout;
mod copy;
mod moves;
mod recycle_bin;
mod versions;

use crate::support::Actor;

/// The versions of an item: their ids, newest first.
async fn versions(actor: &Actor, item: &str) -> Vec<String> {
    let list = actor.get(&format!("{item}/versions")).await.expect(200).json();
    list["value"].as_array().unwrap().iter().map(|version| version["id"].as_str().unwrap().to_owned()).collect()
}

/// What an address delivers, by its redirect.
async fn bytes(actor: &Actor, address: &str) -> String {
    let to = crate::steps::location(&actor.get(address).await);
    actor.get(&to).await.expect(200).text()
}

//! Tags: what guards a change against another one in between.

use serde_json::{Value, json};

use crate::steps::{at, id, put};
use crate::support::TestServer;

fn tag(item: &Value, name: &str) -> String {
    item[name].as_str().unwrap().to_owned()
}

/// The tags that hold: both kinds, weak ones too, one of several, and the star.
fn that_hold(item: &Value) -> [String; 6] {
    let (e_tag, c_tag) = (tag(item, "eTag"), tag(item, "cTag"));
    [
        e_tag.clone(),
        c_tag.clone(),
        format!("W/{e_tag}"),
        format!("W/{c_tag}"),
        format!("\"x\", {e_tag}"),
        "*".to_owned(),
    ]
}

#[tokio::test]
async fn either_tag_guards_every_change_of_an_item() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let mut item = put(&alice, "a.txt", "one").await;
    let address = format!("/v1.0/me/drive/items/{}", id(&item));
    for n in 0..6 {
        let held = alice.with("if-match", &that_hold(&item)[n]);
        item = held.patch(&address, &json!({ "description": format!("{n}") })).await.expect(200).json();
        let held = alice.with("if-match", &that_hold(&item)[n]);
        held.post(&format!("{address}/createUploadSession"), &json!({})).await.expect(200);
        item = held.put(&format!("{address}/content"), format!("{n}")).await.expect(200).json();
    }
    let stale = alice.with("if-match", "\"{00000000-0000-0000-0000-000000000000},1\"");
    stale.patch(&address, &json!({ "name": "b.txt" })).await.error(412, "resourceModified");
    stale.put(&format!("{address}/content"), "x").await.error(412, "resourceModified");
    stale.post(&format!("{address}/createUploadSession"), &json!({})).await.error(412, "resourceModified");
    stale.delete(&address).await.error(412, "resourceModified");
    assert_eq!(alice.get(&address).await.expect(200).json()["eTag"], item["eTag"], "nothing changed");
    for n in 0..6 {
        let doomed = put(&alice, "doomed.txt", "x").await;
        let address = format!("/v1.0/me/drive/items/{}", id(&doomed));
        alice.with("if-match", &that_hold(&doomed)[n]).delete(&address).await.expect(204);
    }
}

#[tokio::test]
async fn a_star_in_if_none_match_takes_new_files_only() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let new = alice.with("if-none-match", "*");
    new.put(&format!("{}/content", at("fresh.txt")), "x").await.expect(201);
    new.put(&format!("{}/content", at("fresh.txt")), "y").await.error(412, "resourceModified");
    new.post(&format!("{}/createUploadSession", at("fresh.txt")), &json!({})).await.error(412, "resourceModified");
    let item = alice.get(&at("fresh.txt")).await.expect(200).json();
    assert_eq!(item["size"], 1);
    for name in ["eTag", "cTag"] {
        alice.with("if-none-match", &tag(&item, name)).get(&at("fresh.txt")).await.expect(304);
        let weak = format!("W/{}", tag(&item, name));
        alice.with("if-none-match", &weak).get(&format!("{}/content", at("fresh.txt"))).await.expect(304);
    }
}

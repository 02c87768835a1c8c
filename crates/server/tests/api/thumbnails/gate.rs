//! Who gets thumbnails: whoever may see the file, for as long as they may.

use serde_json::json;

use super::{png, put, set, shown, url};
use crate::steps::{at, id, link, protected, revoke, view};
use crate::support::TestServer;

/// P29: what is derived from a file has the file's gate.
#[tokio::test]
async fn p29_a_thumbnail_by_way_of_a_link_ends_with_the_link() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    let boat = id(&put(&alice, "Boats/boat.png", png(400, 200)).await);
    let outside = id(&put(&alice, "secret.png", png(400, 200)).await);
    let shared = view(&alice, "Boats").await;
    let below = |item: &str| format!("/v1.0/shares/{}/items/{item}", shared.share_id);
    let small = url(&set(&stranger, &below(&boat), "").await["small"]);
    shown(stranger.get(&small).await);
    for rest in ["", "/0", "/0/small", "/0/small/content"] {
        stranger.get(&format!("{}/thumbnails{rest}", below(&outside))).await.error(404, "itemNotFound");
    }
    let listed = stranger.get(&format!("{}?$expand=thumbnails", shared.graph("/children"))).await.expect(200).json();
    shown(stranger.get(&url(&listed["value"][0]["thumbnails"][0]["small"])).await);
    revoke(&alice, "Boats", &shared).await;
    stranger.get(&small).await.error(404, "itemNotFound");
    stranger.get(&format!("{}/thumbnails", below(&boat))).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn p29_a_thumbnail_behind_a_password_asks_for_it_and_ends_with_it() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "boat.png", png(400, 200)).await;
    let shared = protected(&pat, "boat.png", "harbour lights").await;
    stranger.get(&shared.graph("/thumbnails")).await.expect(401);
    let visitor = stranger.with("driveway-link-password", "harbour lights");
    let small = url(&set(&visitor, &shared.graph(""), "").await["small"]);
    shown(stranger.get(&small).await);
    let change = json!({"password": "another one"});
    pat.patch(&format!("/driveway/v1/links/{}", shared.id), &change).await.expect(200);
    stranger.get(&small).await.error(404, "itemNotFound");
}

/// AMB-38: who may look and not download gets what shows what a picture is of, and no copy of it.
#[tokio::test]
async fn amb_38_a_link_that_prevents_downloads_gives_small_thumbnails_only() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "boat.png", png(400, 200)).await;
    let shared = link(&alice, "boat.png", json!({"type": "blocksDownload", "scope": "anonymous"})).await;
    let set = set(&stranger, &shared.graph(""), "").await;
    assert!(set.get("large").is_none() && set["small"]["url"].is_string(), "{set}");
    let medium = url(&set["medium"]);
    shown(stranger.get(&medium).await);
    stranger.get(&medium.replace("/medium", "/large")).await.error(403, "accessDenied");
    stranger.get(&medium.replace("/medium", "/c1600x1600")).await.error(403, "accessDenied");
    for size in ["large", "c400x400"] {
        stranger.get(&shared.graph(&format!("/thumbnails/0/{size}/content"))).await.error(403, "accessDenied");
    }
}

#[tokio::test]
async fn amb_39_a_link_that_takes_files_gives_no_thumbnails() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    let boat = id(&put(&alice, "Boats/boat.png", png(400, 200)).await);
    let shared = link(&alice, "Boats", json!({"type": "createOnly", "scope": "anonymous"})).await;
    let answer = stranger.get(&format!("/v1.0/shares/{}/items/{boat}/thumbnails", shared.share_id)).await;
    assert!(answer.status.is_client_error() && !answer.text().contains("/thumbnail/"), "{}", answer.text());
}

/// A page that shows a thumbnail gives away the thumbnail, and no right to the picture.
#[tokio::test]
async fn a_thumbnails_url_is_good_for_thumbnails_only() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let item = put(&alice, "boat.png", png(400, 200)).await;
    let small = url(&set(&alice, &at("boat.png"), "").await["small"]);
    let ticket = small.split('/').rev().nth(1).unwrap();
    server.anonymous().get(&format!("/download/{ticket}")).await.error(404, "itemNotFound");
    server.anonymous().get(&format!("/preview/{ticket}")).await.expect(404);
    let download = item["@microsoft.graph.downloadUrl"].as_str().unwrap();
    let download = download.rsplit('/').next().unwrap();
    server.anonymous().get(&format!("/thumbnail/{download}/small")).await.error(404, "itemNotFound");
    for forged in [&small.replace(ticket, "x"), &format!("{small}x"), &small.replace("/small", "/huge")] {
        server.anonymous().get(forged).await.error(404, "itemNotFound");
    }
    alice.delete(&at("boat.png")).await.expect(204);
    server.anonymous().get(&small).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn nobody_else_gets_thumbnails() {
    let server = TestServer::start().await;
    let boat = id(&put(&server.alice(), "boat.png", png(40, 20)).await);
    let drive = &server.person("alice@harbour.example").drive.id;
    let address = format!("/v1.0/drives/{drive}/items/{boat}/thumbnails");
    server.bob().get(&address).await.error(404, "itemNotFound");
    server.anonymous().get(&address).await.expect(401);
    server.user("alice@harbour.example", "User.Read").get(&address).await.error(403, "accessDenied");
}

//! P18: nobody finds what they don't reach, by whatever right they come.

use std::collections::BTreeSet;

use driveway_core::id::ItemId;
use driveway_core::permission::Role;
use serde_json::json;

use super::{found, hits, index, many, search_at};
use crate::steps::{at, edit, id, link, names, put, revoke, view};
use crate::support::TestServer;
use crate::support::sharing::{ADMIN, ALICE, BOB};

/// Alice's: `Shared/zori.txt`, `Shared/Cut/zori cut.txt` below a folder that inherits nothing, `zori beside.txt`.
async fn plant(server: &TestServer) -> String {
    let alice = server.alice();
    put(&alice, "Shared/zori.txt", "treasure").await;
    put(&alice, "Shared/Cut/zori cut.txt", "treasure").await;
    put(&alice, "zori beside.txt", "treasure").await;
    let cut = json!({"type": "view", "scope": "users", "recipients": [{"email": ADMIN}], "retainInheritedPermissions": false});
    alice.post(&format!("{}/createLink", at("Shared/Cut")), &cut).await.expect(201);
    index(server).await;
    let folder = id(&alice.get(&at("Shared")).await.json());
    format!("/v1.0/drives/{}/items/{folder}", server.person(ALICE).drive.id)
}

#[tokio::test]
async fn p18_a_member_finds_what_they_reach_and_nothing_beside() {
    let server = TestServer::start().await;
    let folder = plant(&server).await;
    let (alice, bob) = (server.alice(), server.bob());
    assert_eq!(found(&alice, &folder, "zori").await, ["zori cut.txt", "zori.txt"]);
    bob.get(&search_at(&folder, "zori")).await.error(404, "itemNotFound");
    assert_eq!(found(&bob, "/v1.0/me/drive", "treasure").await, [""; 0]);
    let grant = server.grant(&folder, BOB, Role::Read).await;
    for text in ["zori", "treasure"] {
        assert_eq!(found(&bob, &folder, text).await, ["zori.txt"], "{text}");
        assert_eq!(found(&bob, "/v1.0/me/drive", text).await, ["zori.txt"], "{text}");
        assert_eq!(found(&bob, "/v1.0/me/drive/root", text).await, [""; 0], "the root is the drive alone: {text}");
    }
    let drive = &server.person(ALICE).drive.id;
    for place in [format!("/v1.0/drives/{drive}"), format!("/v1.0/drives/{drive}/root")] {
        bob.get(&search_at(&place, "zori")).await.error(404, "itemNotFound");
    }
    // What is in another's drive points to it, and tells no place above.
    let answer = bob.get(&search_at("/v1.0/me/drive", "zori")).await.json();
    let remote = &answer["value"][0]["remoteItem"];
    let place = json!({ "driveId": drive.to_string(), "driveType": "business" });
    assert_eq!((&remote["name"], &remote["parentReference"]), (&json!("zori.txt"), &place));
    assert!(!answer.to_string().contains("downloadUrl") && !answer.to_string().contains("Shared"), "{answer}");
    // A token for the own drive finds nothing else.
    let narrow = server.user(BOB, "Files.Read");
    assert_eq!(found(&narrow, "/v1.0/me/drive", "zori").await, [""; 0]);
    // The folder itself is found where all that is shared is looked through.
    assert_eq!(found(&bob, "/v1.0/me/drive", "shared").await, ["Shared"]);
    // An application finds what its scopes reach, in a drive that it names.
    let application = server.application("Files.Read.All");
    let all = ["zori beside.txt", "zori cut.txt", "zori.txt"];
    assert_eq!(found(&application, &format!("/v1.0/drives/{drive}"), "zori").await, all);
    application.get(&search_at("/v1.0/me/drive", "zori")).await.error(400, "invalidRequest");
    server.withdraw(&grant).await;
    assert_eq!(found(&bob, "/v1.0/me/drive", "zori").await, [""; 0]);
    bob.get(&search_at(&folder, "zori")).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn p18_a_visitor_finds_what_the_link_reaches_and_nothing_beside() {
    let server = TestServer::start().await;
    plant(&server).await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    let shared = view(&alice, "Shared").await;
    for text in ["zori", "treasure", "*"] {
        assert_eq!(found(&stranger, &shared.graph(""), text).await, ["zori.txt"], "{text}");
    }
    let answer = stranger.get(&search_at(&shared.graph(""), "zori")).await.expect(200).json();
    let parent = &answer["value"][0]["parentReference"];
    assert_eq!(parent["path"].as_str().unwrap().split("/items/").count(), 2, "{parent}");
    let beside = id(&alice.get(&at("zori beside.txt")).await.json());
    for rest in [format!("/items/{beside}"), format!("/items/{}", server.person(ALICE).drive.root)] {
        let path = format!("/v1.0/shares/{}{rest}", shared.share_id);
        stranger.get(&search_at(&path, "zori")).await.error(404, "itemNotFound");
    }
    stranger.get(&format!("/v1.0/shares/{}/search(q='zori')", shared.share_id)).await.error(404, "itemNotFound");
    revoke(&alice, "Shared", &shared).await;
    stranger.get(&search_at(&shared.graph(""), "zori")).await.error(404, "itemNotFound");
}

/// Words of a file are its bytes: who may only look, or has so many downloads, finds names (AMB-38).
#[tokio::test]
async fn p18_amb_38_who_may_not_download_finds_no_contents() {
    let server = TestServer::start().await;
    plant(&server).await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    let look = link(&alice, "Shared", json!({"type": "blocksDownload", "scope": "anonymous"})).await;
    let counted = view(&alice, "Shared").await;
    crate::link_life::set(&alice, &counted, json!({"maximumDownloads": 2})).await;
    for link in [&look, &counted] {
        assert_eq!(found(&stranger, &link.graph(""), "zori").await, ["zori.txt"]);
        assert_eq!(found(&stranger, &link.graph(""), "treasure").await, [""; 0]);
    }
    let drop = link(&alice, "Shared", json!({"type": "createOnly", "scope": "anonymous"})).await;
    stranger.get(&search_at(&drop.graph(""), "zori")).await.error(403, "accessDenied");
    // The same by a link that somebody carries, and no words in the summary either.
    let users = json!({"type": "blocksDownload", "scope": "users", "recipients": [{"email": BOB}]});
    link(&alice, "Shared", users).await;
    let bob = server.bob();
    assert_eq!(found(&bob, "/v1.0/me/drive", "zori").await, ["zori.txt"]);
    assert_eq!(found(&bob, "/v1.0/me/drive", "treasure").await, [""; 0]);
    let query = json!({"entityTypes": ["driveItem"], "query": {"queryString": "zori"}});
    let found = hits(&bob, query).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(!found[0].to_string().contains("treasure"), "{found:?}");
}

/// A link that somebody carries counts as long as it opens, and not what lies beside.
#[tokio::test]
async fn p18_what_links_carry_is_found_as_long_as_they_open() {
    let server = TestServer::start().await;
    plant(&server).await;
    let (alice, bob) = (server.alice(), server.bob());
    let shared = edit(&alice, "Shared").await;
    assert_eq!(found(&bob, "/v1.0/me/drive", "zori").await, [""; 0]);
    bob.with("prefer", "redeemSharingLink").get(&shared.graph("")).await.expect(200);
    assert_eq!(found(&bob, "/v1.0/me/drive", "zori").await, ["zori.txt"]);
    assert_eq!(found(&bob, "/v1.0/me/drive", "treasure").await, ["zori.txt"]);
    revoke(&alice, "Shared", &shared).await;
    assert_eq!(found(&bob, "/v1.0/me/drive", "zori").await, [""; 0]);
}

/// What a folder weighs for who finds it is what they reach in it.
#[tokio::test]
async fn p18_a_found_folder_weighs_what_is_reached() {
    let server = TestServer::start().await;
    let folder = plant(&server).await;
    server.grant(&folder, BOB, Role::Read).await;
    let answer = server.bob().get(&search_at("/v1.0/me/drive", "shared")).await.expect(200).json();
    let item = &answer["value"][0];
    assert_eq!((&item["size"], &item["folder"]["childCount"]), (&json!(8), &json!(1)), "{item}");
}

/// A part of a drive with more in it than is looked at one by one: everything in it is found, page by page, and nothing beside.
#[tokio::test]
async fn p18_a_great_part_of_a_drive_is_searched_whole_and_alone() {
    let server = TestServer::start().await;
    let folder = plant(&server).await;
    let drive = server.person(ALICE).drive.clone();
    let shared = ItemId::parse(folder.rsplit('/').next().unwrap()).unwrap();
    many(&server, &drive, shared, "zori", 1..2101).await;
    many(&server, &drive, drive.root, "zori", 3001..3301).await;
    server.grant(&folder, BOB, Role::Read).await;
    let bob = server.bob();
    for is_indexed in [false, true] {
        if is_indexed {
            index(&server).await;
        }
        for place in [folder.as_str(), "/v1.0/me/drive"] {
            let (mut seen, mut url) = (BTreeSet::new(), format!("{}?$top=999&$select=name", search_at(place, "zori")));
            loop {
                let page = bob.get(&url).await.expect(200).json();
                for name in names(&page) {
                    assert!(seen.insert(name.clone()), "{name} twice");
                }
                let Some(next) = page["@odata.nextLink"].as_str() else { break };
                url = next.to_owned();
            }
            assert_eq!(seen.len(), 2101, "{place}");
            assert!(seen.contains("zori.txt") && !seen.contains("zori 3001") && !seen.contains("zori cut.txt"));
        }
    }
}

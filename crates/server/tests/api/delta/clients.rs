//! What real clients send and need of delta.

use super::*;
use crate::support::TestServer;
use crate::support::sharing::ALICE;

/// rclone polls `?token=`, takes the next token out of the link, and builds paths of what follows the first colon.
#[tokio::test]
async fn item_05_rclone_polls_with_the_token_alone() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let ids = plant(&alice, &["dir/", "dir/sub/", "dir/sub/file.txt"]).await;
    for drive in [
        format!("/v2.0/drives/{}", server.person(ALICE).drive.id),
        format!("/_api/v2.0/drives/{}", server.person(ALICE).drive.id),
        format!("/v1.0/drives/{}", server.person(ALICE).drive.id.as_str().replace('!', "%21")),
    ] {
        let page = alice.get(&format!("{drive}/root/delta?token=latest")).await.expect(200).json();
        let token = |page: &Value| {
            let link = reqwest::Url::parse(page["@odata.deltaLink"].as_str().unwrap()).unwrap();
            link.query_pairs().find(|(name, _)| name == "token").unwrap().1.into_owned()
        };
        let before = token(&page);
        put(&alice, "dir/sub/file.txt", &drive).await;
        let page = alice.get(&format!("{drive}/root/delta?token={before}")).await.expect(200).json();
        let paths: Vec<String> = items(&page)
            .iter()
            .filter(|item| item["parentReference"]["id"].is_string())
            .map(|item| {
                let path = item["parentReference"]["path"].as_str().unwrap();
                let below = path.split_once(':').unwrap().1.trim_start_matches('/');
                format!("{below}/{}", item["name"].as_str().unwrap()).trim_start_matches('/').to_owned()
            })
            .collect();
        assert_eq!(paths, ["dir", "dir/sub", "dir/sub/file.txt"], "the root has no parent's id and is passed over");
        assert_ne!(token(&page), before);
    }
    alice.delete(&by_id(&ids[2])).await.expect(204);
}

/// abraunegg's client follows items by id, selects members, and sends a preference of its own.
#[tokio::test]
async fn item_05_abraunegg_selects_members_and_follows_links_as_they_are() {
    let server = TestServer::start().await;
    let alice = server.alice().with("prefer", "Include-Feature=AddToOneDrive");
    let ids = plant(&alice, &["D/", "D/a/", "D/a/b.txt"]).await;
    let root = id(&alice.get("/v1.0/me/drive/root").await.json());
    let select = "id,name,eTag,cTag,deleted,root,fileSystemInfo,remoteItem,file,folder,size,package,parentReference";
    let url = format!("/v1.0/drives/{}/items/{root}/delta?select={select}", server.person(ALICE).drive.id);
    let (told, mut link) = enumerate(&alice, &url).await;
    for item in &told {
        assert!(item["cTag"].is_string() && item["size"].is_i64() && item["parentReference"]["driveId"].is_string());
        assert_eq!(item["parentReference"].get("path").is_none(), item["root"].is_object(), "{item}");
        assert!(item.get("webUrl").is_none(), "{item}");
    }
    alice.delete(&by_id(&ids[1])).await.expect(204);
    let changes = since(&alice, &mut link).await;
    let gone = find(&changes, &ids[1]).unwrap();
    assert!(gone["parentReference"]["driveId"].is_string() && gone["parentReference"]["id"] == ids[0], "{gone}");
    assert!(gone["name"] == "a" && gone["folder"].is_object() && gone["parentReference"]["path"].is_string());
}

/// onedrive-api: the first enumeration has all ids, a later one each folder above a change and no siblings.
#[tokio::test]
async fn item_05_onedrive_api_finds_ancestors_and_no_siblings() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let ids = plant(&alice, &["x/", "x/y/", "x/y/z.txt", "x/sibling.txt"]).await;
    let (told, _) = enumerate(&alice, ROOT).await;
    assert!(ids.iter().all(|id| find(&told, id).is_some()));
    let mut link = latest(&alice, ROOT).await;
    alice.delete(&by_id(&ids[2])).await.expect(204);
    let changes = since(&alice, &mut link).await;
    assert!(
        find(&changes, &ids[0]).is_some() && find(&changes, &ids[1]).is_some() && find(&changes, &ids[3]).is_none()
    );
}

#[tokio::test]
async fn misc_01_delta_is_a_part_of_batches_too() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let requests = json!({ "requests": [
        { "id": "1", "method": "GET", "url": "/me/drive/root/delta?token=latest" },
        { "id": "2", "method": "GET", "url": "/me/drive/root/delta(token='x')" },
    ]});
    let answer = alice.post("/v1.0/$batch", &requests).await.expect(200).json();
    let part = |id: &str| answer["responses"].as_array().unwrap().iter().find(|part| part["id"] == id).unwrap().clone();
    assert!(part("1")["body"]["@odata.deltaLink"].is_string(), "{answer}");
    assert_eq!(part("2")["status"], 400);
}

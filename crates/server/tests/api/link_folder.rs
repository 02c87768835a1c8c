//! The pages of a shared folder: the folder, what lies in it, and nothing else.

use crate::steps::{at, id, names, put, view};
use crate::support::TestServer;

#[tokio::test]
async fn a_folder_lists_its_items_with_ways_in_and_back() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    let file = put(&alice, "Hold/Deck/deep.txt", "deep").await;
    put(&alice, "Hold/top.txt", "top").await;
    let deck = id(&alice.get(&at("Hold/Deck")).await.expect(200).json());
    let shared = view(&alice, "Hold").await;
    let page = stranger.get(&shared.url).await.expect(200).text();
    for said in ["Hold", "Deck", "top.txt", "Alice Harbour", &shared.below(&deck)] {
        assert!(page.contains(said), "{said} in {page}");
    }
    assert!(!page.contains("deep.txt") && !page.contains("Welcome.txt"), "{page}");
    let below = stranger.get(&shared.below(&deck)).await.expect(200).text();
    assert!(below.contains("deep.txt") && below.contains(&format!("href=\"{}\"", shared.page())), "{below}");
    let leaf = shared.below(&id(&file));
    assert!(stranger.get(&leaf).await.expect(200).text().contains("deep.txt"));
    let bytes = stranger.with("range", "bytes=1-2").get(&format!("{leaf}?download=1")).await.expect(206);
    assert_eq!(bytes.text(), "ee");
    assert_eq!(bytes.header("content-disposition"), "attachment; filename=\"deep.txt\"");
    stranger.get(&format!("{}?download=1", shared.page())).await.expect(400);
}

#[tokio::test]
async fn nothing_outside_the_folder_is_there() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "Hold/in.txt", "in").await;
    let outside = [
        id(&put(&alice, "Holdings/other.txt", "out").await),
        id(&alice.get(&at("Holdings")).await.expect(200).json()),
        server.person("alice@harbour.example").drive.root.to_string(),
        server.sample("alice@harbour.example", "Welcome.txt"),
        server.sample("bob@harbour.example", "Welcome.txt"),
        "01AAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        "nonsense".to_owned(),
    ];
    let shared = view(&alice, "Hold").await;
    for item in &outside {
        stranger.get(&shared.below(item)).await.expect(404);
        stranger.get(&format!("{}?download=1", shared.below(item))).await.expect(404);
        stranger.get(&format!("{}inline", shared.below(item))).await.expect(404);
        stranger.get(&format!("/v1.0/shares/{}/items/{item}", shared.share_id)).await.error(404, "itemNotFound");
    }
}

#[tokio::test]
async fn the_graph_api_lists_the_folder_and_tells_nothing_above_it() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "Secret%20parent/Hold/Deck/deep.txt", "deep").await;
    let shared = view(&alice, "Secret%20parent/Hold").await;
    let top = stranger.get(&shared.graph("")).await.expect(200);
    assert_eq!(top.json()["name"], "Hold");
    assert!(top.json()["parentReference"]["id"].is_null(), "{}", top.text());
    let children = stranger.get(&shared.graph("/children")).await.expect(200);
    assert_eq!(names(&children.json()), ["Deck"]);
    let deep = stranger.get(&shared.graph(":/deck/DEEP.txt:")).await.expect(200);
    let inside = deep.json()["parentReference"]["path"].as_str().unwrap().to_owned();
    assert!(inside.ends_with("/Deck") && inside.contains(&id(&top.json())), "{inside}");
    let root = server.person("alice@harbour.example").drive.root.to_string();
    let parent = id(&alice.get(&at("Secret%20parent")).await.expect(200).json());
    for answer in [&top, &children, &deep] {
        for secret in ["Secret", &root, &parent] {
            assert!(!answer.text().contains(secret), "{secret} in {}", answer.text());
        }
    }
    for form in ["/root", "/root/children", "/driveItem/children", "/driveItem:/Deck:/children", "/root:/Deck/deep.txt"]
    {
        stranger.get(&format!("/v1.0/shares/{}{form}", shared.share_id)).await.expect(200);
    }
    let share = stranger.get(&format!("/v1.0/shares/{}", shared.share_id)).await.expect(200).json();
    assert_eq!((share["name"].as_str(), share["webUrl"].as_str()), (Some("Hold"), Some(shared.url.as_str())));
}

#[tokio::test]
async fn a_long_folder_is_turned_page_by_page() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    for n in 0..205 {
        put(&alice, &format!("Many/{n:03}.txt"), "").await;
    }
    let shared = view(&alice, "Many").await;
    let first = stranger.get(&shared.url).await.expect(200).text();
    assert!(first.contains("199.txt") && !first.contains("200.txt"));
    let next = first.split("href=\"").map(|rest| rest.split('"').next().unwrap()).find(|url| url.contains("?page="));
    let second = stranger.get(&next.unwrap().replace("&amp;", "&")).await.expect(200).text();
    assert!(second.contains("200.txt") && second.contains("204.txt") && !second.contains("199.txt"));
    let listed = stranger.get(&shared.graph("/children?$top=204")).await.expect(200).json();
    let rest = stranger.get(listed["@odata.nextLink"].as_str().unwrap()).await.expect(200).json();
    assert_eq!(names(&rest), ["204.txt"]);
}

//! Names are found at once, by the beginnings of their words, in every spelling of the address.

use serde_json::json;

use super::{found, index, search_at};
use crate::steps::{at, id, names, put};
use crate::support::sharing::ALICE;
use crate::support::{Actor, TestServer};

const ROOT: &str = "/v1.0/me/drive/root";

async fn plant(alice: &Actor) {
    for path in ["Zoris/Budget zori 2026.xlsx", "Zoris/Old/zori_b-draft.txt", "zoriette.jpg", "Café's menu.pdf"] {
        put(alice, path, "x").await;
    }
}

#[tokio::test]
async fn names_are_found_by_the_beginnings_of_their_words() {
    let server = TestServer::start().await;
    let alice = server.alice();
    plant(&alice).await;
    for is_indexed in [false, true] {
        if is_indexed {
            index(&server).await;
        }
        let all = ["Budget zori 2026.xlsx", "Zoris", "zori_b-draft.txt", "zoriette.jpg"];
        assert_eq!(found(&alice, ROOT, "ZORI").await, all);
        assert_eq!(found(&alice, "/v1.0/me/drive", "zori").await, all);
        assert_eq!(found(&alice, &at("Zoris"), "zori").await, ["Budget zori 2026.xlsx", "zori_b-draft.txt"]);
        assert_eq!(found(&alice, &at("Zoris/Old"), "zori").await, ["zori_b-draft.txt"]);
        assert_eq!(found(&alice, &at("Zoris/Old/zori_b-draft.txt"), "zori").await, [""; 0]);
        assert_eq!(found(&alice, ROOT, "budget xlsx zori").await, ["Budget zori 2026.xlsx"]);
        assert_eq!(found(&alice, ROOT, "\"zori 2026\"").await, ["Budget zori 2026.xlsx"]);
        assert_eq!(found(&alice, ROOT, "\"2026 zori\"").await, [""; 0]);
        assert_eq!(found(&alice, ROOT, "cafe's").await, ["Café's menu.pdf"]);
        assert_eq!(found(&alice, ROOT, "ori").await, [""; 0]);
    }
    let one = alice.get(&search_at(ROOT, "draft")).await.expect(200).json();
    let listed = alice.get(&format!("{}/children", at("Zoris/Old"))).await.json();
    assert_eq!(one["value"], listed["value"], "an item looks as it does in a listing");
    let narrow = alice.get(&format!("{}?$select=name", search_at(ROOT, "draft"))).await.json();
    let members: Vec<&String> = narrow["value"][0].as_object().unwrap().keys().collect();
    assert_eq!(members, ["id", "name"]);
}

#[tokio::test]
async fn every_spelling_of_a_search_is_understood() {
    let server = TestServer::start().await;
    let alice = server.alice();
    plant(&alice).await;
    let drive = &server.person(ALICE).drive;
    for path in [
        "/v1.0/me/drive/root/search(q='draft')".to_owned(),
        "/v1.0/me/drive/root/microsoft.graph.search(q='draft')".to_owned(),
        "/v1.0/me/drive/root/search(q=@text)?@text='draft'".to_owned(),
        "/v1.0/me/drive/root:/Zoris:/search(q='draft')".to_owned(),
        "/v1.0/me/drive/root/search%28q%3D%27draft%27%29".to_owned(),
        format!("/v1.0/drives/{}/search(q='draft')", drive.id),
        format!("/beta/users/{ALICE}/drive/items/{}/search(q='draft')", drive.root),
    ] {
        assert_eq!(names(&alice.get(&path).await.expect(200).json()), ["zori_b-draft.txt"], "{path}");
    }
    let quoted = alice.get("/v1.0/me/drive/root/search(q='caf%C3%A9''s')").await.expect(200).json();
    assert_eq!(names(&quoted), ["Café's menu.pdf"]);
}

#[tokio::test]
async fn what_is_no_search_is_refused_by_name() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let refused = async |path: &str, target: &str| {
        let error = alice.get(path).await.error(400, "invalidRequest");
        assert_eq!(error["target"], target, "{path}: {error}");
    };
    for (arguments, target) in [
        ("", "q"),
        ("()", "q"),
        ("(q='')", "q"),
        ("(q='%20')", "q"),
        ("(query='x')", "search"),
        ("(q='x',n='1')", "search"),
    ] {
        refused(&format!("{ROOT}/search{arguments}"), target).await;
    }
    refused(&search_at(ROOT, &"x".repeat(256)), "q").await;
    refused(&search_at(ROOT, &"x ".repeat(33)), "q").await;
    for (option, target) in [
        ("$orderby=name", "$orderby"),
        ("$filter=name eq 'x'", "$filter"),
        ("$search=x", "$search"),
        ("$count=true", "$count"),
        ("$select=colour", "$select"),
        ("$top=0", "$top"),
        ("$skiptoken=x", "$skiptoken"),
    ] {
        refused(&format!("{}?{option}", search_at(ROOT, "x")), target).await;
    }
    alice.get(&format!("{}?$expand=children", search_at(ROOT, "x"))).await.error(400, "notSupported");
    // A token of another list is none here.
    put(&alice, "a 1.txt", "x").await;
    put(&alice, "a 2.txt", "x").await;
    let page = alice.get("/v1.0/me/drive/root/children?$top=1").await.json();
    let token =
        page["@odata.nextLink"].as_str().unwrap().split("$skiptoken=").nth(1).unwrap().split('&').next().unwrap();
    refused(&format!("{}?$skiptoken={token}", search_at(ROOT, "a")), "$skiptoken").await;
}

/// Whatever is typed is words: nothing of it is syntax, and no text makes the server stumble.
#[tokio::test]
async fn nothing_that_is_typed_is_syntax() {
    let server = TestServer::start().await;
    let alice = server.alice();
    plant(&alice).await;
    index(&server).await;
    for text in [
        "\"",
        "\"\"",
        "'",
        "*a",
        "^zori",
        "zori)",
        "(zori",
        "zori OR x",
        "NOT zori",
        "NEAR(zori 2026)",
        "words:zori",
        "zori -b",
        "zori + b",
        "{words} : zori",
        "_5f zori",
        "\"zori\" * \"",
        "zori;--",
        "%",
        "\\",
        "-",
        "…",
        "\u{202e}zori",
        "𝕫𝕠𝕣𝕚",
    ] {
        alice.get(&search_at(ROOT, text)).await.expect(200).json();
    }
    assert_eq!(found(&alice, ROOT, "𝕫𝕠𝕣𝕚 draft").await, ["zori_b-draft.txt"]);
}

#[tokio::test]
async fn pages_follow_each_other_and_keep_what_was_asked_for() {
    let server = TestServer::start().await;
    let alice = server.alice();
    for n in 0..7 {
        put(&alice, &format!("ann's {n}.txt"), "x").await;
        if n == 3 {
            index(&server).await;
        }
    }
    for place in [ROOT.to_owned(), "/v1.0/me/drive".to_owned(), at("Many")] {
        if place.contains("Many") {
            for n in 0..7 {
                put(&alice, &format!("Many/ann's {n}.txt"), "x").await;
            }
            alice.delete(&at("ann's 0.txt")).await.expect(204);
        }
        let (mut seen, mut url) = (Vec::new(), format!("{}?$top=2&$select=name", search_at(&place, "ann's txt")));
        loop {
            let page = alice.get(&url).await.expect(200).json();
            assert!(page["value"].as_array().unwrap().iter().all(|item| item.get("size").is_none()), "{page}");
            seen.extend(names(&page));
            let Some(next) = page["@odata.nextLink"].as_str() else { break };
            assert!(names(&page).len() == 2 && next.starts_with("http://driveway.test/v1.0/"), "{page}");
            url = next.to_owned();
        }
        assert_eq!(seen, (0..7).rev().map(|n| format!("ann's {n}.txt")).collect::<Vec<_>>(), "newest first: {place}");
    }
}

/// What is in the recycle bin isn't found, nor what lies below; restored it is again. A new name counts at once.
#[tokio::test]
async fn search_follows_what_happens_to_items() {
    let server = TestServer::start().await;
    let alice = server.alice();
    plant(&alice).await;
    index(&server).await;
    let folder = id(&alice.get(&at("Zoris")).await.json());
    let path = format!("/v1.0/me/drive/items/{folder}");
    alice.patch(&at("Zoris/Old/zori_b-draft.txt"), &json!({"name": "scheme.txt"})).await.expect(200);
    for _ in 0..2 {
        assert_eq!(found(&alice, ROOT, "scheme").await, ["scheme.txt"]);
        assert_eq!(found(&alice, ROOT, "draft").await, [""; 0]);
        index(&server).await;
    }
    alice.delete(&path).await.expect(204);
    assert_eq!(found(&alice, ROOT, "zori").await, ["zoriette.jpg"]);
    assert_eq!(found(&alice, ROOT, "scheme").await, [""; 0]);
    alice.post(&format!("{path}/restore"), &json!({})).await.expect(200);
    assert_eq!(found(&alice, ROOT, "scheme").await, ["scheme.txt"]);
    alice.post(&format!("{path}/permanentDelete"), &json!({})).await.expect(204);
    for _ in 0..2 {
        assert_eq!(found(&alice, ROOT, "zori").await, ["zoriette.jpg"]);
        index(&server).await;
    }
}

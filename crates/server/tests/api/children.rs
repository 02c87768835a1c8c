//! What lies in a folder: made, named, listed a page at a time.

use serde_json::{Value, json};

use crate::steps::{at, id, names, put};
use crate::support::{Actor, TestServer};

const CHILDREN: &str = "/v1.0/me/drive/root/children";

async fn make(actor: &Actor, name: &str, conflict: &str) -> crate::support::Answer {
    let mut body = json!({"name": name, "folder": {}});
    if !conflict.is_empty() {
        body["@microsoft.graph.conflictBehavior"] = json!(conflict);
    }
    actor.post(CHILDREN, &body).await
}

#[tokio::test]
async fn a_folder_is_made_and_what_happens_to_a_taken_name_is_the_clients_choice() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let first = make(&alice, "Charts", "").await.expect(201).json();
    assert_eq!(first["folder"]["childCount"], 0);
    make(&alice, "charts", "").await.error(409, "nameAlreadyExists");
    make(&alice, "CHARTS", "fail").await.error(409, "nameAlreadyExists");
    assert_eq!(make(&alice, "charts", "rename").await.expect(201).json()["name"], "charts 1");
    assert_eq!(make(&alice, "Charts", "rename").await.expect(201).json()["name"], "Charts 2");
    put(&alice, "Charts/keep.txt", "x").await;
    let again = make(&alice, "Charts", "replace").await.expect(201).json();
    assert_eq!((id(&again), again["folder"]["childCount"].as_i64()), (id(&first), Some(1)), "nothing is thrown away");
    make(&alice, "Welcome.txt", "replace").await.error(409, "nameAlreadyExists");
    make(&alice, "Charts", "sometimes").await.error(400, "invalidRequest");
    let older = json!({"name": "Charts", "folder": {}, "@name.conflictBehavior": "fail"});
    alice.post(CHILDREN, &older).await.error(409, "nameAlreadyExists");
}

#[tokio::test]
async fn a_folder_takes_the_clients_times_and_its_parent_by_every_form() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let times = json!({"createdDateTime": "2017-01-01T00:00:00Z", "lastModifiedDateTime": "2017-01-02T00:00:00Z"});
    let body = json!({"name": "Deck", "folder": {"@odata.type": "microsoft.graph.folder"}, "fileSystemInfo": times});
    let made = alice.post(CHILDREN, &body).await.expect(201).json();
    assert_eq!(made["fileSystemInfo"], times);
    let by_id = format!("/v1.0/me/drive/items/{}/children", id(&made));
    alice.post(&by_id, &json!({"name": "A", "folder": {}})).await.expect(201);
    alice.post(&format!("{}/children", at("Deck")), &json!({"name": "B", "folder": {}})).await.expect(201);
    assert_eq!(names(&alice.get(&by_id).await.expect(200).json()), ["A", "B"]);
    alice
        .post(&format!("{}/children", at("Welcome.txt")), &json!({"name": "C", "folder": {}}))
        .await
        .error(400, "invalidRequest");
    alice
        .post(&format!("{}/children", at("nowhere")), &json!({"name": "C", "folder": {}}))
        .await
        .error(404, "itemNotFound");
    alice.post(CHILDREN, &json!({"name": "C"})).await.error(400, "invalidRequest");
    alice.post(CHILDREN, &json!({"folder": {}})).await.error(400, "invalidRequest");
}

#[tokio::test]
async fn names_that_no_item_can_have_are_refused() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let too_long = "n".repeat(256);
    for name in [
        "a\"b",
        "a*b",
        "a:b",
        "a<b",
        "a>b",
        "a?b",
        "a/b",
        "a\\b",
        "a|b",
        "a\u{7}b",
        " a",
        "a ",
        "a.",
        ".lock",
        "CON",
        "prn",
        "aux",
        "NUL",
        "com1",
        "LPT9",
        "desktop.ini",
        "~$draft.docx",
        "x_vti_y",
        &too_long,
    ] {
        let error = make(&alice, name, "").await.error(400, "invalidRequest");
        assert_eq!(error["target"], "name", "{name:?}");
        alice.patch(&at("Welcome.txt"), &json!({"name": name})).await.error(400, "invalidRequest");
    }
    for name in ["n".repeat(255).as_str(), "con.txt", "#%&{}", "…", "com10", "a.b.c"] {
        make(&alice, name, "").await.expect(201);
    }
    make(&alice, "", "").await.error(400, "invalidRequest");
}

#[tokio::test]
async fn names_are_the_same_whatever_their_case_and_composition() {
    let server = TestServer::start().await;
    let alice = server.alice();
    make(&alice, "Öl und Straße", "").await.expect(201);
    make(&alice, "öL UND Straße", "").await.error(409, "nameAlreadyExists");
    make(&alice, "O\u{308}l und Straße", "").await.error(409, "nameAlreadyExists");
    alice.get(&at("o%CC%88l%20und%20stra%C3%9Fe")).await.expect(200);
}

#[tokio::test]
async fn a_path_is_at_most_400_characters_long() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let (first, second) = ("a".repeat(200), "b".repeat(198));
    make(&alice, &first, "").await.expect(201);
    let address = format!("{}/children", at(&first));
    alice.post(&address, &json!({"name": second, "folder": {}})).await.expect(201);
    let error =
        alice.post(&address, &json!({"name": "c".repeat(202), "folder": {}})).await.error(400, "invalidRequest");
    assert_eq!(error["innerError"]["code"], "pathIsTooLong");
}

#[tokio::test]
async fn a_long_listing_is_read_page_by_page_without_losing_anything() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let mut wanted = Vec::new();
    for n in 0..7 {
        put(&alice, &format!("Many/file {n}.txt").replace(' ', "%20"), "x").await;
        wanted.push(format!("file {n}.txt"));
    }
    let mut next = Some(format!("{}/children?$top=3&$select=name,id", at("Many")));
    let (mut seen, mut pages) = (Vec::new(), 0);
    while let Some(url) = next {
        let page = alice.get(&url).await.expect(200).json();
        assert!(page["value"].as_array().unwrap().iter().all(|item| item["size"].is_null()), "{page}");
        seen.extend(names(&page));
        pages += 1;
        next = page["@odata.nextLink"].as_str().map(str::to_owned);
        if let Some(url) = &next {
            assert!(url.starts_with("http://driveway.test/v1.0/"), "{url}");
            assert!(!url.contains("file"), "a next link is opaque: {url}");
        }
    }
    assert_eq!((seen, pages), (wanted, 3));
}

#[tokio::test]
async fn a_page_lost_to_a_rename_in_between_is_neither_doubled_nor_torn() {
    let server = TestServer::start().await;
    let alice = server.alice();
    for name in ["a", "b", "c", "d"] {
        put(&alice, &format!("Many/{name}"), "x").await;
    }
    let first = alice.get(&format!("{}/children?$top=2", at("Many"))).await.expect(200).json();
    alice.delete(&at("Many/b")).await.expect(204);
    let rest = alice.get(first["@odata.nextLink"].as_str().unwrap()).await.expect(200).json();
    assert_eq!(names(&rest), ["c", "d"]);
    assert!(rest["@odata.nextLink"].is_null());
}

#[tokio::test]
async fn paging_tokens_and_options_that_were_made_up_are_refused() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let page = alice.get(&format!("{CHILDREN}?$top=1")).await.expect(200).json();
    let next = page["@odata.nextLink"].as_str().unwrap().to_owned();
    let forged = {
        let (head, token) = next.split_once("$skiptoken=").unwrap();
        let (token, tail) = token.split_once('&').unwrap_or((token, ""));
        let mut turned: Vec<char> = token.chars().collect();
        turned[10] = if turned[10] == 'A' { 'B' } else { 'A' };
        format!("{head}$skiptoken={}&{tail}", turned.into_iter().collect::<String>())
    };
    alice.get(&forged).await.error(400, "invalidRequest");
    for query in [
        "$skiptoken=Welcome.txt",
        "$top=0",
        "$top=-1",
        "$top=many",
        "$filter=name%20eq%20'a'",
        "$orderby=eTag",
        "$orderby=size,name",
        "$skip=5",
        "$search=a",
        "$nonsense=1",
        "$top=1&$top=2",
    ] {
        alice.get(&format!("{CHILDREN}?{query}")).await.error(400, "invalidRequest");
    }
    alice.get(&format!("{CHILDREN}?$expand=thumbnails")).await.error(400, "notSupported");
    for query in ["top=1", "%24top=1", "$orderby=name", "$top=5000", "AVOverride=1"] {
        alice.get(&format!("{CHILDREN}?{query}")).await.expect(200);
    }
}

#[tokio::test]
async fn select_leaves_out_what_was_not_asked_for() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let listed = alice.get(&format!("{CHILDREN}?$select=name,file")).await.expect(200).json();
    for item in listed["value"].as_array().unwrap() {
        let members: Vec<&String> = item.as_object().unwrap().keys().collect();
        assert!(members.iter().all(|name| ["id", "name", "file"].contains(&name.as_str())), "{members:?}");
    }
    let url = "@microsoft.graph.downloadUrl";
    let item = alice.get(&format!("{}?select=id,{url}", at("Welcome.txt"))).await.expect(200).json();
    assert!(item[url].is_string() && item["name"].is_null(), "{item}");
    let plain: Value = alice.get(&at("Reports")).await.expect(200).json();
    assert!(plain[url].is_null(), "a folder has no content");
}

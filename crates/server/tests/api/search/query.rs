//! `POST /search/query`.

use driveway_core::permission::Role;
use serde_json::{Value, json};

use super::{hits, index};
use crate::steps::put;
use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB};

const PATH: &str = "/v1.0/search/query";

/// A request for driveItems; `more` goes over its members.
fn request(text: &str, mut more: Value) -> Value {
    let mut request = json!({ "entityTypes": ["driveItem"], "query": { "queryString": text } });
    request.as_object_mut().unwrap().append(more.as_object_mut().unwrap());
    request
}

fn named(hits: &[Value]) -> Vec<&str> {
    let mut names: Vec<&str> = hits.iter().map(|hit| hit["resource"]["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn a_query_answers_hits_as_documented() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "minutes.md", "The dredging of the <basin> & more").await;
    index(&server).await;
    let body = json!({ "requests": [request("dredging AND minutes", json!({ "from": 0, "size": 25 }))] });
    let answer = alice.post(PATH, &body).await.expect(200).json();
    let response = &answer["value"][0];
    assert_eq!(response["searchTerms"], json!(["dredging", "AND", "minutes"]));
    let container = &response["hitsContainers"][0];
    assert_eq!((&container["total"], &container["moreResultsAvailable"]), (&json!(1), &json!(false)));
    let hit = &container["hits"][0];
    assert_eq!((&hit["rank"], &hit["hitId"]), (&json!(1), &hit["resource"]["id"]));
    assert_eq!(hit["summary"], "The <c0>dredging</c0> of the &lt;basin&gt; &amp; more");
    assert_eq!(hit["resource"]["@odata.type"], "#microsoft.graph.driveItem");
    assert!(hit["resource"]["parentReference"]["driveId"].is_string() && hit["resource"].get("remoteItem").is_none());
    let fields = hits(&alice, request("dredging", json!({ "fields": ["name"] }))).await;
    let members: Vec<&String> = fields[0]["resource"].as_object().unwrap().keys().collect();
    assert_eq!(members, ["@odata.type", "id", "name"]);
    assert!(hits(&alice, request("xyzzy", json!({}))).await.is_empty());
}

/// It is how a client finds what is shared with it: a star is everything, and one's own can be left out.
#[tokio::test]
async fn a_query_takes_in_what_is_shared_and_the_groups_drives() {
    let server = TestServer::start().await;
    let bob = server.bob();
    let own = hits(&bob, request("welcome", json!({}))).await;
    // The samples of his own drive, of the crew's and of its site.
    assert_eq!(own.len(), 3, "{own:?}");
    assert_eq!(own.iter().filter(|hit| hit["resource"].get("remoteItem").is_some()).count(), 2);
    server.grant(&server.item(ALICE, "Reports"), BOB, Role::Read).await;
    let found = hits(&bob, request("q3", json!({ "size": 500 }))).await;
    let places = found.iter().filter_map(|hit| hit["resource"]["remoteItem"]["parentReference"]["driveId"].as_str());
    let alices = server.person(ALICE).drive.id.to_string();
    assert_eq!(places.filter(|place| *place == alices).count(), 2, "{found:?}");
    let of = async |content: &str| {
        let options = json!({ "sharePointOneDriveOptions": { "includeContent": content }, "size": 500 });
        hits(&bob, request("*", options)).await
    };
    let (own, others, all) =
        (of("privateContent").await, of("sharedContent").await, of("privateContent,sharedContent").await);
    assert!(own.iter().all(|hit| hit["resource"].get("remoteItem").is_none()), "{own:?}");
    assert!(others.iter().all(|hit| hit["resource"]["remoteItem"]["id"].is_string()), "{others:?}");
    assert_eq!((own.len(), own.len() + others.len()), (8, all.len()));
    assert!(
        named(&others).contains(&"Reports")
            && !others.iter().any(|hit| hit.to_string().contains("@microsoft.graph.downloadUrl"))
    );
}

#[tokio::test]
async fn pages_of_a_query_leave_nothing_out_and_nothing_twice() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let whole = hits(&alice, request("*", json!({ "size": 500 }))).await;
    let (mut seen, mut from) = (Vec::new(), 0);
    loop {
        let body = json!({ "requests": [request("*", json!({ "from": from, "size": 7 }))] });
        let answer = alice.post(PATH, &body).await.expect(200).json();
        let container = &answer["value"][0]["hitsContainers"][0];
        seen.extend(container["hits"].as_array().unwrap().clone());
        if container["moreResultsAvailable"] == false {
            assert_eq!(container["total"], whole.len());
            break;
        }
        from += 7;
    }
    let ids = |hits: &[Value]| hits.iter().map(|hit| (hit["rank"].clone(), hit["hitId"].clone())).collect::<Vec<_>>();
    assert_eq!(ids(&seen), ids(&whole));
}

#[tokio::test]
async fn what_is_no_query_is_refused_by_name() {
    let server = TestServer::start().await;
    let alice = server.alice();
    for (body, code, target) in [
        (json!({}), "invalidRequest", "requests"),
        (json!({ "requests": [] }), "invalidRequest", "requests"),
        (json!({ "requests": [request("a", json!({})), request("b", json!({}))] }), "invalidRequest", "requests"),
        (json!({ "requests": [request("a", json!({}))], "limit": 1 }), "invalidRequest", "limit"),
    ] {
        assert_eq!(alice.post(PATH, &body).await.error(400, code)["target"], target, "{body}");
    }
    for (one, code, target) in [
        (json!({ "query": { "queryString": "a" } }), "notSupported", "entityTypes"),
        (request("a", json!({ "entityTypes": ["message"] })), "notSupported", "entityTypes"),
        (request("a", json!({ "entityTypes": ["driveItem", "listItem"] })), "notSupported", "entityTypes"),
        (request("a", json!({ "entityTypes": "driveItem" })), "invalidRequest", "entityTypes"),
        (json!({ "entityTypes": ["driveItem"] }), "invalidRequest", "query"),
        (request("", json!({})), "invalidRequest", "query.queryString"),
        (request(&"x".repeat(256), json!({})), "invalidRequest", "query.queryString"),
        (request("a OR b", json!({})), "notSupported", "query.queryString"),
        (request("NOT a", json!({})), "notSupported", "query.queryString"),
        (request("filetype:docx", json!({})), "notSupported", "query.queryString"),
        (request("a", json!({ "size": 0 })), "invalidRequest", "size"),
        (request("a", json!({ "size": 501 })), "invalidRequest", "size"),
        (request("a", json!({ "size": "many" })), "invalidRequest", "size"),
        (request("a", json!({ "from": -1 })), "invalidRequest", "from"),
        (request("a", json!({ "from": 990 })), "invalidRequest", "from"),
        (request("a", json!({ "fields": [1] })), "invalidRequest", "fields"),
        (request("a", json!({ "aggregations": [] })), "invalidRequest", "aggregations"),
        (
            request("a", json!({ "sharePointOneDriveOptions": { "includeContent": "all" } })),
            "invalidRequest",
            "sharePointOneDriveOptions.includeContent",
        ),
    ] {
        let error = alice.post(PATH, &json!({ "requests": [one.clone()] })).await.error(400, code);
        assert_eq!(error["target"], format!("requests[0].{target}"), "{one}: {error}");
    }
    assert_eq!(hits(&alice, request("\"what: NOT this\"", json!({}))).await.len(), 0, "in quotes it is words");
    let application = server.application("Files.Read.All");
    application.post(PATH, &json!({ "requests": [request("a", json!({}))] })).await.error(400, "invalidRequest");
    server
        .anonymous()
        .post(PATH, &json!({ "requests": [request("a", json!({}))] }))
        .await
        .error(401, "InvalidAuthenticationToken");
}

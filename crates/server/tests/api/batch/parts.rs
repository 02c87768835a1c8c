//! What the requests of a batch do, and how their answers look (MISC-01 to MISC-03, CL-35).

use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::json;

use super::{batch, get, of};
use crate::support::TestServer;
use crate::support::schema;
use crate::support::sharing::{ALICE, BOB};

/// MISC-01: every request has an answer of its own, with its id; the batch is 200 whatever they are.
#[tokio::test]
async fn misc_01_each_request_has_its_own_answer() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let drive = server.person(ALICE).drive.id.to_string();
    let responses = batch(
        &alice,
        json!([
            get("1", "/me/drive"),
            get("two", "me/drive/root/children?$top=2&$select=name"),
            get("3", "/me/drive/items/nothing"),
            { "id": "4", "method": "post", "url": "/me/drive/root/children", "headers": { "Content-Type": "application/json" },
              "body": { "name": "Made", "folder": {} } },
            { "id": "5", "method": "DELETE", "url": "/me/drive/root:/Budget.csv:" },
            get("6", &format!("/users/{BOB}/drive")),
            { "id": "7", "method": "PATCH", "url": "/me/drive", "body": {} },
        ]),
    )
    .await;
    assert_eq!(responses.as_array().unwrap().len(), 7);
    assert_eq!((&of(&responses, "1")["status"], &of(&responses, "1")["body"]["id"]), (&json!(200), &json!(drive)));
    let children = &of(&responses, "two")["body"];
    assert_eq!(children["value"].as_array().unwrap().len(), 2);
    assert!(children["@odata.nextLink"].as_str().unwrap().starts_with("http://driveway.test/v1.0/"), "{children}");
    let missing = of(&responses, "3");
    assert_eq!((&missing["status"], &missing["body"]["error"]["code"]), (&json!(404), &json!("itemNotFound")));
    assert_eq!(of(&responses, "4")["status"], 201);
    let deleted = of(&responses, "5");
    assert_eq!(deleted["status"], 204);
    assert!(deleted.get("body").is_none(), "{deleted}");
    assert_eq!(of(&responses, "6")["status"], 404);
    assert_eq!(
        (&of(&responses, "7")["status"], &of(&responses, "7")["headers"]["Allow"]),
        (&json!(405), &json!("GET"))
    );
    for response in responses.as_array().unwrap() {
        let headers = &response["headers"];
        assert!(headers["request-id"].is_string(), "{response}");
        if let Some(body) = response.get("body") {
            schema::check(body);
            assert!(headers["Content-Type"].as_str().unwrap().starts_with("application/json"), "{response}");
        }
    }
    alice.get("/v1.0/me/drive/root:/Made:").await.expect(200);
    alice.get("/v1.0/me/drive/root:/Budget.csv:").await.error(404, "itemNotFound");
}

/// CL-35: links in bulk, which no other call makes; on both prefixes.
#[tokio::test]
async fn cl_35_many_links_at_once_take_a_batch() {
    let server = TestServer::start().await;
    let item = server.sample(ALICE, "Welcome.txt");
    let link = |id: usize, kind: &str| {
        json!({ "id": id.to_string(), "method": "POST", "url": format!("/me/drive/items/{item}/createLink"),
                "body": { "type": kind, "scope": "anonymous" } })
    };
    for prefix in ["v1.0", "beta"] {
        let body = json!({ "requests": [link(1, "view"), link(2, "edit"), link(3, "view")] });
        let answer = server.alice().post(&format!("/{prefix}/$batch"), &body).await.expect(200).json();
        let responses = &answer["responses"];
        let first = of(responses, "1");
        assert_eq!(first["body"]["link"]["type"], "view");
        assert_eq!(of(responses, "3")["body"]["id"], first["body"]["id"]);
        assert!(first["body"]["@odata.context"].as_str().unwrap().contains(&format!("/{prefix}/$metadata")), "{first}");
    }
}

/// MISC-02: what depends on others runs behind them, wherever it stands.
#[tokio::test]
async fn misc_02_what_depends_on_others_runs_behind_them() {
    let server = TestServer::start().await;
    let folder = |id: &str, parent: &str, name: &str, needs: &[&str]| {
        json!({ "id": id, "method": "POST", "url": format!("/me/drive/root{parent}/children"), "dependsOn": needs,
                "body": { "name": name, "folder": {} } })
    };
    let responses = batch(
        &server.alice(),
        json!([
            folder("c", ":/A/B:", "C", &["B"]),
            folder("b", ":/A:", "B", &["a"]),
            folder("a", "", "A", &[]),
            get("seen", "/me/drive/root:/A/B/C:"),
        ]),
    )
    .await;
    for id in ["a", "b", "c"] {
        assert_eq!(of(&responses, id)["status"], 201, "{responses}");
    }
    server.alice().get("/v1.0/me/drive/root:/A/B/C:").await.expect(200);
}

/// MISC-02: what depends on a request that failed isn't run: 424, and so for all behind it. A redirect is no failure.
#[tokio::test]
async fn misc_02_what_depends_on_a_failure_is_not_run() {
    let server = TestServer::start().await;
    let delete = |id: &str, name: &str, needs: &[&str]| json!({ "id": id, "method": "DELETE", "url": format!("/me/drive/root:/{name}:"), "dependsOn": needs });
    let responses = batch(
        &server.alice(),
        json!([
            get("missing", "/me/drive/root:/nothing:"),
            delete("1", "Welcome.txt", &["missing"]),
            delete("2", "Budget.csv", &["1"]),
            get("there", "/me/drive/root:/Harbour.png:/content"),
            delete("3", "Harbour.png", &["there"]),
            delete("4", "Reading%20list.md", &["there", "missing"]),
        ]),
    )
    .await;
    for id in ["1", "2", "4"] {
        let response = of(&responses, id);
        assert_eq!(
            (&response["status"], &response["body"]["error"]["code"]),
            (&json!(424), &json!("failedDependency"))
        );
        schema::check(&response["body"]);
    }
    assert_eq!((&of(&responses, "there")["status"], &of(&responses, "3")["status"]), (&json!(302), &json!(204)));
    for name in ["Welcome.txt", "Budget.csv", "Reading list.md"] {
        server.alice().get(&format!("/v1.0/me/drive/root:/{name}:")).await.expect(200);
    }
}

/// MISC-03: a request that comes too often is 429 by itself, with its own `Retry-After`; the others go on.
#[tokio::test]
async fn misc_03_too_many_are_refused_one_by_one() {
    let server = TestServer::start_with(|config| config.limits.new_links_per_minute = 2).await;
    let links: Vec<_> = ["Welcome.txt", "Budget.csv", "Harbour.png"]
        .iter()
        .map(|name| {
            json!({ "id": name, "method": "POST", "url": format!("/me/drive/root:/{name}:/createLink"),
                    "body": { "type": "view", "scope": "anonymous" } })
        })
        .chain([get("drive", "/me/drive")])
        .collect();
    let responses = batch(&server.alice(), json!(links)).await;
    assert_eq!(
        (&of(&responses, "Welcome.txt")["status"], &of(&responses, "Budget.csv")["status"]),
        (&json!(201), &json!(201))
    );
    let refused = of(&responses, "Harbour.png");
    assert_eq!((&refused["status"], &refused["body"]["error"]["code"]), (&json!(429), &json!("activityLimitReached")));
    assert!(refused["headers"]["Retry-After"].as_str().unwrap().parse::<u32>().unwrap() > 0);
    assert_eq!(of(&responses, "drive")["status"], 200);
}

/// MISC-01: bytes go in as base64, of either alphabet; a redirect stays one, and its URL works.
#[tokio::test]
async fn misc_01_bytes_go_in_as_base64_and_redirects_stay() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let bytes: &[u8] = &[0xff, 0xfe, 0, 1, 2, 0xfb, 0xef];
    let put = |id: &str, name: &str, text: String| {
        json!({ "id": id, "method": "PUT", "url": format!("/me/drive/root:/{name}:/content"), "body": text,
                "headers": { "content-type": "application/octet-stream", "content-length": "99", "host": "elsewhere" } })
    };
    let responses = batch(
        &alice,
        json!([
            put("1", "a.bin", BASE64.encode(bytes)),
            put("2", "b.bin", BASE64URL_NOPAD.encode(bytes)),
            { "id": "3", "method": "GET", "url": "/me/drive/root:/a.bin:/content", "dependsOn": ["1"] },
        ]),
    )
    .await;
    assert_eq!((&of(&responses, "1")["status"], &of(&responses, "2")["status"]), (&json!(201), &json!(201)));
    let redirect = of(&responses, "3");
    assert_eq!(redirect["status"], 302);
    assert!(redirect.get("body").is_none(), "{redirect}");
    let content = server.anonymous().get(redirect["headers"]["Location"].as_str().unwrap()).await.expect(200);
    assert_eq!(content.body, bytes);
    let tagged = alice.get("/v1.0/me/drive/root:/b.bin:").await.expect(200).json();
    assert_eq!(tagged["size"], 7);
    // JSON in base64 is JSON, as some clients send it.
    let folder = BASE64.encode(b"{\"name\":\"F\",\"folder\":{}}");
    let made = json!([{ "id": "1", "method": "POST", "url": "/me/drive/root/children", "body": folder,
                        "headers": { "Content-Type": "application/json" } }]);
    assert_eq!(of(&batch(&alice, made).await, "1")["status"], 201);
}

/// A request's own headers count for it: conditions, preferences, other verbs, its id for the log.
#[tokio::test]
async fn headers_count_for_their_request_only() {
    let server = TestServer::start().await;
    let responses = batch(
        &server.alice().with("if-match", "\"x\"").with("client-request-id", "outer"),
        json!([
            { "id": "1", "method": "DELETE", "url": "/me/drive/root:/Welcome.txt:", "headers": { "If-Match": "\"x\"" } },
            { "id": "2", "method": "DELETE", "url": "/me/drive/root:/Budget.csv:", "headers": { "client-request-id": "mine" } },
            { "id": "3", "method": "POST", "url": "/me/drive/root:/Harbour.png:", "headers": { "X-HTTP-Method-Override": "DELETE" } },
        ]),
    )
    .await;
    assert_eq!(of(&responses, "1")["status"], 412);
    assert_eq!(
        (&of(&responses, "2")["status"], &of(&responses, "2")["headers"]["client-request-id"]),
        (&json!(204), &json!("mine"))
    );
    assert_eq!(of(&responses, "3")["status"], 204);
    let ids: Vec<_> = ["1", "2", "3"].map(|id| of(&responses, id)["headers"]["request-id"].as_str().unwrap()).to_vec();
    assert!(ids[0] != ids[1] && ids[1] != ids[2], "{ids:?}");
}

/// The Python SDK writes whole addresses, and `dependsOn` in the way of Python.
#[tokio::test]
async fn misc_02_a_batch_of_the_python_sdk_is_understood() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let responses = batch(
        &alice,
        json!([
            { "id": "1", "method": "GET", "url": "http://driveway.test/v1.0/me/drive/root?$select=id", "depends_on": [],
              "headers": {} },
            { "id": "2", "method": "GET", "url": "http://driveway.test/v1.0/me/drive/items/nothing", "depends_on": ["1"] },
            { "id": "3", "method": "GET", "url": "http://driveway.test/v1.0/me/drive", "depends_on": ["2"] },
        ]),
    )
    .await;
    assert_eq!(["1", "2", "3"].map(|id| of(&responses, id)["status"].clone()), [json!(200), json!(404), json!(424)]);
    let whole = json!({ "requests": [get("1", "http://driveway.test/beta/me/drive")] });
    let beta = alice.post("/beta/$batch", &whole).await.expect(200).json();
    assert_eq!(beta["responses"][0]["status"], 200);
}

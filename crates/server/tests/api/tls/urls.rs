//! Absolute URLs and cookies over an encrypted connection.

use serde_json::{Value, json};

use super::{client, encrypted};
use crate::steps::{guess, protected, put};
use crate::support::{Actor, TestServer};

const WELCOME: &str = "/v1.0/me/drive/root:/Welcome.txt:";

fn localhost(server: &TestServer) -> (reqwest::Client, String) {
    (client(server, &["localhost"]), format!("https://localhost:{}", server.address().port()))
}

async fn alice() -> (TestServer, Actor, String) {
    let server = encrypted().await;
    let (client, base) = localhost(&server);
    let alice = server.alice().over(&client, &base);
    (server, alice, base)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A client that came over https is never led back to http: some refuse to follow, others would send their token in clear.
#[tokio::test]
async fn every_absolute_url_begins_with_https_and_the_clients_host() {
    let (_server, alice, base) = alice().await;
    let item = alice.get(WELCOME).await.expect(200).json();
    let link = alice.post(&format!("{WELCOME}/createLink"), &json!({"type": "view"})).await.json();
    let page = alice.get("/v1.0/me/drive/root/children?$top=1").await.expect(200).json();
    let session = alice.post("/v1.0/me/drive/root:/big.bin:/createUploadSession", &json!({})).await.expect(200).json();
    let copied = alice.post(&format!("{WELCOME}/copy"), &json!({"name": "copy.txt"})).await.expect(202);
    let content = alice.get(&format!("{WELCOME}/content")).await.expect(302);
    let drive = alice.get("/v1.0/me/drive").await.expect(200).json();
    let batch = json!({"requests": [{"id": "1", "method": "GET", "url": "/me/drive/root:/Welcome.txt:"}]});
    let part = alice.post("/v1.0/$batch", &batch).await.expect(200).json();
    for (what, url) in [
        ("webUrl", text(&item["webUrl"])),
        ("downloadUrl", text(&item["@microsoft.graph.downloadUrl"])),
        ("context", text(&item["@odata.context"])),
        ("a link's webUrl", text(&link["link"]["webUrl"])),
        ("nextLink", text(&page["@odata.nextLink"])),
        ("uploadUrl", text(&session["uploadUrl"])),
        ("Location of a copy", copied.header("location").to_owned()),
        ("Location of content", content.header("location").to_owned()),
        ("a drive's webUrl", text(&drive["webUrl"])),
        ("in a batch", text(&part["responses"][0]["body"]["@microsoft.graph.downloadUrl"])),
    ] {
        assert!(url.starts_with(&format!("{base}/")), "{what}: {url}");
        if what != "context" {
            alice.get(&url).await;
        }
    }
    assert_eq!(
        alice.get(content.header("location")).await.expect(200).text(),
        alice.get(&text(&item["@microsoft.graph.downloadUrl"])).await.text()
    );
}

#[tokio::test]
async fn a_visitors_cookie_goes_over_https_only() {
    let server = encrypted().await;
    let (client, base) = localhost(&server);
    let pat = server.pat().over(&client, &base);
    put(&pat, "plan.txt", "the content").await;
    let shared = protected(&pat, "plan.txt", "harbour lights").await;
    let right = guess(&server.anonymous().over(&client, &base), &shared, "harbour lights").await.expect(303);
    assert!(right.header("set-cookie").contains("; Secure"), "{}", right.header("set-cookie"));
    // A browser that was told so would keep to https for every other port of the host too.
    assert_eq!(right.header("strict-transport-security"), "");
}

/// Clients whose host names are fixed are led here by a `hosts` file or a proxy.
#[tokio::test]
async fn clients_that_insist_on_graphs_names_are_served() {
    let server = encrypted().await;
    let (graph, login) = ("graph.microsoft.com", "login.microsoftonline.com");
    let client = client(&server, &[graph, login]);
    let base = format!("https://{graph}:{}", server.address().port());
    let alice = server.alice().over(&client, &base);
    let link = alice.post(&format!("{WELCOME}/createLink"), &json!({"type": "view"})).await.expect(201).json();
    assert!(text(&link["link"]["webUrl"]).starts_with(&base), "{link}");
    let login = server.anonymous().over(&client, &format!("https://{login}:{}", server.address().port()));
    login.head("/").await.expect(200);
    login.get("/").await.expect(200);
}

/// rclone puts `/v2.0/drives/{id}` behind its `tenant_url`.
#[tokio::test]
async fn the_older_versions_of_the_api_are_the_same_over_https() {
    let (server, alice, base) = alice().await;
    let drive = &server.person("alice@harbour.example").drive.id;
    for version in ["/v1.0", "/v2.0", "/_api/v2.0"] {
        let item = alice.get(&format!("{version}/drives/{drive}/root:/Welcome.txt:")).await.expect(200).json();
        let url = text(&item["@microsoft.graph.downloadUrl"]);
        assert!(url.starts_with(&base), "{version}: {url}");
        assert!(!alice.get(&url).await.expect(200).body.is_empty(), "{version}");
        let page = alice.get(&format!("{version}/drives/{drive}/root/children?$top=1")).await.expect(200).json();
        alice.get(&text(&page["@odata.nextLink"])).await.expect(200);
    }
}

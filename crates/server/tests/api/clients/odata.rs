//! Query options as clients write them, and those that nothing here answers to.

use crate::steps::{at, names, put};
use crate::support::TestServer;
use crate::support::sharing::ALICE;

#[tokio::test]
async fn options_come_without_their_dollar_encoded_and_with_a_trailing_comma() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "Docs/a.txt", "x").await;
    for query in ["$select=id,name,", "select=id,name", "%24select=id%2Cname%2C", "$select=%20id%20,%20name"] {
        let item = alice.get(&format!("{}?{query}", at("Docs/a.txt"))).await.expect(200).json();
        let mut members: Vec<&str> = item.as_object().unwrap().keys().map(String::as_str).collect();
        members.retain(|name| !name.starts_with('@'));
        assert_eq!(members, ["id", "name"], "{query}");
    }
    for query in [
        "$expand=children($select=id,name,)",
        "expand=children(select=id,name)",
        "%24expand=children%28%24select%3Did%2Cname%2C%29",
    ] {
        let folder = alice.get(&format!("{}?{query}", at("Docs"))).await.expect(200).json();
        let child = &folder["children"][0];
        assert!(child["name"] == "a.txt" && child["size"].is_null(), "{query}: {folder}");
    }
}

#[tokio::test]
async fn options_that_nothing_answers_to_are_refused_by_name() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "Docs/a.txt", "x").await;
    let item = server.item(ALICE, "Welcome.txt");
    let refused = async |path: &str, option: &str| {
        let error = alice.get(&format!("{path}?{option}")).await.error(400, "invalidRequest");
        let name = option.split('=').next().unwrap();
        assert_eq!(
            (&error["target"], &error["innerError"]["code"]),
            (&name.into(), &"invalidQueryOption".into()),
            "{path}"
        );
    };
    for path in [&item, "/v1.0/me/drive", &format!("{item}/versions/current"), &format!("{item}/content")] {
        for option in
            ["$filter=x", "$search=x", "$orderby=name", "$top=5", "$count=true", "$skip=5", "$apply=x", "$compute=x"]
        {
            refused(path, option).await;
        }
    }
    for option in ["$filter=x", "$search=x", "$skip=5", "$levels=2"] {
        refused(&format!("{}/children", at("Docs")), option).await;
        refused(&format!("{item}/versions"), option).await;
        refused("/v1.0/me/drives", option).await;
    }
    alice
        .patch(&format!("{item}?$filter=x"), &serde_json::json!({ "description": "x" }))
        .await
        .error(400, "invalidRequest");
}

#[tokio::test]
async fn what_is_no_option_of_odata_is_passed_over() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let item = server.item(ALICE, "Welcome.txt");
    for query in ["AVOverride=1", "forceRefresh=true&x=", "@odata.anything=1", "api-version=1.0", "token=abc"] {
        alice.get(&format!("{item}?{query}")).await.expect(200);
        alice.get(&format!("{item}/content?{query}")).await.expect(302);
        let listed = alice.get(&format!("/v1.0/me/drive/root/children?{query}")).await.expect(200).json();
        assert!(names(&listed).contains(&"Welcome.txt".to_owned()));
    }
}

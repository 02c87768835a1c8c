//! createLink (CL-01 to CL-36, and what AMB-43, AMB-46 and AMB-60 make of it).

use driveway_core::permission::Role;
use serde_json::{Value, json};

use crate::steps::{at, guess, protected, put};
use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB, PAT, by_share, url};

/// CL-01: one permission with a link in it, whatever is asked for; never a bare URL, never a list.
#[tokio::test]
async fn cl_01_the_answer_is_one_permission_with_a_link() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    for (body, status) in [(json!({}), 201), (json!({ "type": "edit" }), 201), (json!({}), 200)] {
        let answer = alice.share(&item, &body).await.expect(status).json();
        assert_eq!(answer["@odata.type"], "#microsoft.graph.permission");
        assert!(answer["id"].is_string() && answer["roles"].is_array() && answer["link"].is_object(), "{answer}");
        assert!(answer.get("value").is_none() && answer.get("grantedToV2").is_none(), "{answer}");
        alice.get(&format!("{item}/permissions/{}", answer["id"].as_str().unwrap())).await.expect(200);
    }
}

/// CL-05, AMB-49: every parameter that the published types have is read, also those that the page leaves out.
#[tokio::test]
async fn cl_05_every_parameter_of_the_published_types_is_read() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let body = json!({
        "type": "edit",
        "scope": "users",
        "expirationDateTime": "2026-12-31T00:00:00Z",
        "password": null,
        "message": null,
        "recipients": [{ "email": BOB }],
        "retainInheritedPermissions": true,
        "sendNotification": false,
    });
    let link = alice.share(&item, &body).await.expect(201).json();
    assert_eq!((&link["link"]["type"], &link["link"]["scope"]), (&json!("edit"), &json!("users")));
    assert_eq!(link["expirationDateTime"], "2026-12-31T00:00:00Z");
    assert_eq!(link["grantedToIdentitiesV2"][0]["user"]["email"], BOB);
}

/// CL-09: nothing is mandatory, but for the people of a link for people.
#[tokio::test]
async fn cl_09_nothing_is_mandatory_but_the_people_of_a_link_for_people() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    alice.share(&item, &json!({})).await.expect(201);
    let missing = alice.share(&item, &json!({ "scope": "users" })).await.error(400, "invalidRequest");
    assert_eq!(missing["target"], "recipients");
    assert_eq!(missing["innerError"]["code"], "parameterIsTooSmall");
}

/// CL-10: an unknown member is refused, and named.
#[tokio::test]
async fn cl_10_an_unknown_member_is_named() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let error = alice.share(&item, &json!({ "type": "view", "linkKind": 1 })).await.error(400, "invalidRequest");
    assert_eq!(error["target"], "linkKind");
    assert!(error["message"].as_str().unwrap().contains("linkKind"), "{error}");
    assert_eq!(alice.permissions(&item).await.len(), 1);
}

/// CL-11: an empty type is refused. An empty scope is the default here, because a client in wide use always sends one.
#[tokio::test]
async fn cl_11_an_empty_type_is_refused_and_an_empty_scope_is_the_default() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let error = alice.share(&item, &json!({ "type": "", "scope": "anonymous" })).await.error(400, "invalidRequest");
    assert_eq!((&error["target"], &error["innerError"]["code"]), (&json!("type"), &json!("parameterIsTooSmall")));
    let link = alice.share(&item, &json!({ "type": "view", "scope": "" })).await.expect(201).json();
    assert_eq!(link["link"]["scope"], "anonymous");
}

/// CL-13: recipients count on v1.0, or are refused where they can't; never passed over.
#[tokio::test]
async fn cl_13_recipients_count_or_are_refused() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let people = json!([{ "email": BOB }]);
    let link = alice.share(&item, &json!({ "scope": "users", "recipients": people })).await.expect(201).json();
    server.bob().get(&by_share(&link)).await.expect(200);
    let refused = alice.share(&item, &json!({ "scope": "anonymous", "recipients": people })).await;
    assert_eq!(refused.error(400, "invalidRequest")["target"], "recipients");
}

/// CL-18: `hasPassword` tells whether a password guards the link; the password itself comes back nowhere.
#[tokio::test]
async fn cl_18_a_link_tells_that_it_has_a_password_and_not_which() {
    let server = TestServer::start().await;
    let (pat, item) = (server.pat(), server.item(PAT, "Welcome.txt"));
    let body = json!({ "type": "view", "scope": "anonymous", "password": "canary of the harbour" });
    let made = pat.share(&item, &body).await.expect(201);
    let one = format!("{item}/permissions/{}", made.json()["id"].as_str().unwrap());
    for answer in [pat.get(&one).await, pat.share(&item, &body).await, made] {
        assert_eq!(answer.json()["hasPassword"], true);
        assert!(!answer.text().contains("canary"), "{}", answer.text());
    }
    assert_eq!(pat.view_link(&item).await["hasPassword"], false);
}

/// CL-22: an expiry and a password cost nothing.
#[tokio::test]
async fn cl_22_no_plan_has_to_be_paid_for_an_expiry_or_a_password() {
    let server = TestServer::start().await;
    let (pat, item) = (server.pat(), server.item(PAT, "Welcome.txt"));
    let body = json!({ "scope": "anonymous", "password": "harbour", "expirationDateTime": "2026-12-24T00:00:00Z" });
    let link = pat.share(&item, &body).await.expect(201).json();
    assert_eq!((&link["hasPassword"], &link["expirationDateTime"]), (&json!(true), &json!("2026-12-24T00:00:00Z")));
}

/// CL-32: links aren't rationed; asking for one that exists is free.
#[tokio::test]
async fn cl_32_links_are_not_rationed() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    for (round, status) in [(0, 201), (1, 200), (2, 200)] {
        for number in 0..30 {
            let body = json!({ "scope": "anonymous", "@driveway.name": format!("Link {number}") });
            let answer = alice.share(&item, &body).await;
            assert_eq!(answer.status, status, "round {round}, {number}: {}", answer.text());
        }
    }
}

/// AMB-60: where an operator sets a limit, it is one caller's, says when to come again, and leaves existing links alone.
#[tokio::test]
async fn amb_60_a_limit_is_for_new_links_of_one_caller() {
    let server = TestServer::start_with(|config| config.limits.new_links_per_minute = 4).await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let named = |name: &str| json!({ "scope": "anonymous", "@driveway.name": name });
    for name in ["1", "2", "3", "4"] {
        alice.share(&item, &named(name)).await.expect(201);
    }
    let answer = alice.share(&item, &named("5")).await;
    assert_eq!(answer.error(429, "activityLimitReached")["innerError"]["code"], "throttledRequest");
    assert_eq!(answer.header("retry-after"), "15");
    for name in ["1", "2", "3", "4"] {
        alice.share(&item, &named(name)).await.expect(200);
    }
    server.user_through(ALICE, 1, "Files.ReadWrite").share(&item, &named("5")).await.expect(201);
    server.application("Files.ReadWrite.All").share(&item, &named("5")).await.expect(201);
    server.advance(jiff::SignedDuration::from_secs(14));
    alice.share(&item, &named("6")).await.error(429, "activityLimitReached");
    server.advance(jiff::SignedDuration::from_secs(1));
    alice.share(&item, &named("6")).await.expect(201);
    alice.share(&item, &named("7")).await.error(429, "activityLimitReached");
    // What is refused for itself costs nothing, and neither does what was refused for the pace.
    server.advance(jiff::SignedDuration::from_secs(15));
    alice.share(&item, &json!({ "type": "nothing" })).await.error(400, "invalidRequest");
    alice.share(&item, &named("7")).await.expect(201);
}

/// CL-33: an application by itself makes links.
#[tokio::test]
async fn cl_33_an_application_by_itself_makes_links() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Welcome.txt");
    let link = server.application("Files.ReadWrite.All").share(&item, &json!({})).await.expect(201).json();
    server.anonymous().get(&by_share(&link)).await.expect(200);
}

/// CL-34: what somebody else shared with me can be shared on, if I may write to it, and is no fault of the server else.
#[tokio::test]
async fn cl_34_what_others_share_with_me_is_shared_on() {
    let server = TestServer::start().await;
    let (written, read) = (server.item(ALICE, "Welcome.txt"), server.item(ALICE, "Budget.csv"));
    server.grant(&written, BOB, Role::Write).await;
    server.grant(&read, BOB, Role::Read).await;
    let link = server.bob().share(&written, &json!({ "scope": "anonymous" })).await.expect(201).json();
    server.anonymous().get(&by_share(&link)).await.expect(200);
    server.bob().share(&read, &json!({ "scope": "anonymous" })).await.error(403, "accessDenied");
}

/// CL-36, HDR-14: `Prefer: getDefaultLink` is nowhere described; it is passed over and not said to have been applied.
#[tokio::test]
async fn cl_36_hdr_14_get_default_link_is_passed_over() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let first = alice.share(&item, &json!({})).await.expect(201).json();
    let answer = alice.with("prefer", "getDefaultLink").share(&item, &json!({})).await.expect(200);
    assert_eq!(answer.json(), first);
    assert!(answer.header("preference-applied").is_empty());
}

/// AMB-43, CL-15: embed links are for files.
#[tokio::test]
async fn amb_43_cl_15_a_folder_is_not_embedded() {
    let server = TestServer::start().await;
    let (pat, embed) = (server.pat(), json!({ "type": "embed", "scope": "anonymous" }));
    let error = pat.share(&server.item(PAT, "Reports"), &embed).await.error(400, "invalidRequest");
    assert_eq!(error["target"], "type");
    assert!(url(&pat.share(&server.item(PAT, "Welcome.txt"), &embed).await.expect(201).json()).contains("/s/"));
}

/// AMB-46: 1 to 128 characters, not blank; how a keyboard composes its accents doesn't matter.
#[tokio::test]
async fn amb_46_a_password_is_the_same_however_it_is_composed() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let link = protected(&pat, "a.txt", "Caf\u{e9} am Hafen").await;
    guess(&server.anonymous(), &link, "Cafe\u{301} am Hafen").await.expect(303);
    let again = json!({ "type": "view", "scope": "anonymous", "password": "Cafe\u{301} am Hafen" });
    pat.share(&at("a.txt"), &again).await.expect(200);
    for wrong in [String::new(), " \t".to_owned(), "x".repeat(129)] {
        let body = json!({ "type": "edit", "scope": "anonymous", "password": wrong });
        assert_eq!(pat.share(&at("a.txt"), &body).await.error(400, "invalidRequest")["target"], "password");
    }
    for good in ["x".to_owned(), "ö".repeat(128)] {
        let body =
            json!({ "type": "edit", "scope": "anonymous", "password": good, "@driveway.name": good.len().to_string() });
        assert_eq!(pat.share(&at("a.txt"), &body).await.expect(201).json()["hasPassword"], Value::Bool(true));
    }
}

//! What a change would do, told before it is made.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{POLICY, group_and_site};
use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB, PAT, by_share};

async fn ask(server: &TestServer, place: &str, body: &Value) -> Value {
    server.admin().post(&format!("{POLICY}{place}/dryRun"), body).await.expect(200).json()
}

fn counts(forecast: &Value) -> Vec<(&str, u64)> {
    let counts = forecast["counts"].as_object().unwrap();
    counts
        .iter()
        .map(|(name, count)| (name.as_str(), count.as_u64().unwrap()))
        .filter(|(_, count)| *count > 0)
        .collect()
}

/// Each effect is told of the links that it is about, without their secrets; nothing is changed.
#[tokio::test]
async fn policy_dry_run_tells_what_closes_shortens_and_revives() {
    let server = TestServer::start().await;
    let (alice, admin) = (server.alice(), server.admin());
    let (one, two) = (server.item(ALICE, "Welcome.txt"), server.item(BOB, "Welcome.txt"));
    let mine = alice.view_link(&one).await;
    server.bob().view_link(&two).await;
    alice.share(&one, &json!({ "type": "view", "scope": "organization" })).await.expect(201);
    let people = json!({ "type": "view", "scope": "users", "recipients": [{ "email": PAT }, { "email": BOB }] });
    alice.share(&one, &people).await.expect(201);
    let before = admin.get(POLICY).await.json();
    let close = ask(&server, "", &json!({ "anonymousLinks": false })).await;
    assert_eq!(counts(&close), [("closes", 2)]);
    let entry = close["value"].as_array().unwrap().iter().find(|entry| entry["id"] == mine["id"]).unwrap();
    let (alices, drive) = (server.person(ALICE).user.id.to_string(), server.person(ALICE).drive.id.to_string());
    assert_eq!((&entry["createdByUserId"], &entry["driveId"]), (&json!(alices), &json!(drive)));
    assert!(one.ends_with(entry["itemId"].as_str().unwrap()));
    assert!(!close.to_string().contains("webUrl") && !close.to_string().contains("shareId"));
    let shorten = ask(&server, "", &json!({ "maximumExpirationDays": 7 })).await;
    assert_eq!(
        (counts(&shorten), &shorten["value"][0]["expirationDateTime"]),
        (vec![("shortens", 2)], &json!("2026-11-30T12:00:00Z"))
    );
    let organization = ask(&server, "", &json!({ "organizationMaximumExpirationDays": 7 })).await;
    assert_eq!(counts(&organization), [("shortens", 1)]);
    let disable = ask(&server, "", &json!({ "sharingCapability": "disabled" })).await;
    assert_eq!(counts(&disable), [("closes", 2), ("excludes", 1)]);
    assert_eq!(counts(&ask(&server, "", &json!({})).await), []);
    assert_eq!(admin.get(POLICY).await.json(), before);
    server.anonymous().get(&by_share(&mine)).await.expect(200);
    // And the other way round.
    admin.set_policy(&json!({ "anonymousLinks": false })).await;
    assert_eq!(counts(&ask(&server, "", &json!({ "anonymousLinks": true })).await), [("revives", 2)]);
    admin.set_policy(&json!({ "anonymousLinks": true, "maximumExpirationDays": 1 })).await;
    assert_eq!(counts(&ask(&server, "", &json!({ "maximumExpirationDays": 2 })).await), [("extends", 2)]);
    server.advance(SignedDuration::from_hours(24));
    assert_eq!(counts(&ask(&server, "", &json!({ "maximumExpirationDays": 2 })).await), [("revives", 2)]);
}

/// A dry run of limits is about the links of their place, and knows what its other limits say.
#[tokio::test]
async fn policy_dry_run_of_limits_stays_in_its_place() {
    let server = TestServer::start().await;
    let (alice, admin) = (server.alice(), server.admin());
    let library = server.item_in(&server.demo.site, "Welcome.txt");
    alice.view_link(&server.item(ALICE, "Welcome.txt")).await;
    alice.view_link(&library).await;
    let (_, site) = group_and_site(&server);
    let (site, drive) = (format!("/sites/{site}"), format!("/drives/{}", server.demo.site.id));
    let close = json!({ "sharingCapability": "disabled" });
    for place in [&site, &drive] {
        assert_eq!(counts(&ask(&server, place, &close).await), [("closes", 1)], "{place}");
    }
    admin.patch(&format!("{POLICY}{drive}"), &close).await.expect(200);
    assert_eq!(counts(&ask(&server, &site, &close).await), []);
    assert_eq!(counts(&ask(&server, "", &json!({ "anonymousLinks": false })).await), [("closes", 1)]);
    assert_eq!(counts(&ask(&server, &drive, &json!({ "sharingCapability": null })).await), [("revives", 1)]);
    let wider = server.admin().post(&format!("{POLICY}{site}/dryRun"), &json!({ "embedOnBusiness": true })).await;
    assert_eq!(wider.error(400, "invalidRequest")["target"], "embedOnBusiness");
}

/// Pages follow each other; only the first one counts. What can't be a page is refused.
#[tokio::test]
async fn policy_dry_run_comes_in_pages() {
    let server = TestServer::start().await;
    let (alice, admin, item) = (server.alice(), server.admin(), server.item(ALICE, "Welcome.txt"));
    for name in ["a", "b", "c", "d", "e"] {
        let body = json!({ "type": "view", "scope": "anonymous", "@driveway.name": name });
        alice.share(&item, &body).await.expect(201);
        server.advance(SignedDuration::from_secs(1));
    }
    let close = json!({ "anonymousLinks": false });
    let mut path = format!("{POLICY}/dryRun?$top=2");
    let (mut found, mut sizes) = (Vec::new(), Vec::new());
    loop {
        let page = admin.post(&path, &close).await.expect(200).json();
        assert_eq!(page.get("counts").is_some(), sizes.is_empty());
        let ids: Vec<String> =
            page["value"].as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap().to_owned()).collect();
        sizes.push(ids.len());
        found.extend(ids);
        let Some(next) = page["@odata.nextLink"].as_str() else { break };
        path = next.to_owned();
    }
    assert_eq!(sizes, [2, 2, 1]);
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 5);
    for query in ["$top=0", "$top=x", "$skiptoken=x", "$filter=x", "no"] {
        let error = admin.post(&format!("{POLICY}/dryRun?{query}"), &close).await.error(400, "invalidRequest");
        assert_eq!(error["innerError"]["code"], "invalidQueryOption", "{query}");
    }
    let error = admin.post(&format!("{POLICY}/dryRun"), &json!({ "no": 1 })).await.error(400, "invalidRequest");
    assert_eq!(error["target"], "no");
}

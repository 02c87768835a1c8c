//! When links end: the forms of a date, default and maximum, and the slot that an ended link leaves.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::TestServer;
use crate::support::sharing::{ALICE, by_share};

const SAMPLES: [&str; 5] = ["Welcome.txt", "Reading list.md", "Harbour.png", "Budget.csv", "Reports"];

fn until(expiry: &str) -> Value {
    json!({ "type": "view", "scope": "anonymous", "expirationDateTime": expiry })
}

/// CL-19: fractions of a second and offsets are read; the answer is in UTC with a `Z`.
#[tokio::test]
async fn cl_19_perm_22_clients_forms_of_a_date_are_read() {
    let server = TestServer::start().await;
    for (name, sent, shown) in [
        ("Welcome.txt", "2026-12-31T00:00:00Z", Some("2026-12-31T00:00:00Z")),
        ("Reading list.md", "2026-12-31T00:00:00.123456789Z", Some("2026-12-31T00:00:00.123Z")),
        ("Harbour.png", "2026-12-31T01:30:00+01:30", Some("2026-12-31T00:00:00Z")),
        ("Budget.csv", "2026-12-31T00:00:00.5000000+00:00", Some("2026-12-31T00:00:00.500Z")),
        ("Reports", "0001-01-01T00:00:00Z", None),
    ] {
        let link = server.alice().share(&server.item(ALICE, name), &until(sent)).await.expect(201).json();
        assert_eq!(link.get("expirationDateTime").and_then(Value::as_str), shown, "{sent}");
    }
}

/// AMB-10, AMB-64: now is past already, and the next moment isn't.
#[tokio::test]
async fn amb_10_amb_64_an_expiry_lies_in_the_future() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    for past in
        ["2026-11-23T12:00:00Z", "2026-11-23T11:59:59.999Z", "1999-01-01T00:00:00Z", "2026-11-23T13:00:00+01:00"]
    {
        let error = alice.share(&item, &until(past)).await.error(400, "invalidRequest");
        assert_eq!(error["target"], "expirationDateTime", "{past}");
        assert_eq!(error["innerError"]["code"], "invalidParameterFormat", "{past}");
    }
    alice.share(&item, &until("2026-11-23T12:00:00.001Z")).await.expect(201);
}

/// CL-20, CL-21: the default applies where nothing was said, the maximum pulls back what lies beyond it.
#[tokio::test]
async fn cl_20_cl_21_amb_10_policy_sets_and_bounds_the_expiry() {
    let server = TestServer::start().await;
    let alice = server.alice();
    server.admin().set_policy(&json!({ "defaultExpirationDays": 7, "maximumExpirationDays": 30 })).await;
    let (week, month) = ("2026-11-30T12:00:00Z", "2026-12-23T12:00:00Z");
    for (name, body, wanted) in [
        (SAMPLES[0], json!({ "scope": "anonymous" }), week),
        (SAMPLES[1], until("0001-01-01T00:00:00Z"), week),
        (SAMPLES[2], until("2026-12-01T00:00:00Z"), "2026-12-01T00:00:00Z"),
        (SAMPLES[3], until("2030-01-01T00:00:00Z"), month),
    ] {
        let link = alice.share(&server.item(ALICE, name), &body).await.expect(201).json();
        assert_eq!(link["expirationDateTime"], wanted, "{body}");
    }
    // The limits are for anonymous links; the others end with their people's accounts.
    let organization = json!({ "type": "view", "scope": "organization" });
    let link = alice.share(&server.item(ALICE, SAMPLES[4]), &organization).await.expect(201).json();
    assert_eq!(link.get("expirationDateTime"), None);
}

/// AMB-10, LINK-06: a maximum set later shortens links that exist, and lifting it gives them their time back.
#[tokio::test]
async fn link_06_amb_10_a_tightened_maximum_shortens_links_that_exist() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let link = alice.share(&item, &until("2027-11-23T12:00:00Z")).await.expect(201).json();
    server.admin().set_policy(&json!({ "maximumExpirationDays": 10 })).await;
    let shown = alice.share(&item, &until("2027-11-23T12:00:00Z")).await.expect(200).json();
    assert_eq!((&shown["id"], &shown["expirationDateTime"]), (&link["id"], &json!("2026-12-03T12:00:00Z")));
    server.advance(SignedDuration::from_hours(24 * 10));
    server.anonymous().get(&by_share(&link)).await.error(404, "itemNotFound");
    server.admin().set_policy(&json!({ "maximumExpirationDays": null })).await;
    server.anonymous().get(&by_share(&link)).await.expect(200).json();
}

/// AMB-01, AMB-22: an ended link has left its slot; the next call makes a new link, and the old one stays dead.
#[tokio::test]
async fn amb_01_amb_22_an_expired_link_leaves_its_slot() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Welcome.txt");
    let old = server.alice().share(&item, &until("2026-11-23T12:30:00Z")).await.expect(201).json();
    server.advance(SignedDuration::from_mins(30));
    let body = json!({ "type": "view", "scope": "anonymous" });
    let new = server.alice().share(&item, &body).await.expect(201).json();
    assert_ne!(new["id"], old["id"]);
    assert_ne!(new["link"]["webUrl"], old["link"]["webUrl"]);
    assert_eq!(server.alice().share(&item, &body).await.expect(200).json()["id"], new["id"]);
    server.anonymous().get(&by_share(&old)).await.error(404, "itemNotFound");
    server.anonymous().get(&by_share(&new)).await.expect(200).json();
}

/// AMB-22: its owner still sees when it ended.
#[tokio::test]
async fn link_07_amb_22_an_expired_link_is_still_listed_to_its_owner() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Welcome.txt");
    let link = server.alice().share(&item, &until("2026-11-23T12:30:00Z")).await.expect(201).json();
    server.advance(SignedDuration::from_mins(31));
    let listed = server.alice().permissions(&item).await;
    let shown = listed.iter().find(|permission| permission["id"] == link["id"]).unwrap();
    assert_eq!(shown["expirationDateTime"], "2026-11-23T12:30:00Z");
    server.alice().delete(&format!("{item}/permissions/{}", link["id"].as_str().unwrap())).await.expect(204);
}

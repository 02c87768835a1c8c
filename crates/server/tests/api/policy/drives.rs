//! Sites and drives narrow what their organization says, and never widen it.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;

use super::{POLICY, group_and_site, is_disabled};
use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB, PAT, by_share};

/// POLICY-02: what holds in a drive is the narrowest of the organization's, its site's and its own.
#[tokio::test]
async fn policy_02_limits_hold_in_their_place_and_nowhere_else() {
    let server = TestServer::start().await;
    let (alice, admin) = (server.alice(), server.admin());
    let (mine, bobs) = (server.item(ALICE, "Welcome.txt"), server.item(BOB, "Welcome.txt"));
    let (link, others) = (alice.view_link(&mine).await, server.bob().view_link(&bobs).await);
    let drive = format!("{POLICY}/drives/{}", server.person(ALICE).drive.id);
    let limits = json!({ "sharingCapability": "externalUserSharingOnly", "organizationMaximumExpirationDays": 5 });
    let said = admin.patch(&drive, &limits).await.expect(200).json();
    assert_eq!(
        (&said["sharingCapability"], &said["effective"]["anonymousLinks"]),
        (&limits["sharingCapability"], &json!(false))
    );
    assert!(said.get("maximumExpirationDays").is_none());
    is_disabled(&server.anonymous().get(&by_share(&link)).await, "scope");
    server.anonymous().get(&by_share(&others)).await.expect(200);
    is_disabled(&alice.share(&mine, &json!({ "type": "edit", "scope": "anonymous" })).await, "scope");
    let organization = alice.share(&mine, &json!({ "type": "view", "scope": "organization" })).await.expect(201).json();
    assert_eq!(organization["expirationDateTime"], "2026-11-28T12:00:00Z");
    // What has ended by a drive's limits is found among the ended ones.
    server.advance(SignedDuration::from_hours(5 * 24));
    let ended = server.alice().get("/driveway/v1/links?state=expired").await.expect(200).json();
    assert_eq!(ended["value"].as_array().unwrap().len(), 1);
    // PUT sets anew, DELETE lifts; links come back.
    let anew = server
        .admin()
        .send(Method::PUT, &drive, "application/json", r#"{"createOnlyLinks":false}"#)
        .await
        .expect(200)
        .json();
    assert!(anew.get("sharingCapability").is_none() && anew["createOnlyLinks"] == false);
    server.anonymous().get(&by_share(&link)).await.expect(200);
    server.admin().delete(&drive).await.expect(204);
    server.admin().delete(&drive).await.expect(204);
    assert_eq!(server.admin().get(&drive).await.json().as_object().unwrap().len(), 1);
}

/// POLICY-02: a site's limits hold in its library, together with the library's own.
#[tokio::test]
async fn policy_02_site_and_drive_meet() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let (_, site) = group_and_site(&server);
    let (site, drive) = (format!("{POLICY}/sites/{site}"), format!("{POLICY}/drives/{}", server.demo.site.id));
    admin
        .patch(&site, &json!({ "maximumExpirationDays": 5, "sharingBlockedDomainList": ["a.example"] }))
        .await
        .expect(200);
    let wider = admin.patch(&drive, &json!({ "maximumExpirationDays": 6 })).await.error(400, "invalidRequest");
    assert_eq!(wider["target"], "maximumExpirationDays");
    assert!(wider["message"].as_str().unwrap().contains("the drive's site"), "{wider}");
    let body = json!({ "maximumExpirationDays": 3, "sharingBlockedDomainList": ["b.example"] });
    let met = admin.patch(&drive, &body).await.expect(200).json();
    assert_eq!(met["effective"]["sharingBlockedDomainList"], json!(["a.example", "b.example"]));
    let item = server.item_in(&server.demo.site, "Welcome.txt");
    let end = |link: serde_json::Value| link["expirationDateTime"].as_str().unwrap().to_owned();
    let link = server.alice().view_link(&item).await;
    assert_eq!(end(link), "2026-11-26T12:00:00Z");
    // The organization gets narrower than both: what holds follows it, and the limits stay as they were said.
    admin.set_policy(&json!({ "maximumExpirationDays": 1 })).await;
    let now = admin.get(&drive).await.json();
    assert_eq!((&now["maximumExpirationDays"], &now["effective"]["maximumExpirationDays"]), (&json!(3), &json!(1)));
    assert_eq!(end(server.alice().view_link(&item).await), "2026-11-24T12:00:00Z");
}

/// POLICY-02: what would widen is refused by name, and so is what makes no sense.
#[tokio::test]
async fn policy_02_what_would_widen_is_refused_by_name() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let drive = format!("{POLICY}/drives/{}", server.person(ALICE).drive.id);
    admin
        .set_policy(&json!({
            "sharingCapability": "externalUserSharingOnly", "maximumExpirationDays": 10, "anonymousLinkGroups": [],
            "anonymousFileLinkType": "view", "createOnlyLinks": false, "defaultLinkScope": "organization",
            "sharingDomainRestrictionMode": "allowList", "sharingAllowedDomainList": ["a.example"],
        }))
        .await;
    let (group, _) = group_and_site(&server);
    for (member, value) in [
        ("sharingCapability", json!("externalUserAndGuestSharing")),
        ("maximumExpirationDays", json!(11)),
        ("anonymousLinkGroups", json!([group])),
        ("anonymousFileLinkType", json!("edit")),
        ("createOnlyLinks", json!(true)),
        ("defaultLinkScope", json!("anonymous")),
        ("embedOnBusiness", json!(true)),
        ("sharingAllowedDomainList", json!(["a.example", "b.example"])),
    ] {
        for method in [Method::PATCH, Method::PUT] {
            let body = json!({ member: value }).to_string();
            let error = admin.send(method, &drive, "application/json", body).await.error(400, "invalidRequest");
            assert_eq!(error["target"], member);
            assert!(error["message"].as_str().unwrap().contains("the organization"), "{error}");
        }
    }
    for (member, value) in [
        ("maximumExpirationDays", json!(0)),
        ("anonymousFileLinkType", json!("viewUpload")),
        ("anonymousFileLinkType", json!({ "view": null })),
        ("sharingCapability", json!(false)),
        ("sharingCapability", json!({ "disabled": null })),
        ("sharingBlockedDomainList", json!(["x"])),
        ("passwordsOnBusiness", json!(false)),
        ("anonymousLinks", json!(false)),
        ("effective", json!({})),
    ] {
        let error = admin.patch(&drive, &json!({ member: value })).await.error(400, "invalidRequest");
        assert_eq!(error["target"], member);
    }
    assert_eq!(admin.get(&drive).await.json().as_object().unwrap().len(), 1);
}

/// A place that isn't the organization's isn't there.
#[tokio::test]
async fn policy_02_places_elsewhere_are_not_found() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let elsewhere = &server.person(PAT).drive.id;
    for place in [
        format!("drives/{elsewhere}"),
        "drives/none".to_owned(),
        "sites/none".to_owned(),
        "sites/00000000-0000-0000-0000-000000000000".to_owned(),
        format!("groups/{elsewhere}"),
    ] {
        let path = format!("{POLICY}/{place}");
        admin.get(&path).await.error(404, "itemNotFound");
        admin.patch(&path, &json!({})).await.error(404, "itemNotFound");
        admin.delete(&path).await.error(404, "itemNotFound");
        admin.post(&format!("{path}/dryRun"), &json!({})).await.error(404, "itemNotFound");
    }
    admin.post(&format!("{POLICY}/drives/{elsewhere}"), &json!({})).await.error(405, "notAllowed");
}

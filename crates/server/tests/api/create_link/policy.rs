//! What an organization's policy says of new links.

use driveway_core::policy::sharing::{DefaultLinkScope, DefaultLinkType, SharingCapability, SharingPolicy};
use serde_json::{Value, json};

use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB, PAT};

/// CL-27, AMB-21: what is asked for by name and is off is refused, never replaced by something narrower.
#[tokio::test]
async fn cl_27_amb_21_an_explicit_scope_is_never_replaced() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    server.admin().set_policy(&json!({ "anonymousLinks": false })).await;
    let before = alice.permissions(&item).await;
    let error = alice.share(&item, &json!({ "type": "view", "scope": "anonymous" })).await.error(403, "notAllowed");
    assert_eq!((&error["target"], &error["innerError"]["code"]), (&json!("scope"), &json!("sharingDisabled")));
    assert_eq!(alice.permissions(&item).await, before);
    let organization = json!({ "type": "view", "scope": "organization" });
    alice.share(&item, &organization).await.expect(201);
}

/// AMB-07: a default that isn't allowed goes down to the next narrower scope.
#[tokio::test]
async fn amb_07_a_missing_scope_goes_down_to_the_next_narrower_one() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    server.admin().set_policy(&json!({ "anonymousLinks": false, "defaultLinkScope": "anonymous" })).await;
    for body in [json!({}), json!({ "type": "view" }), json!({ "scope": "" })] {
        let link = alice.share(&item, &body).await;
        assert!(link.status.is_success(), "{body}: {}", link.text());
        assert_eq!(link.json()["link"]["scope"], "organization", "{body}");
    }
}

/// CL-07, AMB-08: the default link is the organization's, type and scope; what the caller says goes before it.
#[tokio::test]
async fn cl_07_amb_08_the_default_link_is_what_the_organization_says() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    server.admin().set_policy(&json!({ "defaultLinkType": "edit", "defaultLinkScope": "organization" })).await;
    let kind = |link: &Value| (link["link"]["type"].clone(), link["link"]["scope"].clone());
    for (body, wanted) in [
        (json!({}), ("edit", "organization")),
        (json!({ "type": "view" }), ("view", "organization")),
        (json!({ "scope": "anonymous" }), ("edit", "anonymous")),
    ] {
        let link = alice.share(&item, &body).await.expect(201).json();
        assert_eq!(kind(&link), (json!(wanted.0), json!(wanted.1)), "{body}");
    }
}

/// CL-07: where specific people are the default, people have to be named.
#[tokio::test]
async fn a_default_of_specific_people_asks_for_them() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    server.admin().set_policy(&json!({ "defaultLinkScope": "users" })).await;
    let error = alice.share(&item, &json!({ "type": "view" })).await.error(400, "invalidRequest");
    assert_eq!(error["target"], "recipients");
    let named = json!({ "type": "view", "recipients": [{ "email": BOB }] });
    assert_eq!(alice.share(&item, &named).await.expect(201).json()["link"]["scope"], "users");
}

/// The seed's limit "personal only" for embed links is a default that an administrator may lift (AMB-42).
#[tokio::test]
async fn amb_42_embed_on_business_is_the_administrators_switch() {
    let server = TestServer::start().await;
    let (alice, embed) = (server.alice(), json!({ "type": "embed", "scope": "anonymous" }));
    let (file, folder) = (server.item(ALICE, "Harbour.png"), server.item(ALICE, "Reports"));
    alice.share(&file, &embed).await.error(400, "notSupported");
    server.admin().set_policy(&json!({ "embedOnBusiness": true })).await;
    assert!(alice.share(&file, &embed).await.expect(201).json()["link"]["webHtml"].is_string());
    assert_eq!(alice.share(&folder, &embed).await.error(400, "invalidRequest")["target"], "type");
}

/// CL-17: so is the limit for passwords; they stay with anonymous links (AMB-45).
#[tokio::test]
async fn cl_17_amb_45_passwords_on_business_is_the_administrators_switch() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let body = json!({ "type": "view", "scope": "anonymous", "password": "harbour" });
    alice.share(&item, &body).await.error(400, "notSupported");
    server.admin().set_policy(&json!({ "passwordsOnBusiness": true })).await;
    assert_eq!(alice.share(&item, &body).await.expect(201).json()["hasPassword"], true);
    for scope in ["organization", "users"] {
        let body = json!({ "type": "view", "scope": scope, "password": "harbour", "recipients": [] });
        assert_eq!(alice.share(&item, &body).await.error(400, "invalidRequest")["target"], "password", "{scope}");
    }
}

/// Personal drives have a policy of their own: nothing that an organization says reaches them, nor the other way round.
#[tokio::test]
async fn each_tenant_has_a_policy_of_its_own() {
    let server = TestServer::start().await;
    let (pat, alice) = (server.pat(), server.alice());
    let (pats, alices) = (server.item(PAT, "Welcome.txt"), server.item(ALICE, "Welcome.txt"));
    server.admin().set_policy(&json!({ "anonymousLinks": false })).await;
    pat.share(&pats, &json!({ "type": "view", "scope": "anonymous" })).await.expect(201);
    server.admin().set_policy(&json!({ "anonymousLinks": true })).await;
    server
        .set_personal_policy(SharingPolicy {
            sharing_capability: SharingCapability::ExternalUserSharingOnly,
            default_link_type: DefaultLinkType::Edit,
            default_link_scope: DefaultLinkScope::Organization,
            ..SharingPolicy::default()
        })
        .await;
    pat.share(&pats, &json!({ "type": "edit", "scope": "anonymous" })).await.error(403, "notAllowed");
    alice.share(&alices, &json!({ "type": "view", "scope": "anonymous" })).await.expect(201);
}

/// AMB-07: a personal drive has no organization to fall back to; its open link is the anonymous one.
#[tokio::test]
async fn on_a_personal_drive_a_default_of_organization_means_anonymous() {
    let server = TestServer::start().await;
    let policy = SharingPolicy { default_link_scope: DefaultLinkScope::Organization, ..SharingPolicy::default() };
    server.set_personal_policy(policy).await;
    let link = server.pat().share(&server.item(PAT, "Welcome.txt"), &json!({})).await.expect(201).json();
    assert_eq!(link["link"]["scope"], "anonymous");
}

/// POLICY-17: the policy is for administrators with the scope for it, and its values are checked.
#[tokio::test]
async fn the_policy_is_for_administrators() {
    let server = TestServer::start().await;
    let path = "/driveway/v1/policy/sharing";
    let settings = "SharePointTenantSettings.ReadWrite.All";
    let before = server.admin().get(path).await.expect(200).json();
    server.anonymous().patch(path, &json!({})).await.error(401, "InvalidAuthenticationToken");
    server.user(ALICE, settings).patch(path, &json!({})).await.error(403, "accessDenied");
    server.user("admin@harbour.example", "Files.ReadWrite.All").get(path).await.error(403, "accessDenied");
    for (change, target) in [
        (json!({ "anonymousLinks": "no" }), "anonymousLinks"),
        (json!({ "defaultLinkScope": "everyone" }), "defaultLinkScope"),
        (json!({ "maximumExpirationDays": 0 }), "maximumExpirationDays"),
        (json!({ "maximumExpirationDays": 3651 }), "maximumExpirationDays"),
        (json!({ "defaultExpirationDays": 1.5 }), "defaultExpirationDays"),
        (json!({ "anonymous": false }), "anonymous"),
    ] {
        let error = server.admin().patch(path, &change).await.error(400, "invalidRequest");
        assert_eq!(error["target"], target, "{change}");
    }
    server.admin().delete(path).await.error(405, "notAllowed");
    assert_eq!(server.admin().get(path).await.expect(200).json(), before);
}

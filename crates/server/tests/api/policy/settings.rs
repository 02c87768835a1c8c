//! `/admin/sharepoint/settings` and who may touch policy at all.

use reqwest::Method;
use serde_json::{Value, json};

use super::{POLICY, SETTINGS, is_disabled};
use crate::support::TestServer;
use crate::support::sharing::{ADMIN, ALICE, by_share};

/// POLICY-01: Graph's members and our own view are one policy.
#[tokio::test]
async fn policy_01_graph_and_our_namespace_say_the_same() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let first = admin.get(SETTINGS).await.expect(200).json();
    assert_eq!(first["sharingCapability"], "externalUserAndGuestSharing");
    for (level, anonymous) in [
        ("disabled", false),
        ("existingExternalUserSharingOnly", false),
        ("externalUserSharingOnly", false),
        ("externalUserAndGuestSharing", true),
    ] {
        let said = admin.patch(SETTINGS, &json!({ "sharingCapability": level })).await.expect(200).json();
        assert_eq!(said["sharingCapability"], level);
        let ours = admin.get(POLICY).await.expect(200).json();
        assert_eq!((&ours["sharingCapability"], &ours["anonymousLinks"]), (&json!(level), &json!(anonymous)));
    }
    admin.set_policy(&json!({ "anonymousLinks": false })).await;
    assert_eq!(admin.get(SETTINGS).await.json()["sharingCapability"], "externalUserSharingOnly");
    admin.patch(SETTINGS, &json!({ "sharingCapability": "disabled" })).await.expect(200);
    admin.set_policy(&json!({ "anonymousLinks": false })).await;
    assert_eq!(admin.get("/beta/admin/sharepoint/settings").await.json()["sharingCapability"], "disabled");
    // What is read can be sent back whole.
    let mut whole = admin.get(POLICY).await.json();
    assert_eq!(admin.patch(POLICY, &whole).await.expect(200).json(), whole);
    whole["anonymousLinks"] = json!(true);
    assert_eq!(admin.patch(POLICY, &whole).await.error(400, "invalidRequest")["target"], "anonymousLinks");
}

/// AMB-20, P38: closing anonymous links makes them dormant, opening revives those that weren't deleted meanwhile.
#[tokio::test]
async fn policy_01_amb_20_p38_closed_links_sleep_and_wake() {
    let server = TestServer::start().await;
    let (alice, admin, item) = (server.alice(), server.admin(), server.item(ALICE, "Welcome.txt"));
    let (kept, other) = (alice.view_link(&item).await, server.item(ALICE, "Harbour.png"));
    let deleted = alice.view_link(&other).await;
    admin.patch(SETTINGS, &json!({ "sharingCapability": "externalUserSharingOnly" })).await.expect(200);
    let closed = server.anonymous().get(&by_share(&kept)).await;
    is_disabled(&closed, "scope");
    alice.delete(&format!("{other}/permissions/{}", deleted["id"].as_str().unwrap())).await.expect(204);
    admin.patch(SETTINGS, &json!({ "sharingCapability": "externalUserAndGuestSharing" })).await.expect(200);
    server.anonymous().get(&by_share(&kept)).await.expect(200);
    server.anonymous().get(&by_share(&deleted)).await.error(404, "itemNotFound");
}

/// POLICY-17: settings are for administrators, with the scope for them.
#[tokio::test]
async fn policy_17_settings_are_for_administrators_with_the_scope() {
    let server = TestServer::start().await;
    let (read, write) = ("SharePointTenantSettings.Read.All", "SharePointTenantSettings.ReadWrite.All");
    let drive = format!("{POLICY}/drives/{}", server.person(ALICE).drive.id);
    let body = json!({ "sharingCapability": "disabled" });
    let before = server.admin().get(SETTINGS).await.json();
    for path in [SETTINGS, POLICY, &drive] {
        for reader in [server.user(ADMIN, read), server.application(read)] {
            reader.get(path).await.expect(200);
            reader.patch(path, &body).await.error(403, "accessDenied");
        }
        for stranger in [server.user(ALICE, write), server.user(ADMIN, "Files.ReadWrite.All"), server.pat()] {
            stranger.get(path).await.error(403, "accessDenied");
            stranger.patch(path, &body).await.error(403, "accessDenied");
        }
        server.anonymous().get(path).await.error(401, "InvalidAuthenticationToken");
        server.anonymous().patch(path, &json!({ "no": 1 })).await.error(401, "InvalidAuthenticationToken");
    }
    for path in [format!("{POLICY}/dryRun"), format!("{drive}/dryRun")] {
        server.user(ADMIN, read).post(&path, &body).await.expect(200);
        server.user(ALICE, write).post(&path, &body).await.error(403, "accessDenied");
        server.anonymous().post(&path, &body).await.error(401, "InvalidAuthenticationToken");
        server.admin().get(&path).await.error(405, "notAllowed");
    }
    assert_eq!(server.admin().get(SETTINGS).await.json(), before);
}

/// What Graph's type has and this server hasn't, and what is wrong, is refused by name; nothing is changed.
#[tokio::test]
async fn policy_01_what_settings_refuse_is_named() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let before = admin.get(SETTINGS).await.json();
    for (member, value, code) in [
        ("isSiteCreationEnabled", json!(true), "notSupported"),
        ("tenantDefaultTimezone", json!("UTC"), "notSupported"),
        ("isRequireAcceptingUserToMatchInvitedUserEnabled", json!(false), "notSupported"),
        ("isRequireAcceptingUserToMatchInvitedUserEnabled", json!("yes"), "invalidRequest"),
        ("sharingCapability", json!("everybody"), "invalidRequest"),
        ("sharingCapability", json!(2), "invalidRequest"),
        ("sharingCapability", json!(false), "invalidRequest"),
        ("sharingCapability", json!(true), "invalidRequest"),
        ("sharingCapability", json!({ "disabled": null }), "invalidRequest"),
        ("sharingDomainRestrictionMode", json!({ "blockList": null }), "invalidRequest"),
        ("sharingDomainRestrictionMode", json!(true), "invalidRequest"),
        ("sharingDomainRestrictionMode", json!("allowAndBlockList"), "invalidRequest"),
        ("sharingDomainRestrictionMode", json!("unknownFutureValue"), "invalidRequest"),
        ("sharingBlockedDomainList", json!("a.example"), "invalidRequest"),
        ("sharingBlockedDomainList", json!(["*.example"]), "invalidRequest"),
        ("sharingBlockedDomainList", json!(["nodots"]), "invalidRequest"),
        ("isResharingByExternalUsersEnabled", json!(1), "invalidRequest"),
        ("id", json!("x"), "invalidRequest"),
        ("maximumExpirationDays", json!(1), "invalidRequest"),
        ("sharing", json!(true), "invalidRequest"),
    ] {
        let mut body = json!({ "isResharingByExternalUsersEnabled": false });
        body[member] = value.clone();
        assert_eq!(admin.patch(SETTINGS, &body).await.error(400, code)["target"], member, "{member}: {value}");
    }
    let alone = json!({ "sharingDomainRestrictionMode": "allowList" });
    assert_eq!(admin.patch(SETTINGS, &alone).await.error(400, "invalidRequest")["target"], "sharingAllowedDomainList");
    admin.send(Method::PATCH, SETTINGS, "text/plain", "{}").await.error(415, "invalidRequest");
    assert_eq!(admin.get(SETTINGS).await.json(), before);
    // Nothing, `null`, and what already holds, change nothing.
    for body in [json!({}), json!({ "sharingCapability": null }), before.clone()] {
        assert_eq!(admin.patch(SETTINGS, &body).await.expect(200).json(), before, "{body}");
    }
}

/// Every member of our own view takes what it may have and refuses everything else by name.
#[tokio::test]
async fn policy_03_to_12_every_member_refuses_what_it_cannot_have() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let before = admin.get(POLICY).await.json();
    let days = [json!(0), json!(3651), json!(-1), json!(1.5), json!("7")];
    let flags = [json!("true"), json!(1)];
    let words = [json!("none"), json!(true), json!("")];
    let groups = [json!("all"), json!(["x"]), json!([1])];
    let capabilities = [json!(false), json!(true), json!(0), json!(""), json!({ "disabled": null })];
    let cases: [(&str, &[Value]); 18] = [
        ("sharingCapability", &capabilities),
        ("defaultExpirationDays", &days),
        ("maximumExpirationDays", &days),
        ("organizationDefaultExpirationDays", &days),
        ("organizationMaximumExpirationDays", &days),
        ("createOnlyMaximumExpirationDays", &days),
        ("defaultToExistingAccess", &flags),
        ("createOnlyLinks", &flags),
        ("passwordsOnBusiness", &flags),
        ("embedOnBusiness", &flags),
        ("addressBarLinks", &flags),
        ("ignoreUnaskedRetainInheritedPermissions", &flags),
        ("defaultLinkType", &words),
        ("defaultLinkScope", &words),
        ("anonymousFolderLinkType", &words),
        ("anonymousFileLinkType", &[json!("viewUpload"), json!("none")]),
        ("anonymousLinkGroups", &groups),
        ("externalSharingGroups", &groups),
    ];
    for (member, values) in cases {
        for value in values {
            let error = admin.patch(POLICY, &json!({ member: value })).await.error(400, "invalidRequest");
            assert_eq!(error["target"], member, "{member}: {value}");
        }
    }
    for (default, maximum) in [
        ("defaultExpirationDays", "maximumExpirationDays"),
        ("organizationDefaultExpirationDays", "organizationMaximumExpirationDays"),
    ] {
        let error = admin.patch(POLICY, &json!({ default: 9, maximum: 8 })).await.error(400, "invalidRequest");
        assert_eq!(error["target"], default);
    }
    assert_eq!(admin.get(POLICY).await.json(), before);
}

//! People of other organizations, and addresses without an account.

use driveway_core::permission::Role;
use serde_json::json;

use super::{SETTINGS, group_and_site, invite, is_disabled};
use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB, PAT, by_share};

const NOBODY: &str = "somebody@elsewhere.example";

/// POLICY-01: each level lets share with those whom it names, and with nobody else.
#[tokio::test]
async fn policy_01_each_level_lets_share_with_its_people() {
    let server = TestServer::start().await;
    let (alice, admin) = (server.alice(), server.admin());
    for (level, file, account, address) in [
        ("disabled", "Welcome.txt", false, false),
        ("existingExternalUserSharingOnly", "Harbour.png", true, false),
        ("externalUserSharingOnly", "Budget.csv", true, true),
    ] {
        let item = server.item(ALICE, file);
        admin.patch(SETTINGS, &json!({ "sharingCapability": level })).await.expect(200);
        for (email, allowed) in [(PAT, account), (NOBODY, address), (BOB, true)] {
            let answer = invite(&alice, &item, email, "read").await;
            if allowed { drop(answer.expect(200)) } else { is_disabled(&answer, "recipients[0]") }
        }
        let link = json!({ "type": "view", "scope": "users", "recipients": [{ "email": PAT }] });
        let answer = alice.share(&item, &link).await;
        if account { drop(answer.expect(201)) } else { is_disabled(&answer, "recipients") }
    }
}

/// POLICY-09: a domain is one in all the spellings that IDNA has for it, on the list and in the address.
#[tokio::test]
async fn policy_09_domains_are_compared_in_their_ascii_form() {
    let server = TestServer::start().await;
    let (alice, admin, item) = (server.alice(), server.admin(), server.item(ALICE, "Welcome.txt"));
    let lists =
        |mode: &str, list: &str, domains: &[&str]| json!({ "sharingDomainRestrictionMode": mode, list: domains });
    let block = lists("blockList", "sharingBlockedDomainList", &["ｅvil.example", "Bücher.example"]);
    let said = admin.patch(SETTINGS, &block).await.expect(200).json();
    assert_eq!(said["sharingBlockedDomainList"], json!(["evil.example", "xn--bcher-kva.example"]));
    let spellings = ["a@evil.example", "a@\u{ff45}vil.example", "a@evil.exam\u{200b}ple", "a@EVIL\u{3002}example"];
    for email in spellings.into_iter().chain(["a@bücher.example", "a@XN--bcher-KVA.example"]) {
        is_disabled(&invite(&alice, &item, email, "read").await, "recipients[0]");
    }
    invite(&alice, &item, "a@good.example", "read").await.expect(200);
    let allow = lists("allowList", "sharingAllowedDomainList", &["evil.example"]);
    admin.patch(SETTINGS, &allow).await.expect(200);
    is_disabled(&invite(&alice, &item, "b@good.example", "read").await, "recipients[0]");
    let known = alice.get(&format!("{item}/permissions")).await.json()["value"].as_array().unwrap().len();
    for email in spellings {
        // And all of them are one address: the second finds the first's invitation.
        invite(&alice, &item, email, "read").await.expect(200);
    }
    assert_eq!(alice.get(&format!("{item}/permissions")).await.json()["value"].as_array().unwrap().len(), known + 1);
    for email in
        ["a@[127.0.0.1]", "a@127.0.0.1", "a@a_b.example", "a@*.example", "a@xn--zz-.example", "a@\u{200b}.example"]
    {
        invite(&alice, &item, email, "read").await.error(400, "invalidRequest");
    }
}

/// POLICY-01, P38: what outsiders have is dormant while the level forbids it, on every way in, and theirs again afterwards.
#[tokio::test]
async fn policy_01_p38_what_outsiders_have_sleeps_and_wakes() {
    let server = TestServer::start().await;
    let (alice, admin, pat) = (server.alice(), server.admin(), server.pat());
    let (item, linked) = (server.item(ALICE, "Welcome.txt"), server.item(ALICE, "Harbour.png"));
    invite(&alice, &item, PAT, "write").await.expect(200);
    let people = json!({ "type": "view", "scope": "users", "recipients": [{ "email": PAT }] });
    let link = alice.share(&linked, &people).await.expect(201).json();
    let made = pat.share(&item, &json!({ "type": "view", "scope": "users", "recipients": [{ "email": PAT }] })).await;
    let made = made.expect(201).json();
    let shared = "/v1.0/me/drive/sharedWithMe?allowexternal=true";
    let ticket = pat.get(&item).await.expect(200).json();
    let ticket = ticket["@microsoft.graph.downloadUrl"].as_str().unwrap().to_owned();
    for (level, open) in [("disabled", false), ("existingExternalUserSharingOnly", true)] {
        admin.patch(SETTINGS, &json!({ "sharingCapability": level })).await.expect(200);
        if open {
            pat.get(&item).await.expect(200);
            pat.get(&by_share(&link)).await.expect(200);
            server.anonymous().get(&ticket).await.expect(200);
            alice.get(&by_share(&link)).await.error(403, "accessDenied");
        } else {
            pat.get(&item).await.error(404, "itemNotFound");
            is_disabled(&pat.get(&by_share(&link)).await, "scope");
            assert_eq!(server.anonymous().get(&ticket).await.status.as_u16(), 404);
            // P9: what a maker may not do now, their links don't either.
            pat.get(&by_share(&made)).await.error(404, "itemNotFound");
        }
        let found = pat.get(shared).await.expect(200).json()["value"].as_array().unwrap().len();
        assert_eq!(found, if open { 2 } else { 0 }, "{level}");
    }
}

/// POLICY-09: lists of domains count for people and for addresses, and at use.
#[tokio::test]
async fn policy_09_domains_are_allowed_or_blocked() {
    let server = TestServer::start().await;
    let (alice, admin, pat) = (server.alice(), server.admin(), server.pat());
    let (item, other) = (server.item(ALICE, "Welcome.txt"), server.item(ALICE, "Harbour.png"));
    invite(&alice, &item, PAT, "read").await.expect(200);
    let block = json!({
        "sharingDomainRestrictionMode": "blockList", "sharingBlockedDomainList": ["Personal.Example", "bad.example"]
    });
    let said = admin.patch(SETTINGS, &block).await.expect(200).json();
    assert_eq!(said["sharingBlockedDomainList"], json!(["bad.example", "personal.example"]));
    pat.get(&item).await.error(404, "itemNotFound");
    is_disabled(&invite(&alice, &other, PAT, "read").await, "recipients[0]");
    is_disabled(&invite(&alice, &other, "x@BAD.example", "read").await, "recipients[0]");
    invite(&alice, &other, NOBODY, "read").await.expect(200);
    let allow =
        json!({ "sharingDomainRestrictionMode": "allowList", "sharingAllowedDomainList": ["personal.example"] });
    admin.patch(SETTINGS, &allow).await.expect(200);
    pat.get(&item).await.expect(200);
    is_disabled(&invite(&alice, &other, "x@sub.personal.example", "read").await, "recipients[0]");
    // The organization's own people are never outside.
    invite(&alice, &other, BOB, "read").await.expect(200);
    admin.patch(SETTINGS, &json!({ "sharingDomainRestrictionMode": "none" })).await.expect(200);
    invite(&alice, &other, "x@bad.example", "read").await.expect(200);
}

/// POLICY-09: whether people from outside may share on; switched off, what they made is closed too (P9).
#[tokio::test]
async fn policy_09_p09_outsiders_share_on_or_not() {
    let server = TestServer::start().await;
    let (alice, admin, pat) = (server.alice(), server.admin(), server.pat());
    let item = server.item(ALICE, "Welcome.txt");
    invite(&alice, &item, PAT, "write").await.expect(200);
    let link = pat.view_link(&item).await;
    server.anonymous().get(&by_share(&link)).await.expect(200);
    admin.patch(SETTINGS, &json!({ "isResharingByExternalUsersEnabled": false })).await.expect(200);
    is_disabled(&pat.share(&item, &json!({ "type": "edit", "scope": "anonymous" })).await, "scope");
    is_disabled(&invite(&pat, &item, NOBODY, "read").await, "scope");
    server.anonymous().get(&by_share(&link)).await.error(404, "itemNotFound");
    pat.put(&format!("{item}/content"), "still theirs to change").await.expect(200);
    admin.patch(SETTINGS, &json!({ "isResharingByExternalUsersEnabled": true })).await.expect(200);
    server.anonymous().get(&by_share(&link)).await.expect(200);
}

/// POLICY-10: only the people of some groups share with outsiders.
#[tokio::test]
async fn policy_10_some_groups_share_with_outsiders() {
    let server = TestServer::start().await;
    let (alice, admin, item) = (server.alice(), server.admin(), server.item(ALICE, "Welcome.txt"));
    admin.set_policy(&json!({ "externalSharingGroups": [] })).await;
    for email in [PAT, NOBODY] {
        is_disabled(&invite(&alice, &item, email, "read").await, "recipients[0]");
    }
    let people = json!({ "type": "view", "scope": "users", "recipients": [{ "email": PAT }] });
    is_disabled(&alice.share(&item, &people).await, "recipients");
    invite(&alice, &item, BOB, "read").await.expect(200);
    let (group, _) = group_and_site(&server);
    admin.set_policy(&json!({ "externalSharingGroups": [group] })).await;
    invite(&alice, &item, PAT, "read").await.expect(200);
    server.pat().get(&item).await.expect(200);
    server.grant(&item, PAT, Role::Write).await;
    // Who is from outside is in no group of the organization.
    is_disabled(&invite(&server.pat(), &item, NOBODY, "read").await, "recipients[0]");
}

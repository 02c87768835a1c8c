//! Links for specific people (CL-26, AMB-05, AMB-49).

use serde_json::{Value, json};

use crate::support::TestServer;
use crate::support::sharing::{ADMIN, ALICE, BOB, PAT, by_share};

fn for_people(recipients: &Value) -> Value {
    json!({ "type": "view", "scope": "users", "recipients": recipients })
}

fn names(link: &Value) -> Vec<String> {
    let people = link["grantedToIdentitiesV2"].as_array().unwrap();
    people.iter().map(|person| person["user"]["email"].as_str().unwrap().to_owned()).collect()
}

/// CL-26: only the listed people get in, and they have to sign in.
#[tokio::test]
async fn cl_26_a_users_link_is_for_the_listed_people() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let link = alice.share(&item, &for_people(&json!([{ "email": BOB }]))).await.expect(201).json();
    assert_eq!(names(&link), [BOB]);
    assert_eq!(link["grantedToIdentities"], link["grantedToIdentitiesV2"]);
    let bob = &server.person(BOB).user;
    let shown = &link["grantedToIdentitiesV2"][0]["user"];
    assert_eq!((&shown["id"], &shown["displayName"]), (&json!(bob.id.to_string()), &json!("Bob Lindqvist")));
    server.bob().get(&by_share(&link)).await.expect(200).json();
    server.admin().get(&by_share(&link)).await.error(403, "accessDenied");
    server.pat().get(&by_share(&link)).await.error(403, "accessDenied");
    server.anonymous().get(&by_share(&link)).await.error(401, "InvalidAuthenticationToken");
}

/// A person is named by address, by principal name or by id, and stands on the link once.
#[tokio::test]
async fn people_are_named_by_address_name_or_id() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let id = server.person(BOB).user.id.to_string();
    let all = json!([{ "email": "Bob@Harbour.Example" }, { "alias": BOB }, { "objectId": id }, { "email": ADMIN }]);
    let link = alice.share(&item, &for_people(&all)).await.expect(201).json();
    let mut people = names(&link);
    people.sort();
    assert_eq!(people, [ADMIN, BOB]);
}

/// AMB-05: other people join the same link, and nobody leaves it.
#[tokio::test]
async fn amb_05_further_people_join_the_existing_link() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let first = alice.share(&item, &for_people(&json!([{ "email": BOB }]))).await.expect(201).json();
    let second = alice.share(&item, &for_people(&json!([{ "email": ADMIN }]))).await.expect(200).json();
    assert_eq!(second["id"], first["id"]);
    assert_eq!(second["link"]["webUrl"], first["link"]["webUrl"]);
    assert_eq!(names(&second).len(), 2);
    for body in [for_people(&json!([])), for_people(&json!([{ "email": BOB }]))] {
        assert_eq!(names(&alice.share(&item, &body).await.expect(200).json()).len(), 2);
    }
    server.admin().get(&by_share(&first)).await.expect(200).json();
}

/// AMB-05, AMB-49: people have to be known, to be named in one way, and to go with the scope for them; all or none.
#[tokio::test]
async fn what_is_wrong_with_recipients_is_refused_whole() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let before = alice.permissions(&item).await;
    let many: Vec<Value> = (0..101).map(|_| json!({ "email": BOB })).collect();
    for (recipients, target, inner) in [
        (json!([]), "recipients", Some("parameterIsTooSmall")),
        (json!([{ "email": BOB }, { "email": "nobody@harbour.example" }]), "recipients", None),
        (json!([{ "objectId": server.person(PAT).user.id.to_string() }]), "recipients", None),
        (json!([{ "objectId": "00000000-0000-0000-0000-000000000000" }]), "recipients", None),
        (json!([{ "email": BOB }, {}]), "recipients[1].email", None),
        (json!([{ "email": BOB, "alias": BOB }]), "recipients[0].email", None),
        (json!([{ "email": "" }]), "recipients[0].email", Some("parameterIsTooSmall")),
        (json!([{ "email": 1 }]), "recipients[0].email", None),
        (json!([{ "mail": BOB }]), "recipients[0].mail", None),
        (json!([BOB]), "recipients", None),
        (json!(BOB), "recipients", None),
        (json!(many), "recipients", Some("parameterIsTooLong")),
    ] {
        let answer = alice.share(&item, &for_people(&recipients)).await;
        let error = answer.error(400, "invalidRequest");
        assert_eq!(error["target"], target, "{recipients}");
        assert_eq!(error["innerError"].get("code").and_then(Value::as_str), inner, "{recipients}");
    }
    for scope in ["anonymous", "organization"] {
        let body = json!({ "type": "view", "scope": scope, "recipients": [{ "email": BOB }] });
        assert_eq!(alice.share(&item, &body).await.error(400, "invalidRequest")["target"], "recipients");
    }
    assert_eq!(alice.permissions(&item).await, before);
}

/// AMB-49: mail isn't set up, so that asking for it is refused rather than passed over.
#[tokio::test]
async fn a_message_is_not_passed_over() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    for (member, value, code) in [
        ("sendNotification", json!(true), "notSupported"),
        ("message", json!("Have a look"), "notSupported"),
        ("message", json!("a".repeat(2001)), "invalidRequest"),
    ] {
        let mut body = for_people(&json!([{ "email": BOB }]));
        body[member] = value;
        assert_eq!(alice.share(&item, &body).await.error(400, code)["target"], member);
    }
    assert_eq!(alice.permissions(&item).await.len(), 1);
}

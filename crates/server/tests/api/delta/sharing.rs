//! Changes of sharing, for programs that watch over them (HDR-06, AMB-63).

use super::*;
use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB, PAT};

const ALL: &str =
    "hierarchicalsharing, deltashowremovedasdeleted, deltatraversepermissiongaps, deltashowsharingchanges";
const CHANGED: &str = "@microsoft.graph.sharedChanged";

#[tokio::test]
async fn hdr_06_amb_63_changes_of_sharing_are_told_to_those_who_ask() {
    let server = TestServer::start().await;
    let alice = server.user(ALICE, "Files.ReadWrite.All Sites.FullControl.All");
    let watcher = alice.with("prefer", ALL);
    let ids = plant(&alice, &["D/", "D/a/", "D/a/b.txt"]).await;
    let (mut link, mut plain) = (latest(&watcher, ROOT).await, latest(&alice, ROOT).await);
    let made = alice.post(&format!("{}/createLink", by_id(&ids[2])), &json!({"type": "view"})).await.expect(201).json();
    let answer = watcher.get(&link).await.expect(200);
    let applied = answer.header("preference-applied");
    for preference in ALL.split(", ") {
        assert!(applied.contains(preference), "{applied}");
    }
    let marked =
        |changes: &[Value]| -> Vec<String> { changes.iter().filter(|item| item[CHANGED] == "True").map(id).collect() };
    let changes = since(&watcher, &mut link).await;
    assert_eq!(marked(&changes), [ids[2].as_str()], "a new link");
    assert_eq!(names(&changes), ["root", "D", "a", "b.txt"]);
    assert!(since(&alice, &mut plain).await.is_empty(), "who doesn't ask isn't told");
    // The same link again changes nothing.
    alice.post(&format!("{}/createLink", by_id(&ids[2])), &json!({"type": "view"})).await.expect(200);
    assert!(since(&watcher, &mut link).await.is_empty());
    let permission = format!("{}/permissions/{}", by_id(&ids[2]), made["id"].as_str().unwrap());
    let steps: [(&str, Value); 2] = [
        ("an invitation", json!({"recipients": [{"email": BOB}], "roles": ["read"], "requireSignIn": true})),
        ("its renewal", json!({"recipients": [{"email": BOB}], "roles": ["write"], "requireSignIn": true})),
    ];
    for (what, body) in steps {
        alice.post(&format!("{}/invite", by_id(&ids[1])), &body).await.expect(200);
        assert_eq!(marked(&since(&watcher, &mut link).await), [ids[1].as_str()], "{what}");
    }
    alice.delete(&permission).await.expect(204);
    put(&alice, "D/a/b.txt", "changed too").await;
    let changes = since(&watcher, &mut link).await;
    assert_eq!(marked(&changes), [ids[2].as_str()], "a link that is taken away, and a change of content");
    assert_eq!(changes.iter().filter(|item| item["id"] == ids[2]).count(), 1);
    let shared = json!({"type": "view", "scope": "organization", "retainInheritedPermissions": false});
    alice.post(&format!("{}/createLink", by_id(&ids[0])), &shared).await.expect(201);
    assert_eq!(marked(&since(&watcher, &mut link).await), [ids[0].as_str()], "inheritance that ends");
    assert_eq!(names(&since(&alice, &mut plain).await), ["root", "D", "a", "b.txt"], "nothing but the content");
}

#[tokio::test]
async fn hdr_06_the_preference_needs_its_scope_and_an_organization() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let ids = plant(&alice, &["D/", "D/b.txt"]).await;
    for (actor, wanted) in [
        (server.alice(), "deltashowremovedasdeleted"),
        (server.application("Sites.Read.All"), "deltashowremovedasdeleted"),
        (
            server.application("Sites.Read.All Sites.FullControl.All"),
            "deltashowremovedasdeleted, deltatraversepermissiongaps, deltashowsharingchanges, hierarchicalsharing",
        ),
    ] {
        let watcher = actor
            .with("prefer", "DeltaShowSharingChanges,deltashowremovedasdeleted")
            .with("prefer", "deltatraversepermissiongaps;hierarchicalsharing");
        let url = format!("/v1.0/drives/{}/root/delta?token=latest", server.person(ALICE).drive.id);
        let answer = watcher.get(&url).await.expect(200);
        assert_eq!(answer.header("preference-applied"), wanted);
        let mut link = latest(&watcher, url.strip_suffix("?token=latest").unwrap()).await;
        let made = alice.post(&format!("{}/createLink", by_id(&ids[1])), &json!({"type": "view"})).await.json();
        let changes = since(&watcher, &mut link).await;
        assert_eq!(changes.iter().any(|item| item[CHANGED] == "True"), wanted.contains("sharing"), "{changes:?}");
        alice.delete(&format!("{}/permissions/{}", by_id(&ids[1]), id(&made))).await.expect(204);
    }
    let pat = server.user(PAT, "Files.ReadWrite.All Sites.FullControl.All").with("prefer", ALL);
    let answer = pat.get(ROOT).await.expect(200);
    assert_eq!(answer.header("preference-applied"), "deltashowremovedasdeleted", "a personal drive");
    assert!(server.alice().get(ROOT).await.expect(200).header("preference-applied").is_empty());
}

//! Links that don't open, one of each kind of death (P16).

use jiff::SignedDuration;
use serde_json::json;

use super::meetings::PASSWORD;
use crate::steps::{Link, at, id, link, link_at, protected, put, revoke, view};
use crate::support::sharing::{ADMIN, ALICE, BOB, PAT};
use crate::support::{Actor, TestServer};
use driveway_core::id::PermissionId;
use driveway_core::permission::Role;

/// When the links end that end by themselves.
const END: &str = "2026-11-23T12:01:00Z";

/// A link that doesn't open.
pub struct Dead {
    /// What it died of.
    pub kind: &'static str,
    pub link: Link,
    /// The item that it was on, or one in it.
    pub item: String,
    /// Whether the API says why it doesn't open: pages never do (AMB-20).
    pub on_pages_only: bool,
}

fn dead(kind: &'static str, link: Link, item: &str) -> Dead {
    Dead { kind, link, item: item.to_owned(), on_pages_only: false }
}

/// A link that was never made.
fn made_up(token: &str) -> Link {
    let url = format!("http://driveway.test/s/{token}/");
    Link { id: uuid::Uuid::from_u128(8).to_string(), url, token: token.to_owned(), share_id: format!("s!{token}") }
}

/// One of each kind. The first is a forged one, which all others have to look like.
pub async fn bury(server: &TestServer) -> Vec<Dead> {
    server.admin().set_policy(&json!({"embedOnBusiness": true})).await;
    let mut all = never_made(server).await;
    all.extend(ended_by_themselves(server).await);
    all.extend(ended_by_their_maker(server).await);
    all.extend(gone_with_their_item(server).await);
    all.extend(gone_with_their_maker(server).await);
    all.extend(closed_by_policy(server).await);
    server.set_enabled(ADMIN, false).await;
    server.advance(SignedDuration::from_mins(2));
    all
}

async fn never_made(server: &TestServer) -> Vec<Dead> {
    let pat = server.pat();
    let item = id(&put(&pat, "Hold/a.txt", "x").await);
    let genuine = view(&pat, "Hold").await;
    let mut forged = genuine.token.clone();
    forged.replace_range(20..21, if forged.as_bytes()[20] == b'A' { "B" } else { "A" });
    revoke(&pat, "Hold", &genuine).await;
    let unknown = server.app.seal.link_token(PermissionId::from_uuid(uuid::Uuid::from_u128(9)));
    [("forged", forged.as_str()), ("unknown", &unknown), ("short", "AAAA"), ("revoked at once", &genuine.token)]
        .map(|(kind, token)| dead(kind, made_up(token), &item))
        .into()
}

async fn ended_by_themselves(server: &TestServer) -> Vec<Dead> {
    let (pat, alice) = (server.pat(), server.alice());
    let item = id(&put(&pat, "Hold/a.txt", "x").await);
    let timed = |link_type: &str, scope: &str| json!({"type": link_type, "scope": scope, "expirationDateTime": END});
    let mut guarded = timed("edit", "anonymous");
    guarded["password"] = json!(PASSWORD);
    let expired = link(&pat, "Hold", timed("view", "anonymous")).await;
    let expired_protected = link(&pat, "Hold", guarded).await;
    let boxed = id(&put(&alice, "Box/a.txt", "x").await);
    let taking = link(&alice, "Box", timed("createOnly", "anonymous")).await;
    let of_organization = link(&alice, "Box", timed("edit", "organization")).await;
    carry(server, &of_organization).await;
    let mut for_bob = timed("view", "users");
    for_bob["recipients"] = json!([{"email": BOB}]);
    let for_people = link(&alice, "Box", for_bob).await;
    vec![
        dead("expired", expired, &item),
        dead("expired and protected", expired_protected, &item),
        dead("expired and for adding", taking, &boxed),
        dead("expired, of the organization, and carried", of_organization, &boxed),
        dead("expired and for somebody", for_people, &boxed),
    ]
}

/// Makes the link Bob's own, before it dies.
async fn carry(server: &TestServer, link: &Link) {
    server.bob().with("prefer", "redeemSharingLink").get(&link.graph("")).await.expect(200);
}

async fn ended_by_their_maker(server: &TestServer) -> Vec<Dead> {
    let pat = server.pat();
    let item = id(&put(&pat, "Hold/a.txt", "x").await);
    // What our own namespace makes dead; each in a slot of its own.
    let named =
        |name: &str| json!({"type": "view", "scope": "anonymous", "password": PASSWORD, "@driveway.name": name});
    let off = link(&pat, "Hold", named("off")).await;
    let pending = link(&pat, "Hold", named("pending")).await;
    let used_up = link(&pat, "Hold", named("used up")).await;
    for (link, change) in [
        (&off, json!({"enabled": false})),
        (&pending, json!({"notBeforeDateTime": "2027-01-01T00:00:00Z"})),
        (&used_up, json!({"maximumDownloads": 1})),
    ] {
        pat.patch(&format!("/driveway/v1/links/{}", link.id), &change).await.expect(200);
    }
    let last = format!("{}?download=1", used_up.below(&item));
    server.anonymous().with("driveway-link-password", PASSWORD).get(&last).await.expect(200);
    let revoked = protected(&pat, "Hold", PASSWORD).await;
    revoke(&pat, "Hold", &revoked).await;
    let alice = server.alice();
    let boxed = id(&put(&alice, "Box/a.txt", "x").await);
    let looked = link(&alice, "Box", json!({"type": "blocksDownload", "scope": "organization"})).await;
    carry(server, &looked).await;
    revoke(&alice, "Box", &looked).await;
    vec![
        dead("switched off", off, &item),
        dead("not begun", pending, &item),
        dead("used up", used_up, &item),
        dead("revoked", revoked, &item),
        dead("revoked, for looking, and carried", looked, &boxed),
    ]
}

async fn gone_with_their_item(server: &TestServer) -> Vec<Dead> {
    let pat = server.pat();
    let mut all = Vec::new();
    for (kind, deleted, shared) in [
        ("on a deleted folder", "Gone", "Gone"),
        ("on a deleted file", "Gone2/a.txt", "Gone2/a.txt"),
        ("below a deleted folder", "Gone3", "Gone3/Deep"),
    ] {
        put(&pat, &format!("{}/Deep/a.txt", deleted.split('/').next().unwrap()), "x").await;
        if deleted == "Gone2/a.txt" {
            put(&pat, shared, "x").await;
        }
        let item = id(&pat.get(&at(shared)).await.expect(200).json());
        let link = link(&pat, shared, json!({"type": "edit", "scope": "anonymous"})).await;
        pat.delete(&at(deleted)).await.expect(204);
        all.push(dead(kind, link, &item));
    }
    all
}

async fn gone_with_their_maker(server: &TestServer) -> Vec<Dead> {
    let edit = json!({"type": "edit", "scope": "anonymous"});
    let welcome = server.item(ADMIN, "Welcome.txt");
    let of_disabled = link_at(&server.admin(), &welcome, edit.clone()).await;
    let picture = server.item(ADMIN, "Harbour.png");
    let right = server.grant(&picture, ALICE, Role::Write).await;
    let of_outsider = link_at(&server.alice(), &picture, edit.clone()).await;
    server.withdraw(&right).await;
    let second = server.user_through(PAT, 1, "Files.ReadWrite.All");
    let item = id(&put(&second, "Hold/a.txt", "x").await);
    let of_application = link(&second, "Hold", edit).await;
    let application = server.application_id(1);
    server.app.db.write(move |tx| tx.set_application_enabled(application, false)).await.unwrap();
    let [welcome, picture] = ["Welcome.txt", "Harbour.png"].map(|name| server.sample(ADMIN, name));
    vec![
        dead("made by a disabled account", of_disabled, &welcome),
        dead("made by somebody who lost the right", of_outsider, &picture),
        dead("made through a disabled application", of_application, &item),
    ]
}

async fn closed_by_policy(server: &TestServer) -> Vec<Dead> {
    let alice = server.alice();
    let item = id(&put(&alice, "Policy/a.txt", "x").await);
    let anonymous = link(&alice, "Policy", json!({"type": "edit", "scope": "anonymous"})).await;
    let embed = link(&alice, "Policy/a.txt", json!({"type": "embed", "scope": "anonymous"})).await;
    let closed = json!({"anonymousLinks": false, "embedOnBusiness": false});
    server.admin().set_policy(&closed).await;
    let on_pages = |kind, link| Dead { on_pages_only: true, ..dead(kind, link, &item) };
    vec![on_pages("closed by policy", anonymous), on_pages("closed by policy, in a frame", embed)]
}

/// Strangers with all that a stranger can bring, and whether they try everything or only some of it.
pub fn visitors(server: &TestServer) -> Vec<(&'static str, Actor, bool)> {
    let basic = data_encoding::BASE64.encode(format!(":{PASSWORD}").as_bytes());
    vec![
        ("nothing", server.anonymous(), true),
        ("a password", server.anonymous().with("driveway-link-password", PASSWORD), true),
        ("a colleague's token", server.bob(), true),
        ("a wish to redeem", server.bob().with("prefer", "redeemSharingLink"), false),
        ("a wrong password", server.anonymous().with("driveway-link-password", "wrong"), false),
        ("a password by Basic", server.anonymous().with("authorization", &format!("Basic {basic}")), false),
        ("a bad bearer token", server.bearer("nonsense"), false),
        ("a token without scopes", server.user(BOB, ""), false),
        ("a range", server.anonymous().with("range", "bytes=0-0"), false),
    ]
}

//! The newer types of links, on both prefixes (CL-16; AMB-38 to AMB-41, AMB-44, AMB-50, AMB-65).

use serde_json::{Value, json};

use crate::steps::{Link, at, id, link, link_at, names, put};
use crate::support::sharing::ALICE;
use crate::support::{Actor, TestServer};

async fn of_type(owner: &Actor, path: &str, kind: &str) -> Link {
    link(owner, path, json!({"type": kind, "scope": "anonymous"})).await
}

/// AMB-50: one behaviour, two prefixes; the words without regard to case (CL-12).
#[tokio::test]
async fn cl_16_amb_50_the_newer_types_are_made_on_both_prefixes() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "Hold/a.txt", "x").await;
    for (path, kind, scope, role, prevents) in [
        ("Hold/a.txt", "blocksDownload", "anonymous", "read", true),
        ("Hold", "blocksDownload", "organization", "read", true),
        ("Hold", "createOnly", "anonymous", "write", false),
        ("Hold/a.txt", "review", "organization", "read", false),
    ] {
        let body = json!({"type": kind.to_uppercase(), "scope": scope});
        let made = alice.share(&at(path), &body).await.expect(201).json();
        assert_eq!((&made["link"]["type"], &made["roles"]), (&json!(kind), &json!([role])));
        assert_eq!(made["link"]["preventsDownload"], prevents, "{kind}");
        let again = alice.share(&at(path).replace("v1.0", "beta"), &body).await.expect(200).json();
        assert_eq!(again["id"], made["id"]);
    }
}

/// CL-16, AMB-44: each type where it is at home, and nowhere else.
#[tokio::test]
async fn cl_16_amb_44_where_the_newer_types_are_not_at_home() {
    let server = TestServer::start().await;
    let (alice, pat) = (server.alice(), server.pat());
    put(&alice, "Hold/a.txt", "x").await;
    put(&pat, "Hold/a.txt", "x").await;
    for (owner, path, kind, scope, target) in [
        (&alice, "Hold", "review", "organization", "type"),
        (&alice, "Hold/a.txt", "createOnly", "anonymous", "type"),
        (&alice, "Hold/a.txt", "review", "anonymous", "scope"),
        (&pat, "Hold/a.txt", "blocksDownload", "anonymous", "type"),
        (&pat, "Hold/a.txt", "review", "anonymous", "type"),
        (&pat, "Hold", "createOnly", "anonymous", "type"),
    ] {
        let error = owner.share(&at(path), &json!({"type": kind, "scope": scope})).await.error(400, "invalidRequest");
        assert_eq!(error["target"], target, "{kind} on {path}");
    }
    let review = alice.share(&at("Hold/a.txt"), &json!({"type": "review"})).await.expect(201).json();
    assert_eq!(review["link"]["scope"], "organization", "the default that a reviewer can sign in to");
}

/// AMB-38: the bytes leave by no route; the page shows what it can and has no button.
#[tokio::test]
async fn amb_38_blocks_download_lets_look_and_not_download() {
    let server = TestServer::start().await;
    let (alice, bob, stranger) = (server.alice(), server.bob(), server.anonymous());
    let file = put(&alice, "Hold/plan.txt", "the words of the plan").await;
    put(&alice, "Hold/picture.png", "a picture").await;
    let open = of_type(&alice, "Hold", "view").await;
    let shared = of_type(&alice, "Hold", "blocksDownload").await;
    for path in ["", ":/plan.txt:", ":/picture.png:"] {
        stranger.get(&shared.graph(path)).await.expect(200);
    }
    let share = format!("/v1.0/shares/{}", shared.share_id);
    for path in [
        shared.graph("/children"),
        shared.graph("?$expand=children"),
        format!("{share}?$expand=driveItem($expand=children)"),
        shared.graph(":/plan.txt:"),
        format!("{share}/items/{}", id(&file)),
    ] {
        assert!(!stranger.get(&path).await.expect(200).text().contains("downloadUrl"), "{path}");
    }
    let below = shared.below(&id(&file));
    for path in [shared.graph(":/plan.txt:/content"), format!("{share}/items/{}/content", id(&file))] {
        stranger.get(&path).await.error(403, "accessDenied");
    }
    stranger.get(&format!("{below}?download=1")).await.expect(403);
    let picture = id(&alice.get(&at("Hold/picture.png")).await.json());
    let inline = format!("{}inline", shared.below(&picture));
    stranger.get(&inline).await.expect(403);
    stranger.with("sec-fetch-dest", "document").with("sec-fetch-site", "same-origin").get(&inline).await.expect(403);
    let in_page = stranger.with("sec-fetch-dest", "image").with("sec-fetch-site", "same-origin");
    assert_eq!(in_page.get(&inline).await.expect(200).text(), "a picture");
    in_page.get(&format!("{}?download=1", shared.below(&picture))).await.expect(403);
    for page in [&below, &shared.page(), &shared.below(&picture)] {
        let html = stranger.get(page).await.expect(200).text();
        assert!(!html.contains("download=1") && html.contains("downloading is switched off"), "{html}");
    }
    assert!(stranger.get(&below).await.text().contains("the words of the plan"));
    assert!(stranger.get(&open.page()).await.text().contains("download=1"));
    // Carried along it is worth no more.
    bob.with("prefer", "redeemSharingLink").get(&shared.graph("")).await.expect(200);
    let plain = format!("/v1.0/drives/{}/items/{}", server.person(ALICE).drive.id, id(&file));
    assert!(bob.get(&plain).await.expect(200).json()["@microsoft.graph.downloadUrl"].is_null());
    bob.get(&format!("{plain}/content")).await.error(403, "accessDenied");
    alice.get(&format!("{plain}/content")).await.expect(302);
}

/// AMB-39: files come in, and nothing is seen, read, overwritten or deleted.
#[tokio::test]
async fn amb_39_create_only_takes_files_and_shows_nothing() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    let kept = put(&alice, "Hold/kept.txt", "kept").await;
    put(&alice, "Hold/Deep/b.txt", "deep").await;
    let shared = of_type(&alice, "Hold", "createOnly").await;
    for conflict in ["", "?@microsoft.graph.conflictBehavior=replace", "?@microsoft.graph.conflictBehavior=fail"] {
        let got =
            stranger.put(&shared.graph(&format!(":/kept.txt:/content{conflict}")), "new").await.expect(201).json();
        assert_eq!((got["name"].is_null(), got["size"].as_i64()), (true, Some(3)), "{got}");
        assert!(got["@microsoft.graph.downloadUrl"].is_null() && got["parentReference"].is_null());
    }
    stranger.put(&shared.graph(":/other.txt:/content"), "other").await.expect(201);
    let listed = alice.get(&format!("{}/children", at("Hold"))).await.expect(200).json();
    let mut found = names(&listed);
    found.sort();
    assert_eq!(found, ["Deep", "kept 1.txt", "kept 2.txt", "kept 3.txt", "kept.txt", "other.txt"]);
    assert_eq!(alice.get(&at("Hold/kept.txt")).await.json()["eTag"], kept["eTag"]);

    let (item, share) = (id(&kept), format!("/v1.0/shares/{}", shared.share_id));
    for path in [
        share.clone(),
        format!("{share}?$expand=driveItem"),
        format!("{share}/permission"),
        format!("{share}/items"),
        format!("{share}/items/{item}"),
        format!("{share}/items/{item}/content"),
        format!("{share}/items/01AAAAAAAAAAAAAAAAAAAAAAAAAA"),
        shared.graph(""),
        shared.graph("/children"),
        shared.graph("/permissions"),
        shared.graph(":/kept.txt:"),
        shared.graph(":/kept.txt:/content"),
        shared.graph(":/nothing.txt:"),
    ] {
        let error = stranger.get(&path).await.error(403, "accessDenied");
        assert!(!error.to_string().contains("kept"), "{path}");
    }
    for path in [
        shared.graph(":/Deep/new.txt:/content"),
        shared.graph(":/New/new.txt:/content"),
        format!("{share}/items/{item}/content"),
    ] {
        stranger.put(&path, "x").await.error(403, "accessDenied");
    }
    stranger.delete(&shared.graph(":/kept.txt:")).await.error(403, "accessDenied");
    stranger.delete(&format!("{share}/items/{item}")).await.error(403, "accessDenied");
    stranger.patch(&shared.graph(":/kept.txt:"), &json!({"name": "x"})).await.error(403, "accessDenied");
    let folder = json!({"name": "New", "folder": {}});
    stranger.post(&shared.graph("/children"), &folder).await.error(403, "accessDenied");
    let again = alice.get(&format!("{}/children", at("Hold"))).await.expect(200).json();
    assert_eq!(names(&again).len(), 6);

    for page in [shared.page(), shared.below(&item), format!("{}?download=1", shared.below(&item))] {
        let html = stranger.get(&page).await.expect(200).text();
        assert!(html.contains("takes files") && !html.contains("kept") && !html.contains("Hold"), "{html}");
        assert!(!html.contains("Alice"));
    }
    // There is nothing to carry.
    let bob = server.bob().with("prefer", "redeemSharingLink");
    bob.get(&shared.graph("")).await.error(403, "accessDenied");
    server
        .bob()
        .get(&format!("/v1.0/drives/{}/items/{item}", server.person(ALICE).drive.id))
        .await
        .error(404, "itemNotFound");
    // P10: it ends as every link does.
    server.set_enabled(ALICE, false).await;
    stranger.put(&shared.graph(":/late.txt:/content"), "x").await.error(404, "itemNotFound");
}

/// AMB-40: a review link reads.
#[tokio::test]
async fn amb_40_review_reads_and_no_more() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "plan.txt", "x").await;
    let shared = link_at(&alice, &at("plan.txt"), json!({"type": "review", "scope": "organization"})).await;
    let bob = server.bob().with("prefer", "redeemSharingLinkIfNecessary");
    bob.get(&shared.graph("/content")).await.expect(302);
    bob.put(&shared.graph("/content"), "y").await.error(403, "accessDenied");
}

/// AMB-41: adminDefault is what nothing said means; addressBar is it too, once an administrator has it so.
#[tokio::test]
async fn amb_41_admin_default_and_address_bar_resolve_to_the_default() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let default = alice.share(&item, &json!({})).await.expect(201).json();
    let same = alice.share(&item, &json!({"type": "adminDefault"})).await.expect(200).json();
    assert_eq!((&same["id"], &same["link"]["type"]), (&default["id"], &json!("view")));
    let refused = alice.share(&item, &json!({"type": "addressBar"})).await.error(400, "notSupported");
    assert_eq!(refused["target"], "type");
    server.admin().set_policy(&json!({"addressBarLinks": true})).await;
    let bar = alice.share(&item, &json!({"type": "addressBar"})).await.expect(200).json();
    assert_eq!((&bar["id"], &bar["link"]["type"]), (&default["id"], &json!("view")));
}

/// AMB-65, PERM-23: existing access makes nothing, gives nothing and has no secret.
#[tokio::test]
async fn amb_65_existing_access_makes_nothing() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let item = put(&alice, "plan.txt", "x").await;
    let count = alice.permissions(&at("plan.txt")).await.len();
    for prefix in ["v1.0", "beta"] {
        for body in [json!({"scope": "existingAccess"}), json!({"type": "edit", "scope": "EXISTINGACCESS"})] {
            let made = alice.share(&at("plan.txt").replace("v1.0", prefix), &body).await.expect(200).json();
            assert_eq!(made["id"], "00000000-0000-0000-0000-000000000000");
            assert_eq!((&made["roles"], &made["shareId"]), (&json!([]), &Value::Null));
            assert_eq!((&made["link"]["scope"], &made["link"]["webUrl"]), (&json!("existingAccess"), &item["webUrl"]));
        }
    }
    assert_eq!(alice.permissions(&at("plan.txt")).await.len(), count);
    for (more, target) in [
        (json!({"scope": "existingAccess", "password": "harbour"}), "password"),
        (json!({"scope": "existingAccess", "expirationDateTime": "2027-01-01T00:00:00Z"}), "expirationDateTime"),
        (json!({"scope": "existingAccess", "type": "embed"}), "type"),
    ] {
        let error = alice.share(&at("plan.txt"), &more).await.error(400, "invalidRequest");
        assert_eq!(error["target"], target);
    }
    let plain = format!("/v1.0/drives/{}/items/{}", server.person(ALICE).drive.id, id(&item));
    server.bob().share(&plain, &json!({"scope": "existingAccess"})).await.error(404, "itemNotFound");
}

//! Shares, what is shared with whom, and direct downloads (SHARE, SWM, ITEM-03, ITEM-09).

use data_encoding::{BASE64, BASE64URL_NOPAD};
use jiff::SignedDuration;
use serde_json::json;

use crate::steps::{at, id, link, location, names, put, view};
use crate::support::TestServer;
use crate::support::sharing::{ALICE, PAT};

/// SHARE-01, SHARE-02, AMB-36: a share is named by its id, which begins with `s!` on every kind of drive, or by its URL in
/// base64 of either alphabet, padded or not.
#[tokio::test]
async fn share_01_share_02_amb_36_a_share_has_an_id_and_an_encoded_url() {
    let server = TestServer::start().await;
    for item in [
        server.item(ALICE, "Welcome.txt"),
        server.item(PAT, "Welcome.txt"),
        server.item_in(&server.demo.site, "Welcome.txt"),
    ] {
        let owner = if item.contains(server.person(PAT).drive.id.as_str()) { server.pat() } else { server.alice() };
        let made = owner.view_link(&item).await;
        let share_id = made["shareId"].as_str().unwrap();
        assert!(share_id.starts_with("s!"), "{share_id}");
        // What follows the link brings both characters that the alphabets differ in.
        let url = format!("{}?a=>>>&b=???&c=~~~", made["link"]["webUrl"].as_str().unwrap());
        let standard = BASE64.encode(url.as_bytes());
        assert!(standard.contains('/') || standard.contains('+'), "{standard}");
        for key in [
            share_id.to_owned(),
            format!("u!{}", BASE64URL_NOPAD.encode(url.as_bytes())),
            format!("u!{}", standard.trim_end_matches('=').replace('/', "_").replace('+', "-")),
            format!("u!{}", standard.replace('/', "%2F").replace('+', "%2B")),
        ] {
            let seen = server.anonymous().get(&format!("/v1.0/shares/{key}/driveItem")).await.expect(200).json();
            assert_eq!(seen["name"], "Welcome.txt", "{key}");
        }
    }
}

/// SHARE-08: without a token anonymous links open, and nothing else does.
#[tokio::test]
async fn share_08_without_a_token_anonymous_links_open() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "Hold/plan.txt", "x").await;
    let open = view(&alice, "Hold").await;
    let share = format!("/v1.0/shares/{}", open.share_id);
    for rest in ["", "?$expand=driveItem", "/driveItem", "/driveItem/children", "/permission", "/driveItem:/plan.txt:"]
    {
        stranger.get(&format!("{share}{rest}")).await.expect(200);
    }
    stranger.get(&open.graph(":/plan.txt:/content")).await.expect(302);
    let inside = link(&alice, "Hold", json!({ "scope": "organization" })).await;
    let answer = stranger.get(&inside.graph("")).await;
    answer.error(401, "InvalidAuthenticationToken");
    assert!(answer.header("www-authenticate").starts_with("Bearer"));
}

/// SHARE-11, AMB-31: there are no lists behind a share, and none to make links in.
#[tokio::test]
async fn share_11_amb_31_there_are_no_lists() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "plan.txt", "x").await;
    let shared = view(&alice, "plan.txt").await;
    for rest in ["list", "listItem", "site"] {
        let answer = server.anonymous().get(&format!("/v1.0/shares/{}/{rest}", shared.share_id)).await;
        answer.error(400, "notSupported");
    }
    for path in [
        "/v1.0/sites/root/lists/Documents/items/1/createLink",
        "/beta/sites/root/lists/Documents/items/1/createLink",
        "/v1.0/sites/root/lists/Documents/items/1/invite",
    ] {
        alice.post(path, &json!({ "type": "view" })).await.error(404, "itemNotFound");
    }
    alice.get("/v1.0/sites/root/permissions").await.error(404, "itemNotFound");
    alice.get("/v1.0/sites/root/lists/Documents/permissions").await.error(404, "itemNotFound");
}

/// SHARE-15, ITEM-03: content is a redirect to an address that takes no token and lives for a while; a plain GET there,
/// and a part of it with `Range`.
#[tokio::test]
async fn share_15_item_03_content_is_a_redirect_to_a_short_lived_address() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "plan.txt", "0123456789").await;
    let shared = view(&alice, "plan.txt").await;
    let mut tickets = Vec::new();
    for (actor, address) in [(&stranger, shared.graph("/content")), (&alice, format!("{}/content", at("plan.txt")))] {
        let ticket = location(&actor.get(&address).await);
        assert_eq!(stranger.get(&ticket).await.expect(200).text(), "0123456789");
        assert_eq!(stranger.with("range", "bytes=2-4").get(&ticket).await.expect(206).text(), "234");
        tickets.push(ticket);
    }
    for (minutes, status) in [(59, 200), (1, 404)] {
        server.advance(SignedDuration::from_mins(minutes));
        for ticket in &tickets {
            stranger.get(ticket).await.expect(status);
        }
    }
}

/// SHARE-16, ODATA-06: who can't follow a redirect selects the download URL by its exact name; folders have none.
#[tokio::test]
async fn share_16_odata_06_the_download_url_is_selected_by_its_name() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "Hold/plan.txt", "the plan").await;
    let shared = view(&alice, "Hold").await;
    let name = "@microsoft.graph.downloadUrl";
    for address in [shared.graph(":/plan.txt:"), at("Hold/plan.txt")] {
        let actor = if address.contains("shares") { &stranger } else { &alice };
        let item = actor.get(&format!("{address}?$select=id,{name}")).await.expect(200).json();
        assert_eq!(stranger.get(item[name].as_str().unwrap()).await.expect(200).text(), "the plan");
        let other = actor.get(&format!("{address}?$select=id,name")).await.expect(200).json();
        assert_eq!(other.get(name), None);
    }
    assert_eq!(stranger.get(&shared.graph("")).await.json().get(name), None);
}

/// SHARE-18: redeeming inside another call works the first time too, whoever's link it is.
#[tokio::test]
async fn share_18_the_first_link_of_a_sharer_is_redeemed_inside_another_call() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "Hold/plan.txt", "x").await;
    let shared = link(&alice, "Hold", json!({ "scope": "organization" })).await;
    let bob = server.bob().with("prefer", "redeemSharingLink");
    let listed = bob.get(&shared.graph("/children")).await.expect(200);
    assert_eq!(listed.header("preference-applied"), "redeemSharingLink");
    assert_eq!(names(&listed.json()), ["plan.txt"]);
    let hold = id(&alice.get(&at("Hold")).await.json());
    server.bob().get(&format!("/v1.0/drives/{}/items/{hold}", server.person(ALICE).drive.id)).await.expect(200);
}

/// SWM-04: deprecated elsewhere, and here it still tells what is shared.
#[tokio::test]
async fn swm_04_shared_with_me_goes_on() {
    let server = TestServer::start().await;
    let people = json!([{ "email": "bob@harbour.example" }]);
    server
        .alice()
        .share(&server.item(ALICE, "Welcome.txt"), &json!({ "scope": "users", "recipients": people }))
        .await
        .expect(201);
    let list = server.bob().get("/v1.0/me/drive/sharedWithMe").await.expect(200);
    assert_eq!(names(&list.json()), ["Welcome.txt"]);
    assert!(list.header("deprecation").is_empty());
}

/// SWM-05: what I share is in our own list; the personal drive's old address isn't there.
#[tokio::test]
async fn swm_05_what_i_share_is_in_a_list_of_our_own() {
    let server = TestServer::start().await;
    let pat = server.pat();
    let link = pat.view_link(&server.item(PAT, "Welcome.txt")).await;
    pat.get("/v1.0/drive/shared").await.error(404, "itemNotFound");
    let listed = pat.get("/driveway/v1/links").await.expect(200).json();
    assert_eq!(listed["value"][0]["id"], link["id"]);
}

/// SWM-06: a shared folder isn't mounted in one's own drive; the refusal changes nothing.
#[tokio::test]
async fn swm_06_a_shared_folder_is_not_mounted() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let remote = json!({ "id": server.sample(ALICE, "Reports"), "parentReference": { "driveId": server.person(ALICE).drive.id.as_str() } });
    alice.share(&server.item(ALICE, "Reports"), &json!({ "scope": "anonymous" })).await.expect(201);
    let before = bob.get("/v1.0/me/drive/root/children").await.json();
    let answer =
        bob.post("/v1.0/me/drive/root/children", &json!({ "name": "Reports of Alice", "remoteItem": remote })).await;
    answer.error(400, "invalidRequest");
    assert_eq!(names(&bob.get("/v1.0/me/drive/root/children").await.json()), names(&before));
}

/// ITEM-09: `?download=1` after a link's URL gives the bytes; the undocumented address of another product gives nothing.
#[tokio::test]
async fn item_09_a_links_url_downloads_directly() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "plan.txt", "the plan").await;
    let shared = view(&alice, "plan.txt").await;
    let bytes = stranger.get(&format!("{}?download=1", shared.url)).await.expect(200);
    assert_eq!(bytes.text(), "the plan");
    assert_eq!(bytes.header("content-disposition"), "attachment; filename=\"plan.txt\"");
    stranger.get(&format!("/_layouts/15/download.aspx?share={}", shared.token)).await.expect(404);
}

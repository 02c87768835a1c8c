//! Tokens: where they may stand, whose they are, and what is none.

use super::*;
use crate::support::TestServer;
use crate::support::sharing::{ALICE, PAT};

fn token(link: &str) -> String {
    let query = link.split_once('?').unwrap().1;
    query.split('&').find_map(|option| option.strip_prefix("token=")).unwrap().to_owned()
}

#[tokio::test]
async fn item_05_a_token_stands_in_any_of_its_places() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let ids = plant(&alice, &["D/"]).await;
    let token = token(&latest(&alice, ROOT).await);
    plant(&alice, &["D/x.txt"]).await;
    let drive = format!("/v1.0/drives/{}", server.person(ALICE).drive.id);
    for url in [
        format!("{ROOT}?token={token}"),
        format!("{ROOT}?$deltatoken={token}"),
        format!("{ROOT}?$deltaToken={token}"),
        format!("{ROOT}?%24skipToken={token}"),
        format!("{ROOT}(token='{token}')"),
        format!("{ROOT}(token=@t)?@t='{token}'"),
        format!("{ROOT}(token='{token}')?token={token}"),
        format!("/v1.0/me/drive/root/microsoft.graph.delta(token='{token}')"),
        format!("/beta/me/drive/root/delta?token={token}"),
        format!("{drive}/root/delta()?token={token}"),
        format!("{drive}/items/root/delta?token={token}&$top=5"),
    ] {
        let told = enumerate(&alice, &url).await.0;
        assert_eq!(names(&told), ["root", "D", "x.txt"], "{url}");
    }
    for url in [format!("{ROOT}?token="), format!("{ROOT}(token='')"), format!("{ROOT}()")] {
        assert!(find(&enumerate(&alice, &url).await.0, &ids[0]).is_some(), "an empty token is none: {url}");
    }
    for url in [format!("{ROOT}(token='latest')"), format!("{ROOT}?token=latest"), format!("{ROOT}?$deltatoken=latest")]
    {
        let page = alice.get(&url).await.expect(200).json();
        assert_eq!((items(&page).len(), page["@odata.deltaLink"].is_string()), (0, true), "{url}");
    }
    alice.get(&format!("{ROOT}(token='latest')?token={token}")).await.error(400, "invalidRequest");
    alice.get(&format!("/v1.0/me/drive/root/children?$deltatoken={token}")).await.error(400, "invalidRequest");
}

#[tokio::test]
async fn item_05_an_instant_is_a_token_for_owners() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let ids = plant(&alice, &["D/"]).await;
    server.advance(jiff::SignedDuration::from_hours(1));
    plant(&alice, &["D/late.txt"]).await;
    let early = enumerate(&alice, &format!("{ROOT}?token=2020-01-01T00:00:00Z")).await.0;
    assert!(find(&early, &ids[0]).is_some());
    let late = enumerate(&alice, &format!("{ROOT}?token=2026-11-23T12:30:00Z")).await.0;
    assert_eq!(names(&late), ["root", "D", "late.txt"]);
    let offset = enumerate(&alice, &format!("{ROOT}(token='2026-11-23T13%3A30%3A00%2B01%3A00')")).await.0;
    assert_eq!(names(&offset), names(&late));
    let none = enumerate(&alice, &format!("{ROOT}?token=2027-11-23T12:30:00Z")).await.0;
    assert!(none.is_empty());
    server.grant(&format!("/{}", ids[0]), crate::support::sharing::BOB, driveway_core::permission::Role::Read).await;
    let drive = format!("/v1.0/drives/{}", server.person(ALICE).drive.id);
    let error = server.bob().get(&format!("{drive}/items/{}/delta?token=2026-11-23T12:30:00Z", ids[0])).await;
    assert_eq!(error.error(400, "notSupported")["target"], "token");
}

#[tokio::test]
async fn p18_a_token_is_good_for_its_drive_and_folder_only_and_none_can_be_made_up() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let ids = plant(&alice, &["D/", "D/a/", "E/"]).await;
    let link = latest(&alice, &format!("{}/delta", by_id(&ids[0]))).await;
    let good = token(&link);
    let page = alice.get("/v1.0/me/drive/root/children?$top=1").await.expect(200).json();
    let skip = page["@odata.nextLink"].as_str().unwrap().split("$skiptoken=").nth(1).unwrap();
    let other_end = if good.ends_with('A') { "B" } else { "A" };
    let changed = format!("{}{other_end}", &good[..good.len() - 1]);
    for bad in ["x", "Latest", "0", "2026-13-01T00:00:00Z", skip.split('&').next().unwrap(), &changed, &good[1..]] {
        let answer = alice.get(&format!("{}/delta?token={bad}", by_id(&ids[0]))).await;
        let error = answer.error(400, "invalidRequest");
        assert_eq!((&error["target"], &error["message"]), (&json!("token"), &json!("Invalid paging token.")), "{bad}");
    }
    for other in [ROOT.to_owned(), format!("{}/delta", by_id(&ids[1])), format!("{}/delta", by_id(&ids[2]))] {
        alice.get(&format!("{other}?token={good}")).await.error(400, "invalidRequest");
    }
    server.pat().get(&format!("{ROOT}?token={good}")).await.error(400, "invalidRequest");
    let long = "A".repeat(5000);
    alice.get(&format!("{ROOT}?token={long}")).await.error(400, "invalidRequest");
    assert_ne!(server.person(PAT).drive.id, server.person(ALICE).drive.id);
    alice.get(&link).await.expect(200);
}

//! The first enumeration: everything that lies in the folder.

use super::*;
use crate::support::TestServer;

#[tokio::test]
async fn item_05_the_first_enumeration_tells_everything_folders_first() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let ids = plant(&alice, &["D/", "D/a/", "D/a/b/", "D/a/b/c.txt", "D/d.txt", "D/e/"]).await;
    let top = alice.get("/v1.0/me/drive/root").await.json();
    for size in [1, 2, 3, 7, 1000] {
        let (told, link) = enumerate(&alice, &format!("{ROOT}?$top={size}")).await;
        assert!(link.starts_with("http://driveway.test/v1.0/drives/"), "{link}");
        assert!(link.contains("/root/delta?token="), "clients look for a parameter of that name: {link}");
        let mut replica = Replica::of(&id(&top));
        replica.apply(&told);
        assert_eq!(replica.tree(), tree(&alice, "/v1.0/me/drive", &id(&top)).await, "{size}");
        assert_eq!(told.len(), replica.items.len(), "each item once");
        assert!(ids.iter().all(|id| replica.items.contains_key(id)));
        assert!(since(&alice, &mut link.clone()).await.is_empty());
    }
}

#[tokio::test]
async fn item_05_items_are_told_as_they_are_shown_and_the_root_has_no_parent() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let ids = plant(&alice, &["D/", "D/a/", "D/a/b.txt"]).await;
    let (told, _) = enumerate(&alice, ROOT).await;
    let root = &told[0];
    assert!(root["root"].is_object() && root["folder"].is_object(), "{root}");
    assert!(root["parentReference"]["driveId"].is_string() && root["parentReference"].get("id").is_none(), "{root}");
    let mut shown = alice.get(&by_id(&ids[2])).await.json();
    let mut file = find(&told, &ids[2]).unwrap().clone();
    for value in [&mut shown, &mut file] {
        value.as_object_mut().unwrap().retain(|name, _| !name.starts_with('@') && name != "shared");
    }
    assert_eq!(file, shown);
    assert!(file["parentReference"]["path"].as_str().unwrap().ends_with("/root:/D/a"), "{file}");
    assert!(file["file"]["hashes"]["quickXorHash"].is_string() && file["eTag"].is_string());
}

#[tokio::test]
async fn item_05_a_folder_is_followed_alone() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let ids = plant(&alice, &["D/", "D/a/", "D/a/b.txt", "E/", "E/c.txt"]).await;
    for address in [by_id(&ids[0]), at("D"), "/v1.0/me/drive/root:/D".to_owned() + ":"] {
        let (told, link) = enumerate(&alice, &format!("{address}/delta")).await;
        assert_eq!(names(&told), ["D", "a", "b.txt"], "{address}");
        assert!(link.contains(&format!("/items/{}/delta?token=", ids[0])), "{link}");
    }
    let (told, mut link) = enumerate(&alice, &format!("{}/delta", by_id(&ids[2]))).await;
    assert_eq!(names(&told), ["b.txt"], "a file can be followed as well");
    put(&alice, "D/a/b.txt", "more").await;
    put(&alice, "D/a/x.txt", "more").await;
    assert_eq!(names(&since(&alice, &mut link).await), ["b.txt"]);
}

#[tokio::test]
async fn item_05_options_stay_and_those_that_mean_nothing_are_refused() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let page = alice.get(&format!("{ROOT}?$top=2&$select=id,name,")).await.expect(200).json();
    assert_eq!(items(&page).len(), 2);
    assert_eq!(page["@odata.context"], "http://driveway.test/v1.0/$metadata#Collection(driveItem)");
    for item in items(&page) {
        let members: Vec<&String> = item.as_object().unwrap().keys().collect();
        assert_eq!(members, ["id", "name"], "{item}");
    }
    let next = page["@odata.nextLink"].as_str().unwrap();
    assert!(next.contains("&$top=2&$select=id%2Cname"), "{next}");
    assert_eq!(items(&alice.get(next).await.expect(200).json()).len(), 2);
    for option in
        ["$filter=name eq 'a'", "$orderby=name", "$search=x", "$count=true", "$expand=children", "$select=nmae"]
    {
        let answer = alice.get(&format!("{ROOT}?{option}")).await;
        assert_eq!(answer.status, 400, "{option}: {}", answer.text());
    }
    for top in ["0", "-1", "x"] {
        alice.get(&format!("{ROOT}?$top={top}")).await.error(400, "invalidRequest");
    }
    alice.get("/v1.0/me/drive/root/delta(other='x')").await.error(404, "itemNotFound");
}

/// What changes while pages are read is told afterwards, wherever it was and wherever it goes.
#[tokio::test]
async fn item_05_what_changes_between_pages_is_not_lost() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let ids = plant(&alice, &["D/", "D/a/", "D/a/x.txt", "D/b/", "D/b/y.txt", "D/c/", "D/c/z/", "D/c/z/w.txt"]).await;
    let delta = format!("{}/delta?$top=1", by_id(&ids[0]));
    // Whichever folder is told first, each is moved into each other and all come to light, at any page.
    for pages in 0..8 {
        let mut replica = Replica::of(&ids[0]);
        let mut url = delta.clone();
        for page in 0.. {
            if page == pages {
                for (item, parent) in [(&ids[5], &ids[1]), (&ids[3], &ids[6]), (&ids[2], &ids[0])] {
                    move_to(&alice, item, parent, &format!("n{pages}")).await.expect(200);
                }
            }
            let read = alice.get(&url).await.expect(200).json();
            replica.apply(&items(&read));
            match read["@odata.nextLink"].as_str() {
                Some(next) => next.clone_into(&mut url),
                None => {
                    url = read["@odata.deltaLink"].as_str().unwrap().to_owned();
                    break;
                }
            }
        }
        replica.apply(&since(&alice, &mut url).await);
        assert_eq!(replica.tree(), tree(&alice, "/v1.0/me/drive", &ids[0]).await, "after {pages} pages");
        for (item, parent) in [(&ids[2], &ids[1]), (&ids[3], &ids[0]), (&ids[5], &ids[0])] {
            move_to(&alice, item, parent, &format!("back {item}")).await.expect(200);
        }
    }
}

//! What changed since: made, changed, moved, deleted, restored.

use super::*;
use crate::support::TestServer;

/// The ids of what is told, those above it aside.
fn told<'v>(changes: &'v [Value], ids: &'v [String]) -> Vec<&'v str> {
    let of = |id: &String| changes.iter().any(|item| item["id"] == **id);
    ids.iter().filter(|id| of(id)).map(String::as_str).collect()
}

#[tokio::test]
async fn item_05_a_change_is_told_with_the_folders_above_and_no_siblings() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let ids = plant(&alice, &["D/", "D/a/", "D/a/b/", "D/a/b/c.txt", "D/a/b/d.txt", "D/e/", "D/a/f.txt"]).await;
    let mut link = latest(&alice, ROOT).await;
    assert!(since(&alice, &mut link).await.is_empty());
    put(&alice, "D/a/b/c.txt", "longer than before").await;
    let changes = since(&alice, &mut link).await;
    assert_eq!(names(&changes), ["root", "D", "a", "b", "c.txt"]);
    assert_eq!(changes[3]["size"], 18 + "D/a/b/d.txt".len());
    assert!(since(&alice, &mut link).await.is_empty());
    alice.patch(&by_id(&ids[3]), &json!({"description": "x"})).await.expect(200);
    alice.patch(&by_id(&ids[3]), &json!({"name": "C.txt"})).await.expect(200);
    let changes = since(&alice, &mut link).await;
    assert_eq!(names(&changes), ["root", "D", "a", "b", "C.txt"], "two changes of an item are told once");
    assert_eq!(changes[4]["description"], "x");
    let new = plant(&alice, &["D/a/b/new/", "D/a/b/new/x.txt"]).await;
    let changes = since(&alice, &mut link).await;
    assert_eq!(names(&changes), ["root", "D", "a", "b", "new", "x.txt"]);
    assert_eq!(find(&changes, &new[0]).unwrap()["folder"]["childCount"], 1);
}

#[tokio::test]
async fn item_05_versions_that_come_back_and_times_that_are_set_are_told() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let ids = plant(&alice, &["a.txt"]).await;
    put(&alice, "a.txt", "second").await;
    let mut link = latest(&alice, ROOT).await;
    let versions = alice.get(&format!("{}/versions", by_id(&ids[0]))).await.json();
    let first = versions["value"][1]["id"].as_str().unwrap().to_owned();
    alice.post(&format!("{}/versions/{first}/restoreVersion", by_id(&ids[0])), &json!({})).await.expect(204);
    let changes = since(&alice, &mut link).await;
    assert_eq!(find(&changes, &ids[0]).unwrap()["size"], "a.txt".len());
    let times = json!({"fileSystemInfo": {"lastModifiedDateTime": "2017-01-01T00:00:00Z"}});
    alice.patch(&by_id(&ids[0]), &times).await.expect(200);
    let changes = since(&alice, &mut link).await;
    assert_eq!(find(&changes, &ids[0]).unwrap()["fileSystemInfo"]["lastModifiedDateTime"], "2017-01-01T00:00:00Z");
}

#[tokio::test]
async fn item_05_what_is_deleted_is_told_by_what_clients_know_it_by() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let ids = plant(&alice, &["D/", "D/a/", "D/a/b.txt", "D/c.txt"]).await;
    let (_, mut link) = enumerate(&alice, ROOT).await;
    alice.delete(&by_id(&ids[2])).await.expect(204);
    alice.delete(&by_id(&ids[1])).await.expect(204);
    let changes = since(&alice, &mut link).await;
    let gone: Vec<&Value> = changes.iter().filter(|item| item["deleted"].is_object()).collect();
    assert_eq!(gone.len(), 2, "{changes:?}");
    assert_eq!((gone[0]["id"].as_str(), gone[1]["id"].as_str()), (Some(ids[1].as_str()), Some(ids[2].as_str())));
    assert_eq!(changes.last(), gone.last().copied(), "what is gone comes last");
    for (item, name, facet, parent) in [(gone[0], "a", "folder", &ids[0]), (gone[1], "b.txt", "file", &ids[1])] {
        assert_eq!(item["deleted"], json!({"state": "deleted"}));
        assert_eq!(
            (item["name"].as_str(), item["parentReference"]["id"].as_str()),
            (Some(name), Some(parent.as_str()))
        );
        assert!(item[facet].is_object() && item["parentReference"]["driveId"].is_string(), "{item}");
        assert!(item["parentReference"]["path"].as_str().unwrap().contains("root:/D"), "{item}");
        for hidden in ["eTag", "size", "webUrl", "@microsoft.graph.downloadUrl"] {
            assert!(item.get(hidden).is_none(), "{item}");
        }
    }
    assert_eq!(find(&changes, &ids[0]).unwrap()["folder"]["childCount"], 1, "the folder above changed");
    assert!(find(&changes, &ids[3]).is_none());
    // Deleting for good changes nothing more for who knows already, and is told to who doesn't.
    let mut old = link.clone();
    alice.post(&format!("{}/permanentDelete", by_id(&ids[3])), &json!({})).await.expect(204);
    let changes = since(&alice, &mut link).await;
    let gone = find(&changes, &ids[3]).unwrap();
    assert_eq!((gone["name"].as_str(), gone["deleted"]["state"].as_str()), (Some("c.txt"), Some("deleted")));
    assert!(gone["file"].is_object() && gone["parentReference"]["id"] == ids[0], "{gone}");
    let selected = enumerate(&alice, &format!("{old}&$select=id")).await.0;
    assert!(find(&selected, &ids[3]).unwrap()["deleted"].is_object(), "whatever is selected");
    assert!(since(&alice, &mut link).await.is_empty());
    assert!(!since(&alice, &mut old).await.is_empty());
    let (first, _) = enumerate(&alice, ROOT).await;
    assert!(first.iter().all(|item| item.get("deleted").is_none()), "the first enumeration tells of nothing gone");
}

#[tokio::test]
async fn item_05_a_folder_that_comes_back_brings_all_that_lies_in_it() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let ids = plant(&alice, &["D/", "D/a/", "D/a/b/", "D/a/b/c.txt", "D/e.txt", "F/"]).await;
    let (_, mut link) = enumerate(&alice, ROOT).await;
    let mut unaware = link.clone();
    alice.delete(&by_id(&ids[1])).await.expect(204);
    assert_eq!(told(&since(&alice, &mut link).await, &ids[1..4]), [ids[1].as_str()]);
    alice.post(&format!("{}/restore", by_id(&ids[1])), &json!({})).await.expect(200);
    let changes = since(&alice, &mut link).await;
    assert_eq!(told(&changes, &ids[1..4]), [ids[1].as_str(), &ids[2], &ids[3]]);
    assert!(changes.iter().all(|item| item.get("deleted").is_none()));
    let changes = since(&alice, &mut unaware).await;
    assert!(changes.iter().all(|item| item.get("deleted").is_none()), "{changes:?}");
    // To another place, from which a part moves on at once.
    alice.delete(&by_id(&ids[1])).await.expect(204);
    since(&alice, &mut link).await;
    let place = json!({"parentReference": {"id": ids[5]}, "name": "again"});
    alice.post(&format!("{}/restore", by_id(&ids[1])), &place).await.expect(200);
    move_to(&alice, &ids[2], &ids[0], "b").await.expect(200);
    let changes = since(&alice, &mut link).await;
    assert_eq!(told(&changes, &ids[1..4]), [ids[1].as_str(), &ids[2], &ids[3]], "{changes:?}");
    assert!(changes.iter().all(|item| item.get("deleted").is_none()), "{changes:?}");
}

#[tokio::test]
async fn item_05_moves_are_told_where_they_lead_and_where_they_leave() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let ids = plant(&alice, &["D/", "D/a/", "D/a/b.txt", "E/", "E/sub/", "E/sub/deep.txt", "E/f.txt"]).await;
    let (d, e) = (format!("{}/delta", by_id(&ids[0])), format!("{}/delta", by_id(&ids[3])));
    let (mut whole, mut left, mut right) =
        (latest(&alice, ROOT).await, latest(&alice, &d).await, latest(&alice, &e).await);
    // Out of D into E: gone there, new here, with what lies in it.
    move_to(&alice, &ids[1], &ids[3], "moved").await.expect(200);
    let changes = since(&alice, &mut whole).await;
    assert_eq!(names(&changes), ["root", "D", "E", "moved"], "the drive knows what lies in it");
    let changes = since(&alice, &mut left).await;
    assert_eq!(names(&changes), ["D", "a"], "by the name that it had there");
    assert!(changes[1]["deleted"].is_object() && changes[1]["parentReference"]["id"] == ids[0], "{changes:?}");
    let changes = since(&alice, &mut right).await;
    assert_eq!(names(&changes), ["E", "moved", "b.txt"]);
    // Within E: told once, without what lies in it.
    move_to(&alice, &ids[4], &ids[1], "sub").await.expect(200);
    assert_eq!(names(&since(&alice, &mut right).await), ["E", "moved", "sub"]);
    assert!(since(&alice, &mut left).await.is_empty());
    // A file in, a file out.
    move_to(&alice, &ids[6], &ids[0], "f.txt").await.expect(200);
    assert_eq!(names(&since(&alice, &mut left).await), ["D", "f.txt"]);
    assert!(since(&alice, &mut right).await.iter().any(|item| item["id"] == ids[6] && item["deleted"].is_object()));
    // Into a folder that is thrown away afterwards: gone from where it was.
    let mut whole_again = whole.clone();
    since(&alice, &mut whole_again).await;
    move_to(&alice, &ids[6], &ids[3], "f.txt").await.expect(200);
    alice.delete(&by_id(&ids[3])).await.expect(204);
    let changes = since(&alice, &mut left).await;
    assert!(find(&changes, &ids[6]).unwrap()["deleted"].is_object(), "{changes:?}");
    let changes = since(&alice, &mut whole_again).await;
    assert!(find(&changes, &ids[6]).unwrap()["deleted"].is_object(), "{changes:?}");
    assert!(find(&changes, &ids[3]).unwrap()["deleted"].is_object(), "{changes:?}");
}

#[tokio::test]
async fn item_05_files_that_are_replaced_and_copies_are_told() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let ids = plant(&alice, &["D/", "D/a.txt", "D/b.txt", "D/sub/", "D/sub/x.txt", "E/"]).await;
    let mut link = latest(&alice, ROOT).await;
    let replace = json!({"name": "b.txt", "@microsoft.graph.conflictBehavior": "replace"});
    alice.patch(&by_id(&ids[1]), &replace).await.expect(200);
    let changes = since(&alice, &mut link).await;
    assert_eq!(find(&changes, &ids[1]).unwrap()["name"], "b.txt");
    assert!(find(&changes, &ids[2]).unwrap()["deleted"].is_object());
    let copy = json!({"parentReference": {"id": ids[5]}, "name": "copied"});
    alice.post(&format!("{}/copy", by_id(&ids[3])), &copy).await.expect(202);
    driveway::ops::copy::work_through(&server.app).await.unwrap();
    let changes = since(&alice, &mut link).await;
    assert!(names(&changes).ends_with(&["E", "copied", "x.txt"]), "{:?}", names(&changes));
}

//! Permissions as rclone's metadata: read, invited, changed and taken back.

use std::fs;

use serde_json::{Value, json};

use super::Rclone;
use crate::support::Demo;

const BOB: &str = "bob@harbour.example";

/// Copies a file up with these rights for Bob, and the times of another day.
fn copy_with(rclone: &Rclone, demo: &Demo, target: &str, permissions: &Value) {
    let metadata = json!({ "Metadata": {
        "permissions": permissions.to_string(),
        "btime": "2019-01-02T03:04:05Z",
        "mtime": "2020-01-02T03:04:05Z",
    }});
    fs::write(demo.directory().join("mapped.json"), metadata.to_string()).unwrap();
    let rights = ["--metadata", "--onedrive-metadata-permissions", "read,write"];
    // The mapper stands for a source that knows permissions: whatever comes in, this comes out.
    let mapper = ["--metadata-mapper", "/bin/cat mapped.json"];
    rclone.run(&[&["copyto", "file.txt", target, "--ignore-times"], &rights[..], &mapper[..]].concat());
}

/// The metadata of a file, and the permissions in it: the inherited ones and its own.
#[track_caller]
fn look(rclone: &Rclone, target: &str) -> (Value, [Vec<Value>; 2]) {
    let listed = rclone.run(&["lsjson", "--metadata", "--onedrive-metadata-permissions", "read", target]);
    let metadata = serde_json::from_str::<Value>(&listed).unwrap()[0]["Metadata"].clone();
    let permissions: Vec<Value> = serde_json::from_str(metadata["permissions"].as_str().unwrap_or("[]")).unwrap();
    let (inherited, own) = permissions.into_iter().partition(|permission| permission.get("inheritedFrom").is_some());
    (metadata, [inherited, own])
}

#[tokio::test]
async fn rclone_reads_and_writes_permissions() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    fs::write(demo.directory().join("file.txt"), "for Bob").unwrap();
    for remote in ["business:", "personal:", "owned:"] {
        let target = format!("{remote}for Bob.txt");
        let bob = json!({ "user": { "id": BOB, "displayName": BOB } });
        let invitation = match remote {
            "personal:" => json!({ "grantedTo": bob, "roles": ["read"] }),
            _ => json!({ "grantedToV2": bob, "grantedToIdentitiesV2": [bob], "roles": ["read"] }),
        };
        // rclone takes away what isn't named, and of inherited rights only an owner's is safe from it.
        let (_, [inherited, _]) = look(&rclone, &format!("{remote}Welcome.txt"));
        copy_with(&rclone, &demo, &target, &json!([inherited.as_slice(), &[invitation]].concat()));
        let (metadata, [_, invited]) = look(&rclone, &target);
        assert_eq!(metadata["btime"], "2019-01-02T03:04:05Z", "{remote}");
        assert_eq!(metadata["mtime"], "2020-01-02T03:04:05Z", "{remote}");
        assert_eq!(invited.len(), 1, "{remote}: {invited:?}");
        assert_eq!(invited[0]["roles"], json!(["read"]), "{remote}");
        assert_eq!(invited[0]["grantedToV2"]["user"]["email"], BOB, "{remote}");
        assert_eq!(invited[0]["invitation"]["email"], BOB, "{remote}");

        let mut more = invited[0].clone();
        more["roles"] = json!(["write"]);
        copy_with(&rclone, &demo, &target, &json!([inherited.as_slice(), &[more]].concat()));
        let (_, [_, changed]) = look(&rclone, &target);
        assert_eq!(changed[0]["roles"], json!(["write"]), "{remote}");
        assert_eq!(changed[0]["id"], invited[0]["id"], "{remote}");

        copy_with(&rclone, &demo, &target, &json!(inherited));
        assert_eq!(look(&rclone, &target).1, [inherited, Vec::new()], "{remote}");
    }
}

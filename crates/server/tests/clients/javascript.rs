//! `@microsoft/microsoft-graph-client` for JavaScript. Its programs are in `javascript/`.

use std::fs;
use std::os::unix::fs::symlink;

use crate::programs::{self, SCRIPT, sources};
use crate::support::installed;

/// Runs a program in a directory of its own, because Node.js looks for libraries from where a program is.
async fn run(program: &str, checks: &[&str]) {
    let demo = programs::demo().await;
    let directory = demo.directory().join("programs");
    fs::create_dir(&directory).unwrap();
    for file in fs::read_dir(sources("javascript")).unwrap() {
        let file = file.unwrap().path();
        if file.extension().is_some_and(|extension| extension == "mjs") {
            fs::copy(&file, directory.join(file.file_name().unwrap())).unwrap();
        }
    }
    symlink(installed("graph-sdks/javascript/node_modules", SCRIPT), directory.join("node_modules")).unwrap();
    let file = directory.join(format!("{program}.mjs"));
    programs::run(&demo, &installed("graph-sdks/node", SCRIPT), &[file.as_os_str()], checks);
}

#[tokio::test]
async fn the_sdk_shares() {
    run(
        "sharing",
        &[
            "createLink makes a link to view for anonymous",
            "createLink makes a link to edit for anonymous",
            "createLink makes a link to view for organization",
            "createLink makes a link to edit for organization",
            "createLink makes a link to view for users",
            "createLink makes a link to edit for users",
            "createLink makes a link to embed on a personal drive",
            "createLink makes a link of the beta type review",
            "createLink makes a link of the beta type blocksDownload",
            "createLink makes a link of the beta type createOnly on a folder",
            "createLink answers 201 and then 200 with the same link",
            "createLink fills in what is missing",
            "createLink takes a password and an expiry on a personal drive",
            "createLink takes the parameters that other SDKs always send",
            "createLink takes every kind of address",
            "permissions are listed, read, changed and deleted",
            "people are invited, and their role changed",
            "people join a link by grant and leave it by revokeGrants",
            "a share is found by its id and by its encoded address",
            "a shared folder lists its children",
            "a redeemed link is a right of one's own",
            "what is behind a link for people is shared with them",
            "redeeming if necessary leaves nothing behind",
            "an edit link is written through by its share",
        ],
    )
    .await;
}

#[tokio::test]
async fn the_sdk_works_with_files_and_folders() {
    run(
        "drive",
        &[
            "drives are found in every way",
            "a root is found in every way",
            "a folder is made, and its name is taken",
            "content is put, replaced and got",
            "a file of odd names is put and found",
            "children come page by page, sorted and selected",
            "children are expanded",
            "an item is renamed and moved",
            "a copy is watched until it is there",
            "versions are listed, read and restored",
            "a file is checked out and in",
            "what is deleted is restored",
            "what is deleted for good is gone",
            "special folders are there",
        ],
    )
    .await;
}

#[tokio::test]
async fn the_sdk_uploads_in_sessions() {
    run(
        "uploads",
        &[
            "LargeFileUploadTask sends a file in fragments",
            "LargeFileUploadTask sends a stream",
            "LargeFileUploadTask goes on where it stopped",
            "LargeFileUploadTask cancels",
            "OneDriveLargeFileUploadTask renames by default",
            "OneDriveLargeFileUploadTask replaces, with a description",
            "OneDriveLargeFileUploadTask fails on a taken name",
        ],
    )
    .await;
}

#[tokio::test]
async fn the_sdk_sends_batches() {
    run(
        "batch",
        &[
            "requests that are independent are answered each",
            "twenty links are made in one batch",
            "requests that depend on others wait for them",
            "what depends on a failure fails",
            "a binary body is put",
            "content is answered by where it is",
        ],
    )
    .await;
}

#[tokio::test]
async fn the_sdk_understands_what_goes_wrong() {
    run(
        "errors",
        &[
            "400: what a body says wrong is named",
            "401: a token that is none",
            "403: readers don't share",
            "404: what isn't there",
            "409: a name that is taken",
            "412: a tag that has passed",
            "429: the client waits as long as it is told, and tries again",
        ],
    )
    .await;
}

#[tokio::test]
async fn the_sdk_reads_the_directory() {
    run(
        "directory",
        &[
            "me and others",
            "groups",
            "sites",
            "the organization",
            "the sharing settings are read and changed by an administrator",
        ],
    )
    .await;
}

#[tokio::test]
async fn msal_gets_tokens() {
    run(
        "tokens",
        &[
            "msal-node: client credentials, for Graph's .default and for the host's",
            "msal-node: client credentials with a wrong secret",
            "msal-node: an authority given as OpenID Connect's",
            "msal-node: name and password",
            "msal-node: silent renewal, from the cache and with the refresh token",
            "msal-node: silent renewal by another application object with the same cache",
            "@azure/identity: ClientSecretCredential",
            "@azure/identity: UsernamePasswordCredential",
        ],
    )
    .await;
}

#[tokio::test]
async fn people_sign_in_by_msal() {
    run(
        "sign_in",
        &[
            "msal-node: a code with PKCE",
            "msal-node: a code with a secret",
            "msal-node: a browser that the library opens",
            "msal-node: silent renewal after signing in",
            "msal-node: a device code",
            "@azure/identity: AuthorizationCodeCredential",
            "@azure/identity: DeviceCodeCredential",
        ],
    )
    .await;
}

#[tokio::test]
async fn the_sdk_is_told_of_changes() {
    run("notices", &["a subscription is made, read, renewed and ended", "a change is told"]).await;
}

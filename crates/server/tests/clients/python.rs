//! `msgraph-sdk` for Python. Its programs are in `python/`.

use std::ffi::OsStr;

use crate::programs::{self, SCRIPT, sources};
use crate::support::installed;

/// Runs a program. No compiled files are left beside it, and warnings about the SDK's own code are no news.
async fn run(program: &str, checks: &[&str]) {
    let demo = programs::demo().await;
    let file = sources("python").join(format!("{program}.py"));
    let arguments = [OsStr::new("-B"), OsStr::new("-Wignore"), file.as_os_str()];
    programs::run(&demo, &installed("graph-sdks/python/bin/python", SCRIPT), &arguments, checks);
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
            "createLink answers 201 and then 200 with the same link",
            "createLink fills in what is missing",
            "createLink takes a password and an expiry on a personal drive",
            "createLink takes the path form inside items",
            "createLink takes every kind of address",
            "permissions are listed, read, changed and deleted",
            "people are invited, and their role changed",
            "people join a link by grant",
            "a share is found by its id and by its encoded address",
            "a redeemed link is a right of one's own",
            "what is behind a link for people is shared with them",
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
            "LargeFileUploadTask sends a file in fragments, and its last one twice",
            "LargeFileUploadTask sends a small file at once",
            "LargeFileUploadTask goes on where it stopped",
            "an upload session is cancelled",
            "a taken name is refused where it has to be",
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
            "links are made in a batch",
            "requests that depend on others wait for them",
            "a body that is no object goes in base64",
            "more than twenty requests go in several batches",
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
            "msal: client credentials, for Graph's .default and for the host's",
            "msal: client credentials with a wrong secret",
            "msal: an authority given as OpenID Connect's",
            "msal: name and password",
            "msal: silent renewal, from the cache and with the refresh token",
            "msal: silent renewal by another application object with the same cache",
            "azure-identity: ClientSecretCredential",
        ],
    )
    .await;
}

#[tokio::test]
async fn people_sign_in_by_msal() {
    run(
        "sign_in",
        &[
            "msal: a code with PKCE",
            "msal: a code with a secret",
            "msal: a browser that the library opens",
            "msal: silent renewal after signing in",
            "msal: a device code, first waiting and then signed in",
            "azure-identity: InteractiveBrowserCredential",
            "azure-identity: AuthorizationCodeCredential",
            "azure-identity: DeviceCodeCredential",
        ],
    )
    .await;
}

#[tokio::test]
async fn the_sdk_is_told_of_changes() {
    run("notices", &["a subscription is made, read, renewed and ended", "a change is told"]).await;
}

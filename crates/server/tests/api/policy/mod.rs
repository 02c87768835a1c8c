//! What an organization says about sharing, how sites and drives narrow it, and what a change of it would do.

mod drives;
mod dry_run;
mod links;
mod outside;
mod settings;

use driveway_core::drive::DriveOwner;
use serde_json::{Value, json};

use crate::support::{Actor, Answer, TestServer};

const SETTINGS: &str = "/v1.0/admin/sharepoint/settings";
const POLICY: &str = "/driveway/v1/policy/sharing";

/// Asserts that policy refuses, and names the member at fault.
#[track_caller]
fn is_disabled(answer: &Answer, target: &str) {
    let error = answer.error(403, "notAllowed");
    assert_eq!(
        (&error["target"], &error["innerError"]["code"]),
        (&json!(target), &json!("sharingDisabled")),
        "{error}"
    );
}

fn invitation(email: &str, role: &str) -> Value {
    json!({ "requireSignIn": true, "roles": [role], "recipients": [{ "email": email }] })
}

async fn invite(actor: &Actor, item: &str, email: &str, role: &str) -> Answer {
    actor.post(&format!("{item}/invite"), &invitation(email, role)).await
}

/// The group that Alice and Bob are members of, and the site whose library is theirs.
fn group_and_site(server: &TestServer) -> (String, String) {
    match (server.demo.group.owner, server.demo.site.owner) {
        (DriveOwner::Group(group), DriveOwner::Site(site)) => (group.to_string(), site.to_string()),
        owners => panic!("{owners:?}"),
    }
}

//! The seed's section "Permissions", and the header that carries them.

use driveway::auth::token::Subject;
use jiff::SignedDuration;
use serde_json::json;

use crate::support::sharing::{ADMIN, ALICE, PAT};
use crate::support::{Actor, TestServer};

/// Scopes and roles that let nobody share, whatever kind of token carries them.
const NEVER: [&str; 6] =
    ["", "Files.Read", "Files.Read.All Sites.Read.All", "User.Read", "files.readwrite.all", "Files.ReadWrite.Allx"];

async fn may_share(actor: &Actor, item: &str, scopes: &str) {
    let answer = actor.share(item, &json!({ "type": "view", "scope": "anonymous" })).await;
    assert!(answer.status.is_success(), "{scopes}: {}", answer.text());
    answer.json();
}

async fn may_not_share(actor: &Actor, item: &str, scopes: &str) {
    let answer = actor.share(item, &json!({ "type": "view", "scope": "anonymous" })).await;
    assert_eq!(answer.status, 403, "{scopes}: {}", answer.text());
    answer.error(403, "accessDenied");
}

/// Row "Delegated (work or school account)": Files.ReadWrite, Files.ReadWrite.All, Sites.ReadWrite.All.
#[tokio::test]
async fn permission_row_delegated_work_or_school_account() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Welcome.txt");
    for scopes in NEVER {
        may_not_share(&server.user(ALICE, scopes), &item, scopes).await;
    }
    assert_eq!(server.alice().permissions(&item).await.len(), 1, "refused calls leave nothing behind");
    for scopes in [
        "Files.ReadWrite",
        "Files.ReadWrite.All",
        "Sites.ReadWrite.All",
        "User.Read Files.ReadWrite",
        "https://graph.microsoft.com/Files.ReadWrite",
    ] {
        may_share(&server.user(ALICE, scopes), &item, scopes).await;
    }
}

/// The same row: `Files.ReadWrite` reaches the caller's own drive only, the others every drive that the caller may write to.
#[tokio::test]
async fn files_read_write_reaches_the_callers_own_drive_only() {
    let server = TestServer::start().await;
    let shared = server.item_in(&server.demo.group, "Welcome.txt");
    may_not_share(&server.user(ALICE, "Files.ReadWrite"), &shared, "Files.ReadWrite").await;
    for scopes in ["Files.ReadWrite.All", "Sites.ReadWrite.All"] {
        may_share(&server.user(ALICE, scopes), &shared, scopes).await;
    }
}

/// Row "Delegated (personal Microsoft account)": Files.ReadWrite, Files.ReadWrite.All.
#[tokio::test]
async fn permission_row_delegated_personal_microsoft_account() {
    let server = TestServer::start().await;
    let item = server.item(PAT, "Welcome.txt");
    for scopes in NEVER.into_iter().chain(["Sites.ReadWrite.All"]) {
        may_not_share(&server.user(PAT, scopes), &item, scopes).await;
    }
    for scopes in ["Files.ReadWrite", "Files.ReadWrite.All"] {
        may_share(&server.user(PAT, scopes), &item, scopes).await;
    }
}

/// Row "Application": Files.ReadWrite.All, Sites.ReadWrite.All.
#[tokio::test]
async fn permission_row_application() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Welcome.txt");
    for scopes in NEVER.into_iter().chain(["Files.ReadWrite"]) {
        may_not_share(&server.application(scopes), &item, scopes).await;
    }
    for scopes in ["Files.ReadWrite.All", "Sites.ReadWrite.All"] {
        may_share(&server.application(scopes), &item, scopes).await;
        may_share(&server.application(scopes), &server.item_in(&server.demo.site, "Welcome.txt"), scopes).await;
    }
    let elsewhere = server.application("Files.ReadWrite.All").share(&server.item(PAT, "Welcome.txt"), &json!({})).await;
    elsewhere.error(404, "itemNotFound");
}

/// Request header "Authorization: Bearer {token}. Required.": without a token, or with one that isn't good, 401.
#[tokio::test]
async fn header_row_authorization_is_required() {
    let server = TestServer::start().await;
    let other = TestServer::start().await;
    let item = server.item(ALICE, "Welcome.txt");
    let mint = |server: &TestServer, from: i64| {
        let user = server.person(ALICE).user.clone();
        let now = server.app.clock.now() + SignedDuration::from_secs(from);
        let subject = Subject::User(user.id);
        server.app.tokens.mint(user.tenant, server.application_id(0), subject, "Files.ReadWrite", now, 3600).unwrap()
    };
    let good = mint(&server, 0);
    may_share(&server.bearer(&good), &item, "a good token").await;
    let (head, rest) = good.split_once('.').unwrap();
    let (claims, signature) = rest.split_once('.').unwrap();
    let none = data_encoding::BASE64URL_NOPAD.encode(br#"{"alg":"none","typ":"JWT"}"#);
    let bad = [
        ("empty", String::new()),
        ("no token", "harbour".into()),
        ("unsigned", format!("{none}.{claims}.")),
        ("without its signature", format!("{head}.{claims}.")),
        ("with another's claims", format!("{head}.{}.{signature}", mint(&server, 1).split('.').nth(1).unwrap())),
        ("of another server", mint(&other, 0)),
        ("expired", mint(&server, -3600 - 61)),
        ("not yet valid", mint(&server, 61)),
        ("too long", format!("{good}{}", "A".repeat(9000))),
    ];
    for (what, token) in &bad {
        let answer = server.bearer(token).share(&item, &json!({ "type": "edit", "scope": "anonymous" })).await;
        assert_eq!(answer.status, 401, "{what}");
        answer.error(401, "InvalidAuthenticationToken");
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{what}");
    }
    server.anonymous().share(&item, &json!({})).await.error(401, "InvalidAuthenticationToken");
    for value in ["Basic YWxpY2U6aGFyYm91cg==", &good, "Bearer", "Negotiate abc"] {
        let answer = server.anonymous().with("authorization", value).share(&item, &json!({})).await;
        answer.error(401, "InvalidAuthenticationToken");
    }
    assert_eq!(server.alice().permissions(&item).await.len(), 2, "the owner's and the one good link");
}

/// The same header: its scheme is read without regard to case, as one client needs.
#[tokio::test]
async fn the_scheme_of_authorization_is_read_without_regard_to_case() {
    let server = TestServer::start().await;
    let user = server.person(ALICE).user.clone();
    let token = server
        .app
        .tokens
        .mint(
            user.tenant,
            server.application_id(0),
            Subject::User(user.id),
            "Files.ReadWrite",
            server.app.clock.now(),
            3600,
        )
        .unwrap();
    for scheme in ["bearer", "BEARER"] {
        let actor = server.anonymous().with("authorization", &format!("{scheme} {token}"));
        may_share(&actor, &server.item(ALICE, "Welcome.txt"), scheme).await;
    }
}

/// A token is as good as the account and the application behind it are now.
#[tokio::test]
async fn a_token_of_a_disabled_account_or_application_is_no_token() {
    let server = TestServer::start().await;
    let (item, alice) = (server.item(ALICE, "Welcome.txt"), server.alice());
    server.set_enabled(ALICE, false).await;
    alice.share(&item, &json!({})).await.error(401, "InvalidAuthenticationToken");
    server.set_enabled(ALICE, true).await;
    may_share(&alice, &item, "enabled again").await;
    let application = server.application_id(0);
    server.app.db.write(move |tx| tx.set_application_enabled(application, false)).await.unwrap();
    alice.share(&item, &json!({})).await.error(401, "InvalidAuthenticationToken");
    may_share(&server.user_through(ALICE, 1, "Files.ReadWrite"), &item, "the other application").await;
}

/// An expired token works again for nobody, and a new one does.
#[tokio::test]
async fn a_token_ends_with_its_time() {
    let server = TestServer::start().await;
    let (item, early) = (server.item(ADMIN, "Welcome.txt"), server.admin());
    may_share(&early, &item, "in time").await;
    server.advance(SignedDuration::from_secs(3600 + 61));
    early.share(&item, &json!({})).await.error(401, "InvalidAuthenticationToken");
    may_share(&server.admin(), &item, "a new token").await;
}

//! What clients read before they reach a drive: people, groups, sites, the organization.

use driveway::ops::provision;
use driveway_core::drive::{Drive, DriveOwner};
use serde_json::{Value, json};

use crate::support::TestServer;
use crate::support::sharing::{ADMIN, ALICE, BOB, PAT};

fn owner_id(drive: &Drive) -> String {
    match drive.owner {
        DriveOwner::User(id) => id.to_string(),
        DriveOwner::Group(id) => id.to_string(),
        DriveOwner::Site(id) => id.to_string(),
    }
}

fn values<'a>(list: &'a Value, member: &str) -> Vec<&'a str> {
    list["value"].as_array().unwrap().iter().map(|value| value[member].as_str().unwrap()).collect()
}

#[tokio::test]
async fn me_is_the_caller_to_any_token_for_files() {
    let server = TestServer::start().await;
    let id = server.person(ALICE).user.id.to_string();
    for scopes in ["User.Read", "Files.Read", "Files.ReadWrite.All", "Directory.Read.All"] {
        let alice = server.user(ALICE, scopes);
        for form in [
            "/me".to_owned(),
            "/users/me-token-to-replace".to_owned(),
            format!("/users/{id}"),
            format!("/users/{ALICE}"),
        ] {
            let me = alice.get(&format!("/v1.0{form}")).await.expect(200).json();
            assert_eq!((&me["id"], &me["userPrincipalName"]), (&json!(id), &json!(ALICE)), "{form}");
            assert_eq!((&me["displayName"], &me["mail"]), (&json!("Alice Harbour"), &json!(ALICE)), "{form}");
            assert!(me.get("accountEnabled").is_none(), "{me}");
        }
    }
    let pat = server.pat().get("/v1.0/me").await.expect(200).json();
    assert_eq!(pat["userPrincipalName"], PAT);
    server.application("User.Read.All").get("/v1.0/me").await.error(400, "invalidRequest");
    server.application("User.Read.All").get(&format!("/v1.0/users/{ALICE}")).await.expect(200);
}

#[tokio::test]
async fn others_are_read_with_scopes_that_say_so() {
    let server = TestServer::start().await;
    for scopes in ["User.Read", "Files.ReadWrite.All Sites.ReadWrite.All", "Group.Read.All"] {
        for name in [BOB, "nobody@harbour.example", PAT] {
            server.user(ALICE, scopes).get(&format!("/v1.0/users/{name}")).await.error(403, "accessDenied");
        }
    }
    let selected = format!("/v1.0/users/{BOB}?$select=displayName,accountEnabled,createdDateTime");
    let basic = server.user(ALICE, "User.ReadBasic.All").get(&selected).await.expect(200).json();
    assert_eq!(basic["displayName"], "Bob Lindqvist");
    assert!(basic.get("accountEnabled").is_none() && basic.get("userPrincipalName").is_none(), "{basic}");
    let whole = server.user(ALICE, "User.Read.All").get(&selected).await.expect(200).json();
    assert_eq!(whole["accountEnabled"], true);
    assert!(whole["createdDateTime"].is_string());
    let own = server.user(ALICE, "User.Read").get("/v1.0/me?$select=userType").await.expect(200).json();
    assert_eq!(own["userType"], "Member");
}

#[tokio::test]
async fn the_people_of_the_organization_come_in_pages() {
    let server = TestServer::start().await;
    let alice = server.user(ALICE, "User.ReadBasic.All");
    let all = alice.get("/v1.0/users").await.expect(200).json();
    assert_eq!(values(&all, "userPrincipalName"), [ADMIN, ALICE, BOB]);
    assert!(all.get("@odata.nextLink").is_none());
    let first = alice.get("/v1.0/users?$top=2&$select=userPrincipalName").await.expect(200).json();
    assert_eq!(values(&first, "userPrincipalName"), [ADMIN, ALICE]);
    let next = first["@odata.nextLink"].as_str().unwrap();
    assert!(!next.contains("alice") && next.starts_with("http://driveway.test/v1.0/users?"), "{next}");
    let rest = alice.get(next).await.expect(200).json();
    assert_eq!(values(&rest, "userPrincipalName"), [BOB]);
    assert!(rest.get("@odata.nextLink").is_none() && rest["value"][0].get("displayName").is_none(), "{rest}");
}

/// P32: neither a visitor of a link nor an invited address is somebody whom one could read or list.
#[tokio::test]
async fn p32_visitors_and_invited_addresses_are_nobody() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Welcome.txt");
    let link = server.alice().view_link(&item).await;
    let body = json!({
        "recipients": [{ "email": "guest@elsewhere.example" }], "roles": ["read"],
        "requireSignIn": true, "sendInvitation": false,
    });
    server.alice().post(&format!("{item}/invite"), &body).await.expect(200);
    let share = format!("/v1.0/shares/{}/driveItem", link["shareId"].as_str().unwrap());
    server.anonymous().get(&share).await.expect(200);
    for path in ["/v1.0/users", "/v1.0/me", "/v1.0/groups", "/v1.0/sites?search=*", "/v1.0/organization"] {
        server.anonymous().get(path).await.error(401, "InvalidAuthenticationToken");
    }
    let alice = server.user(ALICE, "User.Read.All");
    let all = alice.get("/v1.0/users").await.expect(200).json();
    assert_eq!(values(&all, "userPrincipalName"), [ADMIN, ALICE, BOB]);
    alice.get("/v1.0/users/guest@elsewhere.example").await.error(404, "itemNotFound");
}

/// P32: of other tenants one reads nothing, and personal accounts don't see each other.
#[tokio::test]
async fn p32_nobody_reads_another_tenant() {
    let server = TestServer::start().await;
    let consumer = server.person(PAT).user.tenant;
    let app = std::sync::Arc::clone(&server.app);
    tokio::task::spawn_blocking(move || {
        let tenant = app.db.read_blocking(|tx| tx.tenants())?.into_iter().find(|tenant| tenant.id == consumer).unwrap();
        provision::user(&app, &tenant, "quinn@personal.example", "Quinn", false)
    })
    .await
    .unwrap()
    .unwrap();
    let everything = "Files.ReadWrite.All Sites.ReadWrite.All Directory.Read.All User.Read.All Organization.Read.All";
    let (pat, alice) = (server.user(PAT, everything), server.user(ALICE, everything));
    let (group, site) = (owner_id(&server.demo.group), owner_id(&server.demo.site));
    for path in [
        format!("/users/{ALICE}"),
        "/users/quinn@personal.example".to_owned(),
        "/users/quinn@personal.example/memberOf".to_owned(),
        format!("/users/{}/memberOf", server.person(ALICE).user.id),
        format!("/groups/{group}"),
        format!("/sites/{site}"),
        "/sites/root".to_owned(),
        "/sites/driveway.test:/sites/harbour".to_owned(),
        format!("/organization/{}", server.demo.organization.id),
        format!("/organization/{consumer}"),
    ] {
        pat.get(&format!("/v1.0{path}")).await.error(404, "itemNotFound");
    }
    for path in ["/users", "/groups", "/sites", "/sites?search=harbour", "/organization"] {
        pat.get(&format!("/v1.0{path}")).await.error(403, "accessDenied");
    }
    assert_eq!(pat.get("/v1.0/me/memberOf").await.expect(200).json()["value"], json!([]));
    alice.get(&format!("/v1.0/users/{PAT}")).await.error(404, "itemNotFound");
    alice.get(&format!("/v1.0/organization/{consumer}")).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn groups_are_read_alone_and_by_their_members() {
    let server = TestServer::start().await;
    let id = owner_id(&server.demo.group);
    let crew = server.user(BOB, "GroupMember.Read.All").get(&format!("/v1.0/groups/{id}")).await.expect(200).json();
    assert_eq!((&crew["id"], &crew["displayName"]), (&json!(id), &json!("Harbour crew")));
    let all = server.user(ALICE, "Group.Read.All").get("/v1.0/groups?$select=displayName").await.expect(200).json();
    assert_eq!(values(&all, "displayName"), ["Harbour crew"]);
    assert!(all["value"][0].get("groupTypes").is_none());
    for absent in ["00000000-0000-4000-8000-000000000000", "crew"] {
        server.user(BOB, "Group.Read.All").get(&format!("/v1.0/groups/{absent}")).await.error(404, "itemNotFound");
    }

    let alice = server.user(ALICE, "User.Read");
    let mine = alice.get("/v1.0/me/memberOf").await.expect(200).json();
    assert_eq!(mine["value"][0]["@odata.type"], "#microsoft.graph.group");
    assert_eq!(values(&mine, "id"), [id.as_str()]);
    for cast in ["microsoft.graph.group", "graph.group"] {
        let cast = alice.get(&format!("/v1.0/me/memberOf/{cast}")).await.expect(200).json();
        assert_eq!(values(&cast, "displayName"), ["Harbour crew"]);
    }
    alice.get(&format!("/v1.0/users/{BOB}/memberOf")).await.error(403, "accessDenied");
    let bobs = server.user(ALICE, "Group.Read.All").get(&format!("/v1.0/users/{BOB}/memberOf")).await;
    assert_eq!(values(&bobs.expect(200).json(), "id"), [id.as_str()]);
}

#[tokio::test]
async fn groups_come_in_pages() {
    let server = TestServer::start().await;
    let (app, organization) = (std::sync::Arc::clone(&server.app), server.demo.organization.clone());
    let alice = server.person(ALICE).user.id;
    tokio::task::spawn_blocking(move || {
        (0..3).try_for_each(|n| provision::group(&app, &organization, &format!("Crew {n}"), &[], &[alice]).map(drop))
    })
    .await
    .unwrap()
    .unwrap();
    let alice = server.user(ALICE, "User.Read Group.Read.All");
    for path in ["/v1.0/groups", "/v1.0/me/memberOf", "/v1.0/me/memberOf/microsoft.graph.group"] {
        let (mut url, mut seen) = (format!("{path}?$top=3"), Vec::new());
        loop {
            let page = alice.get(&url).await.expect(200).json();
            seen.extend(values(&page, "displayName").into_iter().map(str::to_owned));
            let Some(next) = page["@odata.nextLink"].as_str() else { break };
            url = next.to_owned();
        }
        seen.sort();
        assert_eq!(seen, ["Crew 0", "Crew 1", "Crew 2", "Harbour crew"], "{path}");
    }
}

#[tokio::test]
async fn a_site_answers_on_every_form_of_its_address() {
    let server = TestServer::start().await;
    let id = owner_id(&server.demo.site);
    for scopes in ["Sites.Read.All", "Files.Read.All"] {
        let alice = server.user(ALICE, scopes);
        for form in [
            id.clone(),
            format!("driveway.test,{id},{id}"),
            "root".to_owned(),
            "driveway.test".to_owned(),
            "driveway.test:/sites/harbour".to_owned(),
            "driveway.test:/sites/harbour:".to_owned(),
            "root:/sites/harbour".to_owned(),
            "driveway.test:/".to_owned(),
        ] {
            let site = alice.get(&format!("/v1.0/sites/{form}")).await.expect(200).json();
            assert_eq!(site["id"], format!("driveway.test,{id},{id}"), "{form}");
            assert_eq!((&site["name"], &site["displayName"]), (&json!("harbour"), &json!("Harbour")), "{form}");
            assert_eq!(site["webUrl"], "http://driveway.test/sites/harbour", "{form}");
        }
        // What a client does next: the site's libraries, by the id that it was given.
        let drives = alice.get(&format!("/v1.0/sites/driveway.test,{id},{id}/drives")).await.expect(200).json();
        assert_eq!(values(&drives, "id"), [server.demo.site.id.as_str()]);
    }
    let alice = server.alice();
    for absent in ["nowhere", "driveway.test:/sites/elsewhere", "driveway.test:/harbour", "driveway.test:/a/b/harbour"]
    {
        alice.get(&format!("/v1.0/sites/{absent}")).await.error(404, "itemNotFound");
    }
}

#[tokio::test]
async fn sites_are_found_by_those_who_may_see_them() {
    let server = TestServer::start().await;
    let (app, organization) = (std::sync::Arc::clone(&server.app), server.demo.organization.clone());
    let admin = server.person(ADMIN).user.id;
    let hidden = tokio::task::spawn_blocking(move || {
        let (board, _) = provision::group(&app, &organization, "Board", &[admin], &[])?;
        provision::site(&app, &organization, "harbour-board", "Harbour Board", board.id)
    })
    .await
    .unwrap()
    .unwrap()
    .0;
    let (alice, admin) = (server.alice(), server.admin());
    for (query, alices, admins) in [
        ("", 1, 2),
        ("?search=*", 1, 2),
        ("?search=", 1, 2),
        ("?search=HARB", 1, 2),
        ("?$search=%22board%22", 0, 1),
        ("?search=board*", 0, 1),
        ("?search=nothing", 0, 0),
    ] {
        for (actor, wanted) in [(&alice, alices), (&admin, admins)] {
            let list = actor.get(&format!("/v1.0/sites{query}")).await.expect(200).json();
            assert_eq!(list["value"].as_array().unwrap().len(), wanted, "{query}: {list}");
        }
    }
    for form in [hidden.id.to_string(), "driveway.test:/sites/harbour-board".to_owned()] {
        admin.get(&format!("/v1.0/sites/{form}")).await.expect(200);
        alice.get(&format!("/v1.0/sites/{form}")).await.error(404, "itemNotFound");
    }
    alice.get(&format!("/v1.0/sites/{}/drives", hidden.id)).await.error(404, "itemNotFound");

    let first = admin.get("/v1.0/sites?search=harbour&$top=1&$select=name").await.expect(200).json();
    let rest = admin.get(first["@odata.nextLink"].as_str().unwrap()).await.expect(200).json();
    assert_eq!((values(&first, "name"), values(&rest, "name")), (vec!["harbour"], vec!["harbour-board"]));
    assert!(rest.get("@odata.nextLink").is_none(), "{rest}");
}

#[tokio::test]
async fn the_organization_says_its_name() {
    let server = TestServer::start().await;
    let id = server.demo.organization.id.to_string();
    for scopes in ["User.Read", "Organization.Read.All", "Directory.Read.All"] {
        let list = server.user(ALICE, scopes).get("/v1.0/organization").await.expect(200).json();
        assert_eq!((values(&list, "id"), values(&list, "displayName")), (vec![id.as_str()], vec!["Harbour & Sons"]));
    }
    let one = server.user(ALICE, "User.Read").get(&format!("/v1.0/organization/{id}")).await.expect(200).json();
    assert_eq!(one["displayName"], "Harbour & Sons");
    server.application("User.Read").get("/v1.0/organization").await.error(403, "accessDenied");
    server.application("Organization.Read.All").get("/v1.0/organization").await.expect(200);
    server.user(ALICE, "User.Read").get("/v1.0/organization/x").await.error(404, "itemNotFound");
}

#[tokio::test]
async fn a_disabled_account_reads_nobody() {
    let server = TestServer::start().await;
    let bob = server.user(BOB, "User.Read.All Sites.Read.All");
    server.set_enabled(BOB, false).await;
    for path in ["/v1.0/me", "/v1.0/users", "/v1.0/sites", "/v1.0/organization"] {
        bob.get(path).await.error(401, "InvalidAuthenticationToken");
    }
}

#[tokio::test]
async fn options_that_are_not_offered_are_refused_by_name() {
    let server = TestServer::start().await;
    let alice = server.user(ALICE, "User.Read.All Group.Read.All Sites.Read.All");
    let filtered =
        ["$filter=id%20eq%20'x'", "$orderby=displayName", "$count=true", "$expand=manager", "$top=0", "$skiptoken=x"];
    for list in ["users", "groups", "sites", "organization", "me/memberOf"] {
        for option in filtered {
            // Of a page of the organization there is none.
            if list == "organization" && option == "$skiptoken=x" {
                continue;
            }
            let answer = alice.get(&format!("/v1.0/{list}?{option}")).await;
            let code = if option.starts_with("$expand") { "notSupported" } else { "invalidRequest" };
            let error = answer.error(400, code);
            assert_eq!(error["target"], option.split('=').next().unwrap(), "{list}?{option}");
        }
        alice.get(&format!("/v1.0/{list}?$select=planet")).await.error(400, "invalidRequest");
    }
    for list in ["users", "groups", "organization", "me/memberOf"] {
        assert_eq!(
            alice.get(&format!("/v1.0/{list}?$search=x")).await.error(400, "invalidRequest")["target"],
            "$search"
        );
    }
    // A token of one list begins no other.
    let first = server.admin().get("/v1.0/sites?$top=1").await.expect(200).json();
    assert!(first.get("@odata.nextLink").is_none());
    let users = alice.get("/v1.0/users?$top=1").await.expect(200).json();
    let token =
        users["@odata.nextLink"].as_str().unwrap().split("skiptoken=").nth(1).unwrap().split('&').next().unwrap();
    alice.get(&format!("/v1.0/groups?$skiptoken={token}")).await.error(400, "invalidRequest");
    let long = "x".repeat(256);
    alice.get(&format!("/v1.0/sites?search={long}")).await.error(400, "invalidRequest");
    for path in ["/v1.0/me/photo", "/v1.0/me/messages", "/v1.0/organization/a/b", "/v1.0/sites/root/lists"] {
        alice.get(path).await.error(404, "itemNotFound");
    }
}

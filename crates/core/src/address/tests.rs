use proptest::prelude::*;

use super::*;

fn resource(path: &str) -> Resource {
    resource_with(path, None)
}

fn resource_with(path: &str, query: Option<&str>) -> Resource {
    match parse(&format!("/v1.0{path}"), query) {
        Ok(address) => address.resource,
        Err(error) => panic!("{path}: {error}"),
    }
}

fn refusal(path: &str) -> AddressError {
    parse(&format!("/v1.0{path}"), None).unwrap_err()
}

/// The item's canonical path, and the names after it.
fn item(path: &str) -> (String, Vec<String>) {
    item_with(path, None)
}

fn item_with(path: &str, query: Option<&str>) -> (String, Vec<String>) {
    match resource_with(path, query) {
        Resource::Item { item, tail } => (item.to_path(), owned(tail.as_names())),
        other => panic!("{path} is no item: {other:?}"),
    }
}

fn owned(names: Vec<&str>) -> Vec<String> {
    names.into_iter().map(str::to_owned).collect()
}

#[track_caller]
fn same(path: &str, canonical: &str, tail: &[&str]) {
    assert_eq!(item(path), (canonical.to_owned(), owned(tail.to_vec())), "{path}");
}

#[test]
fn versions() {
    let version = |path: &str| parse(path, None).map(|address| address.version);
    assert_eq!(version("/v1.0/me/drive"), Ok(Version::V1));
    assert_eq!(version("/beta/me/drive"), Ok(Version::Beta));
    assert_eq!(version("/v2.0/drives/d"), Ok(Version::V1));
    assert_eq!(version("/_api/v2.0/drives/d"), Ok(Version::V1));
    for path in ["", "/", "/v3.0/me", "/_api/v1.0/me", "/me/drive"] {
        assert_eq!(version(path), Err(AddressError::UnknownVersion), "{path}");
    }
}

#[test]
fn drives_of_every_owner() {
    let drive = |path: &str| match resource(path) {
        Resource::Drive { drive, tail } if tail.is_empty() => drive.to_string(),
        other => panic!("{path} is no drive: {other:?}"),
    };
    for (path, canonical) in [
        ("/me/drive", "/me/drive"),
        ("/drive", "/me/drive"),
        ("/users/me-token-to-replace/drive", "/me/drive"),
        ("/drives/b%21X-y", "/drives/b!X-y"),
        ("/drives/d/", "/drives/d"),
        ("//drives/d", "/drives/d"),
        ("/drives('d')", "/drives/d"),
        ("/users/a@b.example/drive", "/users/a@b.example/drive"),
        ("/users('a')/drive", "/users/a/drive"),
        ("/groups/g/drive", "/groups/g/drive"),
        ("/sites/root/drive", "/sites/root/drive"),
        ("/sites/h.example,1,2/drive", "/sites/h.example,1,2/drive"),
        ("/sites/h.example:/sites/a/b:/drive", "/sites/h.example:/sites/a/b:/drive"),
        ("/sites/h.example%3A%2Fsites%2Fa%3A/drive", "/sites/h.example:/sites/a:/drive"),
        ("/sites/h.example:/:/drive", "/sites/h.example:/:/drive"),
        ("/me/drives/d", "/drives/d"),
        ("/users/u/drives/d", "/drives/d"),
        ("/groups/g/drives/d", "/drives/d"),
        ("/sites/s/drives('d')", "/drives/d"),
    ] {
        assert_eq!(drive(path), canonical, "{path}");
    }
}

#[test]
fn lists_of_drives_and_plain_collections() {
    assert_eq!(resource("/me/drives"), Resource::Drives { owner: Owner::Me });
    assert_eq!(resource("/drives"), Resource::Drives { owner: Owner::Me });
    assert_eq!(resource("/sites/root/drives/"), Resource::Drives { owner: Owner::Site(SiteKey::Root) });
    assert_eq!(resource("/groups/g/drives"), Resource::Drives { owner: Owner::Group("g".to_owned()) });
    assert_eq!(resource("/users"), Resource::Users);
    assert_eq!(resource("/groups/"), Resource::Groups);
    assert_eq!(resource("/sites"), Resource::Sites);
    assert_eq!(resource("/%24batch"), Resource::Batch);
    assert_eq!(resource(""), Resource::Other(Vec::new()));
    assert_eq!(resource("/admin/sharepoint/settings"), Resource::Settings);
    let admin = ["admin", "sharepoint"].map(str::to_owned).to_vec();
    assert_eq!(resource("/admin/sharepoint"), Resource::Other(admin));
    assert_eq!(resource("/shares"), Resource::Other(vec!["shares".to_owned()]));
}

#[test]
fn owners_with_other_tails() {
    let tail = |names: &[&str]| Tail { segments: names.iter().map(|name| TailSegment::plain(name)).collect() };
    assert_eq!(resource("/organization"), Resource::Organization { tail: tail(&[]) });
    assert_eq!(resource("/organization/x"), Resource::Organization { tail: tail(&["x"]) });
    assert_eq!(resource("/me"), Resource::Me { tail: tail(&[]) });
    assert_eq!(resource("/users/me-token-to-replace"), Resource::Me { tail: tail(&[]) });
    let user = UserKey("u".to_owned());
    assert_eq!(resource("/users/u/memberOf"), Resource::User { user, tail: tail(&["memberOf"]) });
    let group = "g".to_owned();
    assert_eq!(resource("/groups/g/members/$ref"), Resource::Group { group, tail: tail(&["members", "$ref"]) });
    let site = SiteKey::Path { host: "root".to_owned(), path: vec!["sites".to_owned(), "a".to_owned()] };
    assert_eq!(resource("/sites/root:/sites/a"), Resource::Site { site, tail: tail(&[]) });
    let site = SiteKey::Id("s".to_owned());
    assert_eq!(resource("/sites/s/lists('l')"), Resource::Site { site, tail: tail(&["lists", "l"]) });
}

#[test]
fn roots_and_ids() {
    for path in ["/me/drive/root", "/me/drive/root/", "/me/drive/items/root", "/me/drive/items('root')", "/drive/root:"]
    {
        same(path, "/me/drive/root", &[]);
    }
    for path in ["/drives/d/items/i", "/drives/d/items/i/", "/drives/d/items/i:/", "/drives/d/items/i:/:"] {
        same(path, "/drives/d/items/i", &[]);
    }
    same("/drives/d/items/i:/createLink:/", "/drives/d/items/i:/createLink", &[]);
    same("/drives/d/items/a%2Fb/content", "/drives/d/items/a%2Fb", &["content"]);
    same("/drives/d%21%2F/items/i", "/drives/d!%2F/items/i", &[]);
}

#[test]
fn colon_paths() {
    let ab = "/me/drive/root:/a/b";
    for path in ["/me/drive/root:/a/b", "/me/drive/root:/a/b:", "/me/drive/root:/a/b:/", "/me/drive/root:/a//b/:/"] {
        same(path, ab, &[]);
    }
    for path in [
        "/me/drive/root:/a/b:/children",
        "/me/drive/root:/a%2Fb:/children",
        "/me/drive/root:%2Fa%2Fb:/children",
        "/me/drive/root:/.%2Fa%2Fb:/children",
        "/me/drive/root:/./a/b:/children",
        "/me/drive/items/root%3A%2Fa%2Fb%3A/children",
        "/me/drive/root%3A%2Fa%2Fb%3A%2Fchildren",
        "/me/drive/items/root:/a:/children/b/children/",
        "/me/drive/root:/a/b:/microsoft.graph.children",
    ] {
        same(path, ab, &["children"]);
    }
    same("/me/drive/root:%2Fa%2Fb%20c:/children", "/me/drive/root:/a/b%20c", &["children"]);
    same("/drives/d/items/i:/rel/x.txt:/createUploadSession", "/drives/d/items/i:/rel/x.txt", &["createUploadSession"]);
    same("/me/drive/root:/children:/children", "/me/drive/root:/children", &["children"]);
    same("/me/drive/root:/a/search(q='b')", "/me/drive/root:/a/search(q='b')", &[]);
}

#[test]
fn special_folders() {
    same("/me/drive/special/photos/children", "/me/drive/special/photos", &["children"]);
    same("/me/drive/special/approot:/n%20m:/content", "/me/drive/special/approot:/n%20m", &["content"]);
    let tail = Tail { segments: vec![TailSegment::plain("special")] };
    assert_eq!(resource("/me/drive/special"), Resource::Drive { drive: DriveKey::Me, tail });
}

#[test]
fn children_by_name() {
    same("/drives/d/items/i/children/report (1)", "/drives/d/items/i:/report%20(1)", &[]);
    same("/drives/d/items/i/children/a/content", "/drives/d/items/i:/a", &["content"]);
    same("/drives/d/root/children('it''s')/content", "/drives/d/root:/it's", &["content"]);
    same("/drives/d/items/i/children", "/drives/d/items/i", &["children"]);
    same("/drives/d/items/i/children/f(x='y')", "/drives/d/items/i:/f(x='y')", &[]);
}

#[test]
fn rclones_form_for_china() {
    let path = "/drives/d/items/i/children('@a1')/createUploadSession";
    let expected = |leaf: &str| (format!("/drives/d/items/i:/{leaf}"), vec!["createUploadSession".to_owned()]);
    assert_eq!(item_with(path, Some("@a1='leaf'")), expected("leaf"));
    assert_eq!(item_with(path, Some("top=1&%40a1=%27it%27%27s+a%2Bb%2Fc%27")), expected("it's%20a+b/c"));
    assert_eq!(item_with(path, Some("@a1=dir%2Fleaf")), expected("dir/leaf"));
    assert_eq!(item_with(path, None), expected("@a1"));
    let unquoted = "/v1.0/me/drive/root/search(q=@q)";
    assert_eq!(parse(unquoted, None), Err(AddressError::UnknownAlias("@q".to_owned())));
    assert_eq!(parse(unquoted, Some("@q='%0'")), Err(AddressError::InvalidEncoding));
    assert_eq!(parse(unquoted, Some("@q='%00'")), Err(AddressError::InvalidPath));
    assert!(parse(unquoted, Some("@q='x'")).is_ok());
}

#[test]
fn marks_in_names_are_only_marks() {
    let marks = "it's & a;b=c+d,e@f$g!h(i)";
    let path = format!("/me/drive/root:/{marks}/x:/content");
    let Resource::Item { item, .. } = resource(&path) else { panic!("no item") };
    assert_eq!(item.path, [marks, "x"]);
    let encoded = "/me/drive/root:/a%2Bb%25%23%3F:/content";
    let Resource::Item { item, .. } = resource(encoded) else { panic!("no item") };
    assert_eq!(item.path, ["a+b%#?"]);
}

#[test]
fn tails() {
    same(
        "/me/drive/root:/a:/permissions('p')/revokeGrants",
        "/me/drive/root:/a",
        &["permissions", "p", "revokeGrants"],
    );
    for action in
        ["createLink", "microsoft.graph.createLink", "graph.createLink", "action.createLink", "oneDrive.createLink"]
    {
        same(&format!("/drives/d/items/i/{action}"), "/drives/d/items/i", &["createLink"]);
    }
    same("/drives/d/items/i/microsoft.graph.oneDrive.createLink", "/drives/d/items/i", &["createLink"]);
    same("/drives/d/items/i/versions(3)/content", "/drives/d/items/i", &["versions", "3", "content"]);
    same("/drives/d/items/i/action.", "/drives/d/items/i", &["action."]);
}

#[test]
fn functions_and_their_arguments() {
    let tail = |path: &str| match resource(path) {
        Resource::Item { tail, .. } | Resource::Drive { tail, .. } => tail,
        other => panic!("{path}: {other:?}"),
    };
    assert_eq!(tail("/me/drive/root/delta()"), tail("/me/drive/root/delta"));
    assert_eq!(tail("/me/drive/root/delta(token='a%2Fb')").argument("token"), Some("a/b"));
    assert_eq!(tail("/me/drive/root/microsoft.graph.delta(token=latest)").argument("token"), Some("latest"));
    let search = tail("/me/drive/search(q='a''b%20%28c,d)')");
    assert_eq!((search.as_names(), search.argument("q")), (vec!["search"], Some("a'b (c,d)")));
    let two = tail("/me/drive/root/getActivitiesByInterval(startDateTime='1,2', interval=day)");
    assert_eq!((two.argument("startDateTime"), two.argument("interval")), (Some("1,2"), Some("day")));
    assert_eq!(two.argument("endDateTime"), None);
    for path in ["/me/drive/search(q='it's')", "/me/drive/search(q=')", "/me/drive/search('a'b')", "/me/drive/f(a=1,b)"]
    {
        assert_eq!(refusal(path), AddressError::InvalidCall, "{path}");
    }
}

#[test]
fn shares() {
    for path in [
        "/shares/u!aHR0/driveItem",
        "/shares/u!aHR0/root",
        "/shares('u!aHR0')/driveItem/",
        "/shares/u%21aHR0/items/root",
    ] {
        same(path, "/shares/u!aHR0/driveItem", &[]);
    }
    same("/shares/s!x/root/content", "/shares/s!x/driveItem", &["content"]);
    same("/shares/s!x/items/i", "/shares/s!x/items/i", &[]);
    same("/shares/s!x/driveItem:/rel/path:/content", "/shares/s!x/driveItem:/rel/path", &["content"]);
    same("/shares/u!a+b%2F==/driveItem/children/a", "/shares/u!a+b%2F==/driveItem:/a", &[]);
    for (path, names) in [
        ("/shares/s!x", vec![]),
        ("/shares/s!x/items", vec!["items"]),
        ("/shares/s!x/permission/grant", vec!["permission", "grant"]),
    ] {
        let Resource::Share { share, tail } = resource(path) else { panic!("{path}") };
        assert_eq!((share.as_str(), tail.as_names()), ("s!x", names));
    }
    assert!(matches!(resource("/me/drive/driveItem"), Resource::Drive { .. }));
}

#[test]
fn bad_paths_are_refused() {
    for path in [
        "/me/drive/root:/a/../b",
        "/me/drive/root:/a%2F..%2Fb",
        "/me/drive/root:/%2e%2e",
        "/me/drive/../drive",
        "/me/drive/root:/a:b:/content",
        "/me/drive/root:/a%3Ab",
        "/me/drive/root:a/b",
        "/me/drive/items/:/a",
        "/me/drive/root/children/a%3A",
        "/me/drive/root:/a%00b",
        "/me/drive/items/i%0A",
        "/sites/:/a",
    ] {
        assert_eq!(refusal(path), AddressError::InvalidPath, "{path}");
    }
    for path in ["/me/drive/root:/%zz", "/me/drive/root:/a%", "/me/drive/items/%ff"] {
        assert_eq!(refusal(path), AddressError::InvalidEncoding, "{path}");
    }
    assert!(matches!(resource("/me/drive/root:/..a/b../..."), Resource::Item { .. }));
}

#[test]
fn long_paths_are_refused() {
    let names = |count: usize| format!("/me/drive/root:{}", "/a".repeat(count));
    assert!(parse(&format!("/v1.0{}", names(MAX_PATH_NAMES)), None).is_ok());
    assert_eq!(refusal(&names(MAX_PATH_NAMES + 1)), AddressError::TooLong);
    assert_eq!(refusal(&format!("/me/drive/root/children/{}", "ü".repeat(MAX_PATH_CHARS + 1))), AddressError::TooLong);
}

fn id() -> impl Strategy<Value = String> {
    "[^\\p{Cc}:]{1,12}".prop_filter("a segment that counts", |id| !matches!(id.as_str(), "." | ".." | "root"))
}

fn path() -> impl Strategy<Value = Vec<String>> {
    let name = "[^\\p{Cc}:/]{1,12}".prop_filter("a name", |name| !matches!(name.as_str(), "." | ".."));
    prop::collection::vec(name, 0..4)
}

fn drive() -> impl Strategy<Value = DriveKey> {
    let site = prop_oneof![
        Just(SiteKey::Root),
        id().prop_map(SiteKey::Id),
        (id(), path()).prop_map(|(host, path)| SiteKey::Path { host, path }),
    ];
    prop_oneof![
        Just(DriveKey::Me),
        id().prop_map(|id| DriveKey::User(UserKey(id))),
        id().prop_map(DriveKey::Group),
        site.prop_map(DriveKey::Site),
        id().prop_map(DriveKey::Id),
    ]
}

fn address() -> impl Strategy<Value = ItemAddress> {
    let start = || prop_oneof![Just(Start::Root), id().prop_map(Start::Id)];
    let special = prop_oneof![start(), id().prop_map(Start::Special)];
    prop_oneof![
        (drive(), special, path()).prop_map(|(drive, start, path)| ItemAddress { drive, start, path }),
        (id().prop_map(DriveKey::Share), start(), path()).prop_map(|(drive, start, path)| ItemAddress {
            drive,
            start,
            path
        }),
    ]
}

proptest! {
    #[test]
    fn a_printed_address_reads_back(item in address()) {
        let printed = format!("/v1.0{item}");
        let resource = Resource::Item { item, tail: Tail::default() };
        prop_assert_eq!(parse(&printed, None), Ok(GraphAddress { version: Version::V1, resource }));
    }

    #[test]
    fn an_action_on_a_path_leaves_the_path_alone(item in address()) {
        let colon = if item.path.is_empty() { "" } else { ":" };
        let printed = format!("/v1.0{item}{colon}/createLink");
        let tail = Tail { segments: vec![TailSegment::plain("createLink")] };
        prop_assert_eq!(parse(&printed, None).unwrap().resource, Resource::Item { item, tail });
    }

    #[test]
    fn never_panics(path in any::<String>(), query in any::<Option<String>>()) {
        let _ = parse(&path, query.as_deref());
    }

    #[test]
    fn never_panics_on_what_looks_like_an_address(
        path in "/v1.0(/(me|drive|drives|root|items|children|sites|shares|[a:.@'(=)]{0,6}|%[0-9a-f]{2})){0,7}",
        query in "@a=[a'%:/]{0,6}",
    ) {
        if let Ok(GraphAddress { resource: Resource::Item { item, .. }, .. }) = parse(&path, Some(&query)) {
            prop_assert!(item.path.iter().all(|name| !name.contains(['/', ':']) && !matches!(name.as_str(), "" | "." | "..")));
        }
    }
}

#[test]
fn a_count_of_children_is_no_child() {
    same("/me/drive/root/children/$count", "/me/drive/root", &["children", "$count"]);
    same("/me/drive/items/x/children/%24count", "/me/drive/items/x", &["children", "$count"]);
    same("/me/drive/items/x/children/a/children/$count", "/me/drive/items/x:/a", &["children", "$count"]);
    same("/me/drive/items/x/children/$counts", "/me/drive/items/x:/$counts", &[]);
    same("/me/drive/root:/$count:/content", "/me/drive/root:/$count", &["content"]);
}

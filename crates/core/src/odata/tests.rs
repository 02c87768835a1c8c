use proptest::prelude::*;

use super::*;

fn parse(query: &str) -> QueryOptions {
    QueryOptions::parse(query).unwrap()
}

fn refusal(query: &str) -> ODataError {
    QueryOptions::parse(query).unwrap_err()
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn no_query_means_no_options() {
    assert_eq!(parse(""), QueryOptions::default());
    assert_eq!(parse("$select=&$expand=,"), QueryOptions::default());
}

#[test]
fn odata_08_options_are_known_with_and_without_the_dollar() {
    for query in ["$select=id,name&$top=5", "select=id,name&top=5", "%24select=id%2Cname,&%24top=5"] {
        let options = parse(query);
        assert_eq!((options.select, options.top), (Some(names(&["id", "name"])), Some(5)), "{query}");
    }
}

#[test]
fn plain_values() {
    let options = parse("$orderby=name+desc,size&$filter=size%20gt%205&search=*&$count=true&$skiptoken=x%3D%3D");
    let order = vec![("name".to_owned(), Direction::Descending), ("size".to_owned(), Direction::Ascending)];
    assert_eq!(options.orderby, order);
    assert_eq!(options.filter.as_deref(), Some("size gt 5"));
    assert_eq!(options.search.as_deref(), Some("*"));
    assert_eq!(options.count, Some(true));
    assert_eq!(options.skip_token.as_deref(), Some("x=="));
}

#[test]
fn a_trailing_comma_inside_expand_is_no_name() {
    let options = parse("$expand=children($select=id,name,),thumbnails");
    let [children, thumbnails] = options.expand.as_slice() else { panic!("two properties") };
    assert_eq!((children.property.as_str(), &children.options.select), ("children", &Some(names(&["id", "name"]))));
    assert_eq!((thumbnails.property.as_str(), &thumbnails.options), ("thumbnails", &QueryOptions::default()));
}

#[test]
fn expand_nests_with_semicolons() {
    let options = parse("$expand=driveItem($select=id;$expand=children($top=2;$orderby=name desc))");
    let outer = options.expand.first().unwrap();
    let inner = outer.options.expand.first().unwrap();
    assert_eq!((outer.property.as_str(), &outer.options.select), ("driveItem", &Some(names(&["id"]))));
    assert_eq!((inner.property.as_str(), inner.options.top), ("children", Some(2)));
    assert_eq!(inner.options.orderby, [("name".to_owned(), Direction::Descending)]);
}

#[test]
fn custom_options_are_kept_and_their_names_are_case_sensitive() {
    let options = parse("AVOverride=1&token=latest&Top=3&token=again");
    assert_eq!(options.top, None);
    assert_eq!(options.custom_value("token"), Some("latest"));
    assert_eq!(options.custom_value("avoverride"), None);
    assert_eq!(options.custom.len(), 4);
}

#[test]
fn odata_05_conflict_behavior_has_two_spellings() {
    for name in ["@microsoft.graph.conflictBehavior", "%40name.conflictBehavior"] {
        let replace = parse(&format!("{name}=replace")).conflict_behavior();
        assert_eq!(replace, Some(Ok(ConflictBehavior::Replace)), "{name}");
        let unknown = parse(&format!("{name}=merge")).conflict_behavior();
        assert!(matches!(unknown, Some(Err(ODataError::InvalidValue(_)))), "{name}");
    }
    assert_eq!(parse("top=1").conflict_behavior(), None);
}

#[test]
fn refusals_name_the_option() {
    let invalid = |name: &str| ODataError::InvalidValue(name.to_owned());
    assert_eq!(refusal("$skip=5"), ODataError::UnknownOption("$skip".to_owned()));
    assert_eq!(refusal("$select=id&select=name"), ODataError::DuplicateOption("$select".to_owned()));
    assert_eq!(refusal("@a=1&@a=2"), ODataError::DuplicateOption("@a".to_owned()));
    for top in ["0", "-1", "", "+5", "1.5", "x", "%205"] {
        assert_eq!(refusal(&format!("$top={top}")), invalid("$top"), "{top}");
    }
    assert_eq!(parse("$top=99999999999999").top, Some(u32::MAX));
    for (query, name) in [
        ("$count=yes", "$count"),
        ("$orderby=name up", "$orderby"),
        ("$orderby=name desc size", "$orderby"),
        ("$expand=children($select=id", "$expand"),
        ("$expand=children)", "$expand"),
        ("$expand=(top=1)", "$expand"),
        ("$expand=children(top)", "$expand"),
        ("$expand=children($top=0)", "$top"),
    ] {
        assert_eq!(refusal(query), invalid(name), "{query}");
    }
    assert_eq!(refusal("$expand=a(b=c)"), ODataError::UnknownOption("b".to_owned()));
    assert_eq!(refusal("$select=%zz"), ODataError::InvalidEncoding);
}

#[test]
fn nesting_is_bounded() {
    let nested = |levels: usize| format!("{}x{}", "$expand=x(".repeat(levels), ")".repeat(levels));
    assert_eq!(refusal(&nested(100_000)), ODataError::TooDeep);
    assert!(QueryOptions::parse("$expand=a($expand=b($expand=c($expand=d)))").is_ok());
    assert_eq!(refusal("$expand=a($expand=b($expand=c($expand=d($expand=e))))"), ODataError::TooDeep);
}

proptest! {
    #[test]
    fn never_panics(query in any::<String>()) {
        let _ = QueryOptions::parse(&query);
    }

    #[test]
    fn never_panics_on_what_looks_like_options(
        query in "(\\$?(select|expand|top|orderby|count)=[a-c$=;,()' +%0-9]{0,12}&?){0,4}",
    ) {
        let _ = QueryOptions::parse(&query).map(|options| options.conflict_behavior());
    }

    #[test]
    fn what_is_written_is_read(
        select in prop::collection::vec("[@a-zA-Z.]{1,8}", 1..5),
        top in 1..=u32::MAX,
        token in any::<String>(),
    ) {
        let token_encoded = percent_encoding::utf8_percent_encode(&token, percent_encoding::NON_ALPHANUMERIC);
        let query = format!("$select={}&top={top}&$skipToken={token_encoded}", select.join(","));
        let expected = QueryOptions {
            select: Some(select), top: Some(top), skip_token: Some(token), ..QueryOptions::default()
        };
        prop_assert_eq!(parse(&query), expected);
    }
}

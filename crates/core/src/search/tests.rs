use proptest::prelude::*;

use super::*;

fn of(name: &str) -> (Vec<String>, Vec<String>) {
    let NameWords { words, parts } = name_words(name);
    (words, parts)
}

fn matches(query: &str, name: &str) -> bool {
    Query::parse(query).unwrap().matches_name(name)
}

#[test]
fn names_are_cut_into_words_and_parts() {
    let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    assert_eq!(of("Q3 figures_final-v2.CSV"), (list(&["q3", "figures", "final", "v2", "csv"]), list(&["3", "2"])));
    assert_eq!(of("BudgetReport2026"), (list(&["budgetreport2026"]), list(&["report2026", "2026"])));
    assert_eq!(of("Übergröße Café"), (list(&["ubergrosse", "cafe"]), list(&[])));
    assert_eq!(of("財務報告.txt").0, list(&["財務", "務報", "報告", "告", "txt"]));
    assert_eq!(of("…--_!"), (list(&[]), list(&[])));
}

#[test]
fn a_name_has_all_that_is_looked_for_in_any_order() {
    for (query, name) in [
        ("rep", "Q3 report.docx"),
        ("REPORT q3", "Q3 report.docx"),
        ("figures.csv", "figures.csv"),
        ("report", "BudgetReport2026.xlsx"),
        ("cafe", "Café.txt"),
        ("café", "CAFE.txt"),
        ("strasse", "Straße 7"),
        ("\"annual budget\"", "the annual budget.md"),
        ("\"annual budget", "the annual budget.md"),
        ("報告", "財務報告書"),
        ("書", "財務報告書"),
        ("務報告", "財務報告書"),
        ("*", "anything"),
        ("rep*", "report"),
    ] {
        assert!(matches(query, name), "{query} in {name}");
    }
    for (query, name) in [
        ("port", "report.docx"),
        ("report 2025", "report 2026"),
        ("\"budget annual\"", "annual budget"),
        ("\"annual bud\"", "annual budget"),
        ("告報", "財務報告書"),
        ("---", "--- a"),
        ("\"\"", "a"),
    ] {
        assert!(!matches(query, name), "{query} in {name}");
    }
}

#[test]
fn a_query_has_limits() {
    assert_eq!(Query::parse("  "), Err(QueryError::Empty));
    assert_eq!(Query::parse(&"x".repeat(256)), Err(QueryError::TooLong));
    assert!(Query::parse(&"ü".repeat(255)).is_ok());
    assert_eq!(Query::parse(&"a ".repeat(33)), Err(QueryError::TooManyTerms));
    assert!(Query::parse("a*b").unwrap().terms().len() == 2 && Query::parse("**").unwrap().is_everything());
}

#[test]
fn text_is_known_by_type_and_name() {
    for (mime, name, kind) in [
        ("text/plain", "a", Some(TextKind::Plain)),
        ("video/mp2t", "main.ts", Some(TextKind::Plain)),
        ("application/octet-stream", "NOTES.MD", Some(TextKind::Plain)),
        ("text/html; charset=utf-8", "page", Some(TextKind::Markup)),
        ("application/vnd.api+json", "x", Some(TextKind::Plain)),
        ("image/png", "a.png", None),
        ("application/zip", "a.zip", None),
    ] {
        assert_eq!(TextKind::of(mime, name), kind, "{mime} {name}");
    }
}

#[test]
fn bytes_are_read_as_what_they_are() {
    let plain = |bytes: &[u8]| extract(TextKind::Plain, bytes);
    assert_eq!(plain(b"\xef\xbb\xbfcaf\xc3\xa9").as_deref(), Some("café"));
    assert_eq!(plain(b"caf\xc3").as_deref(), Some("caf"));
    assert_eq!(plain(b"caf\xe9 au lait").as_deref(), Some("café au lait"));
    assert_eq!(plain(b"\xff\xfec\0a\0f\0\xe9\0").as_deref(), Some("café"));
    assert_eq!(plain(b"\xfe\xff\0c\0a").as_deref(), Some("ca"));
    assert_eq!(plain(b"PK\x03\x04\0\0"), None);
    let page = "<p>Fish &amp; <b>chips</b><!-- <b>no</b> --><SCRIPT>let x = '<p>';</Script>caf&#233;<br>end <";
    let text = extract(TextKind::Markup, page.as_bytes()).unwrap();
    assert_eq!(text.split_whitespace().collect::<Vec<_>>(), ["Fish", "&", "chips", "café", "end"]);
}

#[test]
fn a_summary_marks_what_was_looked_for() {
    let query = Query::parse("chip \"of\"").unwrap();
    assert_eq!(
        summary("Fish <and>\n\n  Chips of old", &query).unwrap(),
        "Fish &lt;and&gt; <c0>Chips</c0> <c0>of</c0> old"
    );
    assert_eq!(summary("nothing here", &query), None);
    let long = format!("{} chips {}", "a ".repeat(500), "b ".repeat(500));
    let found = summary(&long, &query).unwrap();
    assert!(found.starts_with("<ddd/>") && found.ends_with("<ddd/>") && found.contains(" <c0>chips</c0> b"), "{found}");
}

proptest! {
    #[test]
    fn any_text_is_read_without_fault(text in "\\PC{0,80}", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(query) = Query::parse(&text) {
            for term in query.terms() {
                prop_assert!(!term.words.is_empty());
                prop_assert!(term.words.iter().all(|word| !word.is_empty() && word.chars().all(is_of_word)), "{term:?}");
            }
            let found = summary(&text, &query);
            prop_assert!(found.is_none_or(|found| found.contains("<c0>")));
        }
        for kind in [TextKind::Plain, TextKind::Markup] {
            drop(extract(kind, &bytes));
        }
        for word in words(&text).chain(name_words(&text).parts) {
            prop_assert!(!word.is_empty() && word.chars().count() <= MAX_WORD_CHARS && word.chars().all(is_of_word));
        }
    }

    /// Whatever a name is, it is found by its own text and by the beginning of each of its words, in upper case too.
    #[test]
    fn a_name_is_found_by_itself(name in "[\\p{L}\\p{N} ._-]{1,30}") {
        let found = name_words(&name);
        prop_assume!(!found.words.is_empty());
        prop_assert!(matches(&name, &name));
        let quoted = format!("\"{name}\"");
        prop_assert!(matches(&quoted, &name) || found.words.iter().any(|word| word.contains(is_unspaced)));
        for word in found.words.iter().chain(&found.parts) {
            let beginning: String = word.chars().take(2).collect();
            prop_assert!(matches(&beginning, &name), "{} in {}", beginning, name);
        }
    }

    /// Adding a word never finds more.
    #[test]
    fn more_words_find_less(name in "[a-d ]{1,12}", first in "[a-d]{1,3}", second in "[a-d]{1,3}") {
        if matches(&format!("{first} {second}"), &name) {
            prop_assert!(matches(&first, &name) && matches(&second, &name));
        }
    }
}

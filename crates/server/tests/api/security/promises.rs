//! `docs/threat-model.md` says how each property stands and what tests it; this checks that it can be believed.

use std::collections::BTreeMap;
use std::path::Path;

/// The rows of the table: what a property's line says of its state, and the tests that it names.
fn rows(page: &str) -> BTreeMap<u32, (String, Vec<String>)> {
    let mut rows = BTreeMap::new();
    for line in page.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")) {
        let cells: Vec<&str> = line.split(" | ").collect();
        let Some(number) = cells.first().and_then(|number| number.parse().ok()) else { continue };
        let [_, _, stands, tests] = cells[..] else { panic!("P{number} has {} cells", cells.len()) };
        let tests = tests.split(", ").map(|test| test.trim_matches('`').to_owned()).collect();
        assert!(rows.insert(number, (stands.to_owned(), tests)).is_none(), "P{number} has two lines");
    }
    rows
}

#[test]
fn every_property_has_its_line_and_tests_that_bear_its_number() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rows = rows(&std::fs::read_to_string(root.join("../../docs/threat-model.md")).unwrap());
    assert_eq!(rows.keys().copied().collect::<Vec<_>>(), (1..=40).collect::<Vec<_>>());
    for (number, (stands, tests)) in rows {
        assert!(stands.starts_with("now") || stands.starts_with("waits for "), "P{number} stands how? {stands}");
        let bears_it = |test: &String| test.contains(&format!("p{number:02}_"));
        assert!(tests.iter().any(bears_it), "no test bears the number of P{number}: {tests:?}");
        for test in tests {
            let (module, name) = test.rsplit_once("::").unwrap_or_else(|| panic!("P{number}: {test} names no module"));
            let file = root.join("tests/api").join(format!("{}.rs", module.replace("::", "/")));
            let source = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            assert!(source.contains(&format!("fn {name}(")), "P{number}: {module} has no {name}");
        }
    }
}

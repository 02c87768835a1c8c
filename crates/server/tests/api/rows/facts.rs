//! Every row of the behaviour facts has exactly one line in `docs/compatibility.md`: with a state, and with a test that bears
//! its ID unless the state says why there is none. None can be passed over in silence.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The rows: each prefix with its greatest number. Sections 3 to 6 of the facts number without gaps.
const FACTS: [(&str, u8); 15] = [
    ("CL", 36),
    ("LINK", 14),
    ("PERM", 24),
    ("INV", 11),
    ("GRANT", 7),
    ("SHARE", 19),
    ("SWM", 6),
    ("ITEM", 9),
    ("POLICY", 17),
    ("SCOPE", 6),
    ("MISC", 7),
    ("ERR", 7),
    ("HDR", 17),
    ("ODATA", 16),
    ("AMB", 65),
];

/// What may stand in a line's third column, and whether such a line needs a test.
const STATES: [(&str, bool); 7] = [
    ("kept", true),
    ("kept otherwise", true),
    ("partly", true),
    ("later", false),
    ("not ours", false),
    ("see Invitations", false),
    ("see Policy", false),
];

const BEGIN: &str = "<!-- rows of the behaviour facts: each has one line, as a test sees to -->\n";
const END: &str = "<!-- end of rows -->\n";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn ids() -> BTreeSet<String> {
    FACTS.iter().flat_map(|(prefix, last)| (1..=*last).map(move |number| format!("{prefix}-{number:02}"))).collect()
}

/// A line of the page's tables.
struct Line {
    ids: Vec<String>,
    state: String,
    tests: Vec<(String, String)>,
}

fn lines() -> Vec<Line> {
    let page = std::fs::read_to_string(repository().join("docs/compatibility.md")).unwrap();
    let marked = page.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END));
    let Some((rows, _)) = marked else { panic!("the page marks where the rows begin and end") };
    let table = rows.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Row |"));
    table.map(read_line).collect()
}

fn read_line(line: &str) -> Line {
    let columns: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
    let [ids, _, state, tests] = columns[..] else { panic!("{line} has {} columns", columns.len()) };
    let tests = tests.split('`').filter_map(|name| name.rsplit_once("::"));
    Line {
        ids: ids.split(", ").map(str::to_owned).collect(),
        state: state.to_owned(),
        tests: tests.map(|(module, test)| (module.to_owned(), test.to_owned())).collect(),
    }
}

#[test]
fn every_row_has_one_line_with_a_state() {
    let mut seen = BTreeMap::<String, usize>::new();
    for line in lines() {
        assert!(STATES.iter().any(|(state, _)| *state == line.state), "{:?} has the state {}", line.ids, line.state);
        for id in line.ids {
            *seen.entry(id).or_default() += 1;
        }
    }
    let twice: Vec<&String> = seen.iter().filter(|(_, lines)| **lines > 1).map(|(id, _)| id).collect();
    assert!(twice.is_empty(), "these have more than one line: {twice:?}");
    let (found, wanted) = (seen.into_keys().collect::<BTreeSet<_>>(), ids());
    let missing: Vec<&String> = wanted.difference(&found).collect();
    let unknown: Vec<&String> = found.difference(&wanted).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "without a line: {missing:?}; no rows: {unknown:?}");
}

#[test]
fn every_row_that_is_kept_has_a_test_that_bears_its_id() {
    let mut without = Vec::new();
    for line in lines() {
        let needs_test = STATES.iter().any(|(state, needs_test)| *state == line.state && *needs_test);
        for id in line.ids.iter().filter(|_| needs_test) {
            if !line.tests.iter().any(|(module, test)| bears(module, test, id)) {
                without.push(id.clone());
            }
        }
    }
    assert!(without.is_empty(), "no test of the line bears the ID: {without:?}");
}

/// Whether a test bears an ID, in its name or in the comment on it.
fn bears(module: &str, test: &str, id: &str) -> bool {
    let word = id.to_lowercase().replace('-', "_");
    if test.starts_with(&format!("{word}_")) || test.contains(&format!("_{word}_")) {
        return true;
    }
    let file = repository().join("crates/server/tests/api").join(format!("{}.rs", module.replace("::", "/")));
    let source = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let (before, _) = source.split_once(&format!("fn {test}(")).unwrap_or_else(|| panic!("{module} has no {test}"));
    before
        .lines()
        .rev()
        .skip(1)
        .take_while(|line| !line.is_empty())
        .any(|line| line.starts_with("///") && line.contains(id))
}

#[test]
fn no_test_bears_an_id_that_is_no_row() {
    let mut unknown = Vec::new();
    for source in sources(&repository().join("crates/server/tests/api")) {
        for name in source.split("fn ").skip(1).filter_map(|rest| rest.split('(').next()) {
            let words: Vec<&str> = name.split('_').collect();
            for pair in words.windows(2) {
                let last = FACTS.iter().find(|(prefix, _)| prefix.to_lowercase() == pair[0]).map(|(_, last)| *last);
                let number = pair[1].parse::<u8>().ok().filter(|_| pair[1].len() == 2);
                if let (Some(last), Some(number)) = (last, number)
                    && !(1..=last).contains(&number)
                {
                    unknown.push(name.to_owned());
                }
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:?}");
}

fn sources(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let texts = entries.map(|path| {
        if path.is_dir() { sources(&path) } else { vec![std::fs::read_to_string(&path).unwrap_or_default()] }
    });
    texts.flatten().collect()
}

/// Where the facts themselves lie beside the repository, they and this list agree.
#[test]
fn the_list_agrees_with_the_facts() {
    let Ok(facts) = std::fs::read_to_string(repository().join("../shared/graph/sharing-behaviour.md")) else { return };
    let first_columns = facts.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let is_row = |id: &&str| {
        id.split_once('-').is_some_and(|(prefix, number)| {
            FACTS.iter().any(|(known, _)| *known == prefix) && number.bytes().all(|digit| digit.is_ascii_digit())
        })
    };
    let found: BTreeSet<String> = first_columns.filter(is_row).map(str::to_owned).collect();
    assert_eq!(found, ids());
}

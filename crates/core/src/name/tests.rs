use proptest::prelude::*;

use super::*;

fn name(text: &str) -> ItemName {
    ItemName::parse(text).unwrap()
}

#[test]
fn ordinary_and_odd_names_are_taken_as_given() {
    for text in
        ["a", "q3 report.xlsx", ".profile", "it's (1) & more; a=b+c,@$!", "Ünï", "CONSOLE", "COM10", "a~$b", "con.txt"]
    {
        assert_eq!(name(text).as_str(), text);
    }
    assert!(ItemName::parse(&"ü".repeat(255)).is_ok());
}

#[test]
fn what_onedrive_forbids_is_refused() {
    let refusal = |text: &str| ItemName::parse(text).unwrap_err();
    assert_eq!(refusal(""), NameError::Empty);
    for c in "\"*:<>?/\\|\0\n\u{7f}\u{85}".chars() {
        assert_eq!(refusal(&format!("a{c}b")), NameError::Forbidden(c));
    }
    for text in [".", "..", "a."] {
        assert_eq!(refusal(text), NameError::TrailingPeriod, "{text}");
    }
    for text in [" a", "a ", " "] {
        assert_eq!(refusal(text), NameError::OuterSpace, "{text}");
    }
    assert_eq!(refusal(&"x".repeat(256)), NameError::TooLong);
    for text in [".lock", "con", "PRN", "Aux", "nul", "COM0", "lpt9", "Desktop.ini", "~$a.docx", "a_vti_b", "_VTI_"] {
        assert_eq!(refusal(text), NameError::Reserved, "{text}");
    }
}

#[test]
fn keys_ignore_case_and_composition() {
    assert_eq!(name("Résumé.PDF").key(), name("re\u{301}sume\u{301}.pdf").key());
    assert_eq!(name("ΟΔΟΣ").key(), name("οδοσ").key());
    assert_ne!(name("straße").key(), name("strasse").key());
}

#[test]
fn suffixes_go_before_the_extension() {
    for (text, suffixed) in [
        ("file.txt", "file 1.txt"),
        ("folder", "folder 1"),
        ("a.tar.gz", "a.tar 1.gz"),
        (".profile", ".profile 1"),
        ("Mr. Smith", "Mr. Smith 1"),
    ] {
        assert_eq!(name(text).with_suffix(1).as_str(), suffixed);
    }
    assert_eq!(name("file.txt").extension(), Some("txt"));
    assert_eq!(name(".profile").extension(), None);
}

#[test]
fn a_suffix_cuts_the_stem_when_there_is_no_room() {
    let long = name(&format!("{}.txt", "x".repeat(251))).with_suffix(12);
    assert!(long.as_str().ends_with("xx 12.txt"));
    assert_eq!(long.as_str().chars().count(), MAX_NAME_CHARS);
    let all_extension = name(&format!("a.{}", "x".repeat(253))).with_suffix(7);
    assert!(all_extension.as_str().starts_with("a.xxx"));
    assert!(all_extension.as_str().ends_with("xx 7"));
}

proptest! {
    #[test]
    fn never_panics_and_keeps_what_it_takes(text in any::<String>()) {
        if let Ok(name) = ItemName::parse(&text) {
            prop_assert_eq!(name.as_str(), text.as_str());
        }
    }

    #[test]
    fn a_suffixed_name_is_a_name(text in "[a-cü._~$ ]{1,260}", n in any::<u32>()) {
        if let Ok(name) = ItemName::parse(&text) {
            let suffixed = name.with_suffix(n);
            prop_assert!(ItemName::parse(suffixed.as_str()).is_ok(), "{}", suffixed);
            prop_assert_ne!(suffixed.key(), name.key());
        }
    }

    #[test]
    fn a_key_is_its_own_key(text in any::<String>()) {
        let key = name_key(&text);
        prop_assert_eq!(name_key(&key), key);
    }
}

use proptest::prelude::*;
use secrecy::SecretBox;

use super::*;
use crate::seal::SealKey;

fn seal() -> Seal {
    Seal::new(SealKey::new(1, SecretBox::new(Box::new([7; 32]))), Vec::new())
}

fn records() -> impl Strategy<Value = Record> {
    // A small alphabet of lengths and letters, so that near misses come up.
    let text = || "[a1\u{0}]{0,3}";
    let maybe = || proptest::option::of("[a1\u{0}]{0,3}");
    (text(), text(), 0_i64..3, 0_i64..3, text(), maybe(), maybe(), maybe(), text(), text()).prop_map(
        |(link, item, sequence, at, kind, user, application, address, through, details)| Record {
            link,
            item,
            sequence,
            at,
            kind,
            user,
            application,
            address,
            through,
            details,
        },
    )
}

fn record(details: &str) -> Record {
    Record {
        link: "link".into(),
        item: "item".into(),
        sequence: 0,
        at: 5,
        kind: "opened".into(),
        user: None,
        application: None,
        address: None,
        through: "page".into(),
        details: details.into(),
    }
}

fn tail(entry: &Entry) -> Tail {
    Tail {
        item: entry.record.item.clone(),
        sequence: entry.record.sequence,
        mac: entry.mac.clone(),
        head: entry.head.clone(),
    }
}

/// A chain as the server writes it: only the newest entry keeps its mark.
fn chain(length: usize) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for number in 0..length {
        let last = entries.last().map(tail);
        if let Some(last) = entries.last_mut() {
            last.head = None;
        }
        entries.push(entry(&seal(), last.as_ref(), number == 0, record(&format!("{number}"))));
    }
    entries
}

fn is_sound(entries: &[Entry]) -> bool {
    first_break(&seal(), None, entries).is_none() && entries.last().is_some_and(|last| is_whole_to(&seal(), last))
}

proptest! {
    #[test]
    fn two_different_records_never_have_the_same_bytes(one in records(), other in records()) {
        prop_assert_eq!(one == other, one.canonical() == other.canonical());
    }

    #[test]
    fn a_chain_with_anything_taken_out_is_broken(length in 2_usize..8, from in 0_usize..8, count in 1_usize..4) {
        let mut entries = chain(length);
        prop_assert!(is_sound(&entries));
        let from = from.min(length - 1);
        entries.drain(from..(from + count).min(length));
        prop_assert!(!is_sound(&entries));
    }

    #[test]
    fn a_changed_record_breaks_the_chain_where_it_is(length in 1_usize..6, at in 0_usize..6, other in records()) {
        let mut entries = chain(length);
        let at = at.min(length - 1);
        let number = entries[at].record.sequence;
        entries[at].record = Record { sequence: number, ..other };
        prop_assert_eq!(first_break(&seal(), None, &entries), Some(number));
    }

    #[test]
    fn what_pruning_leaves_still_verifies(length in 1_usize..8, cut in 0_usize..8) {
        let mut entries = chain(length);
        let cut = cut.min(length - 1);
        let pruned = Record { kind: "pruned".into(), sequence: entries[cut].record.sequence, ..record("") };
        entries[cut] = anchor(&seal(), &entries[cut], pruned);
        entries.drain(..cut);
        prop_assert!(is_sound(&entries));
        entries[0].record.at += 1;
        prop_assert!(!is_sound(&entries), "an anchor is authenticated as well");
    }
}

#[test]
fn a_chain_goes_on_behind_a_missing_end_and_the_break_stays() {
    let mut entries = chain(4);
    entries.truncate(2);
    let next = entry(&seal(), entries.last().map(tail).as_ref(), false, record("next"));
    assert!(is_whole_to(&seal(), &next));
    entries.push(next);
    assert_eq!(first_break(&seal(), None, &entries), Some(3));
}

#[test]
fn a_chain_that_was_taken_away_whole_can_not_begin_anew_unseen() {
    let entries = vec![entry(&seal(), None, false, record("opened"))];
    assert_eq!(first_break(&seal(), None, &entries), Some(1));
}

#[test]
fn another_key_and_another_link_prove_nothing() {
    let entries = chain(3);
    let other = Seal::new(SealKey::new(1, SecretBox::new(Box::new([8; 32]))), Vec::new());
    assert_eq!(first_break(&other, None, &entries), Some(1));
    let mut moved = entries;
    for entry in &mut moved {
        entry.record.link = "other".into();
    }
    assert_eq!(first_break(&seal(), None, &moved), Some(1));
    let rotated = Seal::new(
        SealKey::new(2, SecretBox::new(Box::new([9; 32]))),
        vec![SealKey::new(1, SecretBox::new(Box::new([7; 32])))],
    );
    assert_eq!(first_break(&rotated, None, &chain(3)), None, "a former key still proves");
}

use uuid::Uuid;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn key(link: u128, reason: &'static str) -> Key {
    Key {
        link: PermissionId::from_uuid(Uuid::from_u128(link)),
        kind: Kind::Refused,
        reason: Some(reason),
        by: By::default(),
    }
}

fn counts(notes: &mut Notes, all: bool, second: i64) -> Vec<(Kind, u64)> {
    notes.take(all, 5, at(second)).iter().map(|noted| (noted.key.kind, noted.count)).collect()
}

#[test]
fn what_is_alike_within_a_minute_is_one_event_more() {
    let mut notes = Notes::default();
    for second in 0..50 {
        notes.note(key(1, "off"), 5, at(second));
    }
    assert_eq!(counts(&mut notes, false, 50), [(Kind::Refused, 1)], "the first is due at once");
    assert_eq!(counts(&mut notes, false, 59), []);
    assert_eq!(counts(&mut notes, false, 60), [(Kind::Refused, 49)]);
    assert_eq!(counts(&mut notes, true, 61), []);
    notes.note(key(1, "off"), 5, at(70));
    notes.note(key(1, "expired"), 5, at(70));
    notes.note(key(2, "off"), 5, at(70));
    assert_eq!(counts(&mut notes, false, 70).len(), 3);
}

#[test]
fn whoever_asks_for_all_gets_what_is_counted_and_the_minute_goes_on() {
    let mut notes = Notes::default();
    for _ in 0..3 {
        notes.note(key(1, "off"), 5, at(0));
    }
    assert_eq!(counts(&mut notes, true, 1), [(Kind::Refused, 1), (Kind::Refused, 2)]);
    notes.note(key(1, "off"), 5, at(2));
    assert_eq!(counts(&mut notes, false, 3), []);
    assert_eq!(counts(&mut notes, false, 60), [(Kind::Refused, 1)]);
}

#[test]
fn a_link_gets_so_many_events_in_an_hour_and_one_for_the_rest() {
    let mut notes = Notes::default();
    for minute in 0..20 {
        notes.note(key(1, "off"), 5, at(minute * 60));
        notes.note(key(2, "off"), 5, at(minute));
    }
    let events = counts(&mut notes, false, 1199);
    assert_eq!(events.len(), 5 + 2, "five of the one and two of the other");
    assert_eq!(counts(&mut notes, false, 3599), []);
    assert_eq!(counts(&mut notes, false, 3600), [(Kind::Dropped, 15)]);
    notes.note(key(1, "off"), 5, at(3600));
    assert_eq!(counts(&mut notes, false, 3600), [(Kind::Refused, 1)], "a new hour");
}

#[test]
fn refusals_take_no_room_from_downloads() {
    let mut notes = Notes::default();
    for minute in 0..20 {
        notes.note(key(1, "off"), 5, at(minute * 60));
    }
    let download = Key { kind: Kind::Downloaded, reason: None, ..key(1, "") };
    notes.note(download, 5, at(1200));
    let events = notes.take(true, 5, at(1200));
    assert!(events.iter().any(|noted| noted.key == download), "{events:?}");
    let dropped = events.iter().find(|noted| noted.key.kind == Kind::Dropped).unwrap();
    assert_eq!((dropped.key.reason, dropped.count), (Some("refused"), 15));
}

#[test]
fn there_is_an_end_to_what_is_kept_in_memory() {
    let mut notes = Notes::default();
    for link in 0..70_000 {
        notes.note(key(link, "off"), 5, at(0));
    }
    assert_eq!(notes.take(true, 5, at(1)).len(), MOST_WINDOWS);
    assert_eq!(notes.take(true, 5, at(4000)).len(), 0);
    assert!(notes.windows.is_empty() && notes.hours.is_empty());
}

#[test]
fn a_clock_that_goes_back_holds_nothing_up() {
    let mut notes = Notes::default();
    notes.note(key(1, "off"), 5, at(1000));
    notes.note(key(1, "off"), 5, at(0));
    assert_eq!(counts(&mut notes, false, 0).len(), 2);
}

//! The chain: canonical bytes, MACs, and where one breaks.

use crate::seal::{Purpose, Seal};

/// What stands in the place of the MAC before, where a chain goes on behind a break: it keeps the break in sight for ever.
const TORN: &str = "!";

/// An event as it is stored. All of it is numbers and texts, not ids and words: what somebody wrote over has to be seen as
/// changed, not as unreadable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The link.
    pub link: String,
    /// The item that the link is on.
    pub item: String,
    /// The number of the event in the link's chain, from 1 on.
    pub sequence: i64,
    /// When, in microseconds since 1970.
    pub at: i64,
    /// What: the word of a [`Kind`](super::Kind).
    pub kind: String,
    /// The person, if one had signed in.
    pub user: Option<String>,
    /// The application, if there was a token.
    pub application: Option<String>,
    /// The address, as far as it is kept.
    pub address: Option<String>,
    /// The door: the word of a [`Through`](super::Through).
    pub through: String,
    /// What else there is to say, a JSON object. Never a secret.
    pub details: String,
}

impl Record {
    /// The bytes that the MAC covers: no two different records have the same ones, because each text says first whether it
    /// is there and how long it is.
    pub fn canonical(&self) -> Vec<u8> {
        let texts = [
            Some(&self.link),
            Some(&self.item),
            Some(&self.kind),
            self.user.as_ref(),
            self.application.as_ref(),
            self.address.as_ref(),
            Some(&self.through),
            Some(&self.details),
        ];
        let length: usize = texts.iter().map(|text| 9 + text.map_or(0, |text| text.len())).sum();
        let mut bytes = Vec::with_capacity(16 + length);
        bytes.extend_from_slice(&self.sequence.to_be_bytes());
        bytes.extend_from_slice(&self.at.to_be_bytes());
        texts.into_iter().for_each(|text| push(&mut bytes, text.map(String::as_str)));
        bytes
    }
}

fn push(bytes: &mut Vec<u8>, text: Option<&str>) {
    let Some(text) = text else { return bytes.push(0) };
    bytes.push(1);
    bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

/// An event with what proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The event.
    pub record: Record,
    /// The MAC over the one before and this event. An anchor has that of the last event that was pruned.
    pub mac: String,
    /// On the newest event: the mark that the chain goes to here. Without it the end is missing.
    pub head: Option<String>,
    /// On what pruning left: the mark that everything before was pruned by the server.
    pub anchor: Option<String>,
}

/// The end of a chain, to go on from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    /// The item that the link is on.
    pub item: String,
    /// The number of the newest event.
    pub sequence: i64,
    /// Its MAC.
    pub mac: String,
    /// The mark that it is the newest.
    pub head: Option<String>,
}

/// The entry of an event that goes on behind `tail`; its number is given here. `begins` says whether the event is one that
/// a chain can begin with. A chain whose end is missing is never mended: it goes on behind the break, and the break stays.
pub fn entry(seal: &Seal, tail: Option<&Tail>, begins: bool, mut record: Record) -> Entry {
    let previous = match tail {
        None if begins => "",
        Some(tail) if is_head(seal, &record.link, tail.sequence, &tail.mac, tail.head.as_deref()) => &tail.mac,
        _ => TORN,
    };
    record.sequence = tail.map_or(1, |tail| tail.sequence.saturating_add(1));
    let mac = seal.mark(Purpose::Trail, &event_bytes(previous, &record));
    let head = seal.mark(Purpose::Trail, &head_bytes(&record.link, record.sequence, &mac));
    Entry { record, mac, head: Some(head), anchor: None }
}

/// What stays in the place of an event when it and everything before it is pruned. `record` says so, with that event's
/// number.
pub fn anchor(seal: &Seal, last: &Entry, record: Record) -> Entry {
    let mark = seal.mark(Purpose::Trail, &anchor_bytes(&last.mac, &record));
    Entry { record, mac: last.mac.clone(), head: last.head.clone(), anchor: Some(mark) }
}

/// The number of the first entry that isn't what was written, if there is one. The entries follow each other behind
/// `before`; without it they are the beginning of a chain.
pub fn first_break(seal: &Seal, before: Option<&Entry>, entries: &[Entry]) -> Option<i64> {
    let mut previous = before;
    for entry in entries {
        let expected = previous.map(|previous| previous.record.sequence.saturating_add(1));
        let is_next = expected.is_none_or(|expected| entry.record.sequence == expected);
        if !is_next || !is_proven(seal, previous, entry) {
            return Some(expected.unwrap_or(entry.record.sequence));
        }
        previous = Some(entry);
    }
    None
}

/// Whether a chain goes to this entry and no further. If not, what came after it is missing.
pub fn is_whole_to(seal: &Seal, last: &Entry) -> bool {
    is_head(seal, &last.record.link, last.record.sequence, &last.mac, last.head.as_deref())
}

fn is_proven(seal: &Seal, previous: Option<&Entry>, entry: &Entry) -> bool {
    match (previous, &entry.anchor) {
        (None, Some(mark)) => seal.is_mark(Purpose::Trail, &anchor_bytes(&entry.mac, &entry.record), mark),
        (Some(_), Some(_)) => false,
        (None, None) => entry.record.sequence == 1 && is_event(seal, "", entry),
        (Some(previous), None) => previous.record.link == entry.record.link && is_event(seal, &previous.mac, entry),
    }
}

fn is_event(seal: &Seal, previous: &str, entry: &Entry) -> bool {
    seal.is_mark(Purpose::Trail, &event_bytes(previous, &entry.record), &entry.mac)
}

fn is_head(seal: &Seal, link: &str, sequence: i64, mac: &str, mark: Option<&str>) -> bool {
    mark.is_some_and(|mark| seal.is_mark(Purpose::Trail, &head_bytes(link, sequence, mac), mark))
}

/// The first byte keeps the three kinds of marks apart.
fn event_bytes(previous: &str, record: &Record) -> Vec<u8> {
    let mut bytes = vec![1];
    push(&mut bytes, Some(previous));
    bytes.extend_from_slice(&record.canonical());
    bytes
}

fn head_bytes(link: &str, sequence: i64, mac: &str) -> Vec<u8> {
    let mut bytes = vec![2];
    push(&mut bytes, Some(link));
    push(&mut bytes, Some(mac));
    bytes.extend_from_slice(&sequence.to_be_bytes());
    bytes
}

fn anchor_bytes(mac: &str, record: &Record) -> Vec<u8> {
    let mut bytes = vec![3];
    push(&mut bytes, Some(mac));
    bytes.extend_from_slice(&record.canonical());
    bytes
}

#[cfg(test)]
mod tests;

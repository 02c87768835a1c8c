//! What a letter says: the same in plain text and in HTML, nothing loaded from elsewhere, every name a text.

use std::time::{Duration, SystemTime};

use askama::Template;
use driveway_core::error::{Error, Result};
use driveway_core::outbox::Delivery;
use jiff::Timestamp;
use lettre::address::Envelope as Route;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

/// Everything that a letter is made of. Names and the message are whatever people typed.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Who shares: a person's name, or an application's.
    pub sharer: String,
    /// Where answers go, if the sharer has an address.
    pub reply_to: Option<String>,
    /// The name of what is shared.
    pub item: String,
    /// Whether that is a folder.
    pub is_folder: bool,
    /// What the recipient can do: a verb.
    pub can: &'static str,
    /// Where it opens.
    pub url: String,
    /// What the sharer wrote.
    pub message: String,
    /// What else has to be known, in sentences.
    pub notes: Vec<String>,
    /// The server's name.
    pub host: String,
}

/// A letter ready for the post.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// From whom and to whom.
    pub envelope: Route,
    /// The letter, with its headers.
    pub bytes: Vec<u8>,
}

/// What both forms show.
struct Words<'a> {
    sharer: &'a str,
    reply_to: &'a str,
    item: &'a str,
    kind: &'static str,
    can: &'static str,
    url: &'a str,
    message: Vec<String>,
    notes: &'a [String],
    host: &'a str,
}

#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct Plain<'a> {
    words: &'a Words<'a>,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    words: &'a Words<'a>,
}

impl Letter {
    /// Puts the letter into an envelope. The same delivery makes the same `Message-ID` at every attempt.
    pub fn seal(&self, from: &Mailbox, delivery: &Delivery) -> Result<Envelope> {
        let (sharer, item) = (one_line(&self.sharer), one_line(&self.item));
        let message = self.message.lines().map(visible).collect();
        let answers_to: Option<Address> = self.reply_to.as_deref().and_then(|address| address.parse().ok());
        let words = Words {
            sharer: &sharer,
            reply_to: answers_to.as_ref().map(AsRef::as_ref).unwrap_or_default(),
            item: &item,
            kind: if self.is_folder { "folder" } else { "file" },
            can: self.can,
            url: &self.url,
            message,
            notes: &self.notes,
            host: &self.host,
        };
        let plain = Plain { words: &words }.render().map_err(Error::internal)?;
        let html = Html { words: &words }.render().map_err(Error::internal)?;
        let to: Address = delivery.recipient.parse().map_err(Error::internal)?;
        let mut builder = Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, to))
            .subject(format!("{sharer} shared \"{item}\" with you"))
            .date(date(delivery.created_at))
            .message_id(Some(format!("<{}@{}>", delivery.id, from.email.domain())))
            .header(AutoSubmitted);
        if let Some(address) = &answers_to {
            builder = builder.reply_to(Mailbox::new(Some(sharer.clone()), address.clone()));
        }
        let letter = builder.multipart(MultiPart::alternative_plain_html(plain, html)).map_err(Error::internal)?;
        Ok(Envelope { envelope: letter.envelope().clone(), bytes: letter.formatted() })
    }
}

/// The date of a letter, to the second.
fn date(instant: Timestamp) -> SystemTime {
    let seconds = u64::try_from(instant.as_second()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Whether mail can be sent to an address: what the library can write into an envelope.
pub fn is_deliverable(address: &str) -> bool {
    address.parse::<Address>().is_ok()
}

/// Tells other programs that no person wrote this by hand, so that they don't answer it (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> std::result::Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// A name on one line: whatever could end a header's line, or turn the direction of the text, becomes a space.
fn one_line(name: &str) -> String {
    visible(name).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A line without characters that control something.
fn visible(line: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}')
    };
    line.chars().map(|c| if is_hidden(c) { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use driveway_core::id::PermissionId;
    use driveway_core::outbox::Kind;
    use uuid::Uuid;

    use super::*;

    fn letter() -> Letter {
        Letter {
            sharer: "Alice".into(),
            reply_to: Some("alice@example.com".into()),
            item: "Plan.txt".into(),
            is_folder: false,
            can: "view",
            url: "https://files.example.com/s/TOKEN/".into(),
            message: "Have a look,\nplease.".into(),
            notes: vec!["It ends on 3 December 2026.".into()],
            host: "files.example.com".into(),
        }
    }

    fn write(letter: &Letter) -> String {
        let delivery = Delivery {
            id: Uuid::from_u128(7),
            kind: Kind::LinkMail,
            permission: PermissionId::from_uuid(Uuid::from_u128(8)),
            recipient: "bob@example.org".into(),
            sender: "user/1".into(),
            message: letter.message.clone(),
            created_at: Timestamp::from_second(1_800_000_000).unwrap(),
        };
        let from = "Driveway <files@example.com>".parse().unwrap();
        let sealed = letter.seal(&from, &delivery).unwrap();
        assert_eq!(sealed.envelope.from().unwrap().to_string(), "files@example.com");
        String::from_utf8(sealed.bytes).unwrap()
    }

    fn headers(letter: &str) -> Vec<(&str, &str)> {
        let head = letter.split_once("\r\n\r\n").unwrap().0;
        head.split("\r\n").filter(|line| !line.starts_with(' ')).map(|line| line.split_once(": ").unwrap()).collect()
    }

    #[test]
    fn a_letter_says_who_shared_what_in_both_forms() {
        let text = write(&letter());
        let headers = headers(&text);
        for header in [
            ("From", "Driveway <files@example.com>"),
            ("To", "bob@example.org"),
            ("Reply-To", "Alice <alice@example.com>"),
            ("Message-ID", "<00000000-0000-0000-0000-000000000007@example.com>"),
            ("Date", "Fri, 15 Jan 2027 08:00:00 +0000"),
            ("Auto-Submitted", "auto-generated"),
        ] {
            assert!(headers.contains(&header), "{header:?} in {text}");
        }
        for part in ["> Have a look,\r\n> please.", "https://files.example.com/s/TOKEN/", "Alice shared the file"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("<img") && !text.contains("src="), "nothing is loaded: {text}");
    }

    #[test]
    fn nothing_that_people_type_becomes_a_header_or_markup() {
        for evil in [
            "Eve\r\nBcc: all@example.com",
            "Eve\nBcc: all@example.com",
            "Eve\rBcc: all@example.com",
            "Eve\u{2028}Bcc: all@example.com",
            "\"Eve\" <eve@example.com>, all@example.com",
            "Eve\r\n\r\n<script>alert(1)</script>",
        ] {
            let text = write(&Letter { sharer: evil.into(), item: evil.into(), message: evil.into(), ..letter() });
            let names: Vec<&str> = headers(&text).iter().map(|(name, _)| *name).collect();
            assert!(!names.contains(&"Bcc"), "{text}");
            assert_eq!(names.iter().filter(|name| matches!(**name, "To" | "From" | "Subject" | "Reply-To")).count(), 4);
            let html = text.split_once("text/html").unwrap().1;
            assert!(html.contains("Eve") && !html.contains("<script>"), "{text}");
        }
    }

    #[test]
    fn a_sharer_without_an_address_gets_no_answers() {
        let text = write(&Letter { reply_to: None, message: String::new(), ..letter() });
        assert!(!text.contains("Reply-To") && !text.contains("wrote"), "{text}");
        let odd = write(&Letter { reply_to: Some("a\r\nBcc: b@c.de".into()), ..letter() });
        assert!(headers(&odd).iter().all(|(name, _)| !matches!(*name, "Reply-To" | "Bcc")), "{odd}");
    }

    #[test]
    fn what_mail_can_be_sent_to() {
        assert!(is_deliverable("ann@example.com") && is_deliverable("ann.b+c@mail.example.co"));
        for odd in ["ann", "a b@example.com", "ann@example.com\r\nRCPT TO:<b@c.de>", "<ann@example.com>"] {
            assert!(!is_deliverable(odd), "{odd}");
        }
    }
}

//! What of a file is text: by its type, and by its first bytes.

/// How a file's text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextKind {
    /// As it is: notes, tables, source code, JSON.
    Plain,
    /// Between tags, which are no text: HTML, XML, SVG.
    Markup,
}

/// Extensions of text files, before the media type is asked: registries take `.ts` for video.
const PLAIN: &[&str] = &[
    "adoc",
    "asm",
    "bash",
    "bat",
    "bib",
    "c",
    "cc",
    "cfg",
    "clj",
    "cmd",
    "conf",
    "cpp",
    "cs",
    "css",
    "csv",
    "d",
    "dart",
    "diff",
    "eml",
    "ex",
    "exs",
    "fs",
    "go",
    "gradle",
    "h",
    "hpp",
    "hs",
    "ics",
    "ini",
    "java",
    "jl",
    "js",
    "json",
    "jsonl",
    "jsx",
    "kt",
    "log",
    "lua",
    "m",
    "md",
    "markdown",
    "ml",
    "mjs",
    "ndjson",
    "nim",
    "org",
    "patch",
    "php",
    "pl",
    "po",
    "properties",
    "ps1",
    "py",
    "r",
    "rb",
    "rs",
    "rst",
    "scala",
    "scss",
    "sh",
    "sql",
    "srt",
    "swift",
    "tex",
    "toml",
    "ts",
    "tsv",
    "tsx",
    "txt",
    "vb",
    "vcf",
    "vtt",
    "yaml",
    "yml",
    "zig",
    "zsh",
];
const MARKUP: &[&str] = &["htm", "html", "svg", "xhtml", "xml", "xsl", "xslt", "rss", "atom", "opml", "plist"];

/// Media types of text that don't begin with `text/`.
const PLAIN_TYPES: &[&str] = &[
    "application/json",
    "application/ld+json",
    "application/x-ndjson",
    "application/javascript",
    "application/x-sh",
    "application/toml",
    "application/yaml",
    "application/x-yaml",
    "application/sql",
    "application/x-tex",
    "application/x-subrip",
    "message/rfc822",
];

/// Elements whose content nobody reads.
const UNREAD: [&str; 2] = ["script", "style"];

impl TextKind {
    /// The kind of a file of this media type and name, if it is text.
    pub fn of(mime_type: &str, name: &str) -> Option<Self> {
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        if let Some(extension) = extension.as_deref() {
            if MARKUP.contains(&extension) {
                return Some(Self::Markup);
            }
            if PLAIN.contains(&extension) {
                return Some(Self::Plain);
            }
        }
        let essence = mime_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "text/html" | "text/xml" | "application/xml" | "application/xhtml+xml" | "image/svg+xml" => {
                Some(Self::Markup)
            }
            known if known.starts_with("text/") || PLAIN_TYPES.contains(&known) => Some(Self::Plain),
            known if known.ends_with("+json") => Some(Self::Plain),
            known if known.ends_with("+xml") => Some(Self::Markup),
            _ => None,
        }
    }
}

/// The text in the first bytes of a file, which may end within a character; `None` for what only says to be text.
pub fn extract(kind: TextKind, bytes: &[u8]) -> Option<String> {
    let text = decode(bytes)?;
    Some(match kind {
        TextKind::Plain => text,
        TextKind::Markup => without_tags(&text),
    })
}

/// UTF-8 or, where its mark stands at the beginning, UTF-16; what is neither is taken for Latin-1, and for no text if it holds
/// what text never does.
fn decode(bytes: &[u8]) -> Option<String> {
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return Some(utf16(rest, u16::from_le_bytes));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return Some(utf16(rest, u16::from_be_bytes));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.contains(&0) {
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.to_owned()),
        // Cut within the last character.
        Err(error) if error.error_len().is_none() => {
            Some(String::from_utf8_lossy(bytes.get(..error.valid_up_to())?).into_owned())
        }
        Err(_) => Some(bytes.iter().copied().map(char::from).collect()),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit(pair.try_into().unwrap_or_default()));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// What stands between tags, with a space for each tag. It need not be well-formed: what looks like a tag is one.
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len() / 2);
    let mut rest = text;
    while let Some((before, tag_on)) = rest.split_once('<') {
        push_text(before, &mut out);
        out.push(' ');
        if let Some(comment) = tag_on.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let Some((tag, after)) = tag_on.split_once('>') else { return out };
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        rest = if UNREAD.contains(&name.as_str()) { behind_end_of(&name, after) } else { after };
    }
    push_text(rest, &mut out);
    out
}

/// What follows the end tag of an element, in any case of letters; nothing if it never ends.
fn behind_end_of<'t>(name: &str, text: &'t str) -> &'t str {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("</") {
        if after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return after.split_once('>').map_or("", |(_, behind)| behind);
        }
        rest = after;
    }
    ""
}

/// A text with the characters for which entities stand.
fn push_text(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let named = after.split_once(';').filter(|(name, _)| name.len() <= 8);
        match named.and_then(|(name, behind)| Some((entity(name)?, behind))) {
            Some((c, behind)) => {
                out.push(c);
                rest = behind;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
}

fn entity(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "auml" => 'ä',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "Auml" => 'Ä',
        "Ouml" => 'Ö',
        "Uuml" => 'Ü',
        "szlig" => 'ß',
        "eacute" => 'é',
        "egrave" => 'è',
        "agrave" => 'à',
        "ccedil" => 'ç',
        "ntilde" => 'ñ',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    })
}

//! Programs that look at a link because somebody wrote it in a chat, and browsers that fetch what nobody has clicked yet.

use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;

/// Parts of the names by which such programs introduce themselves, in lower case.
const NAMES: [&str; 16] = [
    "slackbot",
    "slack-imgproxy",
    "telegrambot",
    "whatsapp",
    "discordbot",
    "twitterbot",
    "facebookexternalhit",
    "facebot",
    "linkedinbot",
    "skypeuripreview",
    "microsoftpreview",
    "mattermost",
    "mastodon",
    "synapse",
    "embedly",
    "iframely",
];

/// Whether the request comes from nobody who wants the file. It gets the page then, never the bytes of a link that is
/// good for so many downloads: so it neither uses one up nor gets one for free by saying such a name.
pub(crate) fn is_preview(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("").to_ascii_lowercase();
    let agent = text(USER_AGENT.as_str());
    NAMES.iter().any(|name| agent.contains(name))
        || ["sec-purpose", "purpose", "x-moz"].into_iter().any(|name| text(name).contains("prefetch"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        [(axum::http::HeaderName::from_static(name), value.parse().unwrap())].into_iter().collect()
    }

    #[test]
    fn chats_and_prefetches_are_known_and_people_are_not() {
        assert!(is_preview(&headers("user-agent", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)")));
        assert!(is_preview(&headers("sec-purpose", "prefetch;prerender")));
        for person in ["Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "curl/8.14", "rclone/v1.70"] {
            assert!(!is_preview(&headers("user-agent", person)), "{person}");
        }
        assert!(!is_preview(&HeaderMap::new()));
    }
}

//! What an application asks for.

use crate::caller::scope_name;

/// Graph's own address and its application id, before the name of a scope.
const GRAPH: [&str; 2] = ["https://graph.microsoft.com/", "00000003-0000-0000-c000-000000000000/"];

/// Scopes of OIDC, which every application may have.
const OPEN_ID: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// A scope that Driveway doesn't know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown scope {0}")]
pub struct UnknownScope(pub String);

/// A set of scopes by their short names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScopeSet {
    names: Vec<&'static str>,
    asks_default: bool,
    asked: Vec<String>,
}

impl ScopeSet {
    /// Reads names parted by white space. A scope of the API may stand behind Graph's address or that of this server, whose
    /// host is `own_host`, without a port.
    pub fn parse(text: &str, own_host: &str) -> Result<Self, UnknownScope> {
        let mut set = Self::default();
        for asked in text.split_ascii_whitespace() {
            let name = short(asked, own_host);
            if name == ".default" {
                set.asks_default = true;
            } else {
                let known = OPEN_ID.into_iter().find(|known| *known == name).or_else(|| scope_name(name));
                set.add(known.ok_or_else(|| UnknownScope(asked.chars().take(100).collect()))?);
            }
            if !set.asked.iter().any(|known| known == asked) {
                set.asked.push(asked.to_owned());
            }
        }
        Ok(set)
    }

    /// Reads what was kept by [`ScopeSet::text`]. What isn't known any more is passed over.
    pub fn kept(text: &str) -> Self {
        let mut set = Self::default();
        for name in text.split_ascii_whitespace() {
            if let Some(known) = OPEN_ID.into_iter().find(|known| *known == name).or_else(|| scope_name(name)) {
                set.add(known);
                set.asked.push(name.to_owned());
            }
        }
        set
    }

    fn add(&mut self, name: &'static str) {
        if !self.names.contains(&name) {
            self.names.push(name);
        }
    }

    /// Puts what an application is registered for in the place of `.default`.
    #[must_use]
    pub fn with_default(mut self, registered: &Self) -> Self {
        if self.asks_default {
            registered.names.iter().for_each(|name| self.add(name));
        }
        self
    }

    /// Whether `.default` was asked for.
    pub fn asks_default(&self) -> bool {
        self.asks_default
    }

    /// Whether nothing was asked for.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && !self.asks_default
    }

    /// Whether this scope is in the set.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(&name)
    }

    /// Whether everything of the API in this set is in the other; those of OIDC count for nothing here.
    pub fn is_within(&self, other: &Self) -> bool {
        self.of_graph().all(|name| other.has(name))
    }

    /// The scopes of the API.
    pub fn of_graph(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.names.iter().copied().filter(|name| !OPEN_ID.contains(name))
    }

    /// The scopes of the API, parted by spaces, as `scp` holds them.
    pub fn scp(&self) -> String {
        self.of_graph().collect::<Vec<_>>().join(" ")
    }

    /// All names, parted by spaces, as they are kept.
    pub fn text(&self) -> String {
        self.names.join(" ")
    }

    /// What a client is told that it got: what it asked for as it spelled it, for it looks its tokens up by that, and what
    /// stands in the place of `.default`.
    pub fn told(&self, own_host: &str) -> String {
        let spelled: Vec<&str> = self.asked.iter().map(|asked| short(asked, own_host)).collect();
        let more = self.names.iter().filter(|name| !spelled.contains(name)).map(|name| (*name).to_owned());
        self.asked.iter().cloned().chain(more).collect::<Vec<_>>().join(" ")
    }

    /// Both sets together.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        other.names.iter().for_each(|name| self.add(name));
        self
    }
}

/// The name behind the address of the API.
fn short<'a>(asked: &'a str, own_host: &str) -> &'a str {
    let graph = GRAPH.into_iter().find_map(|prefix| asked.strip_prefix(prefix));
    // Clients write `https://graph.microsoft.com//.default` when they join an address that ends in a slash.
    graph.or_else(|| own(asked, own_host)).map_or(asked, |name| name.strip_prefix('/').unwrap_or(name))
}

fn own<'a>(asked: &'a str, own_host: &str) -> Option<&'a str> {
    let rest = asked.strip_prefix("https://").or_else(|| asked.strip_prefix("http://"))?;
    let (authority, name) = rest.split_once('/')?;
    let port = authority.strip_prefix(own_host)?;
    (!own_host.is_empty() && (port.is_empty() || port.starts_with(':'))).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_known_by_every_spelling() {
        let text = "openid https://graph.microsoft.com/Files.Read Files.Read https://files.example:8444/Sites.Read.All";
        let set = ScopeSet::parse(text, "files.example").unwrap();
        assert_eq!(set.text(), "openid Files.Read Sites.Read.All");
        assert_eq!(set.scp(), "Files.Read Sites.Read.All");
        assert_eq!(set.told("files.example"), text);
        let fallback = ScopeSet::kept("Files.Read User.Read");
        let set = ScopeSet::parse("https://graph.microsoft.com//.default", "x").unwrap().with_default(&fallback);
        assert!(set.asks_default());
        assert_eq!(set.told("x"), "https://graph.microsoft.com//.default Files.Read User.Read");
        assert!(set.is_within(&fallback) && !ScopeSet::kept("Files.Read.All").is_within(&fallback));
    }

    #[test]
    fn unknown_scopes_are_named() {
        for bad in
            ["Mail.Read", "https://evil.example/Files.Read", "https://files.example.evil/Files.Read", "files.read"]
        {
            assert_eq!(ScopeSet::parse(bad, "files.example"), Err(UnknownScope(bad.to_owned())), "{bad}");
        }
    }
}

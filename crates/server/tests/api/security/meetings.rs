//! Who meets what kind of link (P3).

use serde_json::{Value, json};

use crate::steps::Link;
use crate::support::sharing::BOB;
use crate::support::{Actor, TestServer};

/// The password of links that have one.
pub const PASSWORD: &str = "harbour";

/// Somebody with a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visitor {
    Stranger,
    /// A stranger who knows the password.
    Knows,
    /// A colleague of the link's maker, who carries the link from now on.
    Carries,
    /// A colleague who knows the password as well.
    CarriesAndKnows,
    /// A colleague with a token for reading, who shows the link for this once.
    Once,
    /// Somebody of another tenant.
    Foreigner,
}

/// A kind of link, and who comes with it.
#[derive(Debug, Clone, Copy)]
pub struct Meeting {
    pub link_type: &'static str,
    pub scope: &'static str,
    pub is_protected: bool,
    pub visitor: Visitor,
    /// Whether the link is for this visitor.
    pub opens: bool,
}

const fn meeting(
    link_type: &'static str,
    scope: &'static str,
    is_protected: bool,
    visitor: Visitor,
    opens: bool,
) -> Meeting {
    Meeting { link_type, scope, is_protected, visitor, opens }
}

/// Three go with each tree, so that a few trees see all of them.
pub const MEETINGS: [Meeting; 18] = [
    meeting("view", "anonymous", false, Visitor::Stranger, true),
    meeting("edit", "anonymous", false, Visitor::Stranger, true),
    meeting("edit", "organization", false, Visitor::Carries, true),
    meeting("createOnly", "anonymous", false, Visitor::Stranger, false),
    meeting("blocksDownload", "anonymous", false, Visitor::Stranger, true),
    meeting("view", "anonymous", true, Visitor::Stranger, false),
    meeting("edit", "anonymous", true, Visitor::Knows, true),
    meeting("view", "organization", false, Visitor::Once, true),
    meeting("edit", "users", false, Visitor::Carries, true),
    meeting("view", "organization", false, Visitor::Foreigner, false),
    meeting("embed", "anonymous", false, Visitor::Stranger, true),
    meeting("edit", "anonymous", false, Visitor::Carries, true),
    meeting("view", "users", false, Visitor::Stranger, false),
    meeting("review", "organization", false, Visitor::Once, true),
    meeting("view", "anonymous", true, Visitor::CarriesAndKnows, true),
    meeting("createOnly", "users", false, Visitor::Carries, false),
    meeting("blocksDownload", "organization", false, Visitor::Carries, true),
    meeting("edit", "users", false, Visitor::Foreigner, false),
];

impl Meeting {
    /// The link's body, for a file or a folder. What isn't for one of the two gives way to the plainest.
    pub fn body(&mut self, is_file: bool) -> Value {
        let fits = match self.link_type {
            "embed" | "review" => is_file,
            "createOnly" => !is_file,
            _ => true,
        };
        if !fits {
            *self = meeting("view", "anonymous", false, self.visitor, true);
        }
        let mut body = json!({"type": self.link_type, "scope": self.scope});
        if self.is_protected {
            body["password"] = json!(PASSWORD);
        }
        if self.scope == "users" {
            body["recipients"] = json!([{"email": BOB}]);
        }
        body
    }

    /// Whether the link shows anything to those whom it is for.
    pub fn shows(&self) -> bool {
        self.link_type != "createOnly"
    }

    /// Whether the link lets have the bytes of what it opens: its visitor, or those whom it names at the item's own address.
    pub fn gives_bytes(&self) -> bool {
        (self.opens || (self.scope == "users" && self.shows())) && self.link_type != "blocksDownload"
    }

    /// Whether the visitor has signed in, and may reach things without the link in the address.
    pub fn is_signed_in(&self) -> bool {
        !matches!(self.visitor, Visitor::Stranger | Visitor::Knows)
    }

    /// The one who comes.
    pub fn actor(&self, server: &TestServer) -> Actor {
        let carrying = |actor: Actor| actor.with("prefer", "redeemSharingLink");
        match self.visitor {
            Visitor::Stranger => server.anonymous(),
            Visitor::Knows => server.anonymous().with("driveway-link-password", PASSWORD),
            Visitor::Carries => carrying(server.bob()),
            Visitor::CarriesAndKnows => carrying(server.bob()).with("driveway-link-password", PASSWORD),
            Visitor::Once => {
                server.user(BOB, "Files.Read.All Sites.Read.All").with("prefer", "redeemSharingLinkIfNecessary")
            }
            Visitor::Foreigner => carrying(server.pat()),
        }
    }
}

/// A link, the item it is on, and who comes with it.
#[derive(Debug)]
pub struct Met {
    pub link: Link,
    pub shared: usize,
    pub meeting: Meeting,
}

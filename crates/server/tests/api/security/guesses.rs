//! Guessing: each door to a secret counts each guess once, for the link and the address that it comes from, and what is counted
//! outlasts a restart (P25, P26).

use std::net::IpAddr;

use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::json;

use crate::steps::{Link, at, guess, put, restarted};
use crate::support::sharing::{BOB, PAT};
use crate::support::{Actor, Answer, TestServer};

const PASSWORD: &str = "harbour";

/// Whose guesses are counted here.
const GUESSER: &str = "198.51.100.7";

/// Somebody else.
const OTHER: &str = "198.51.100.8";

/// Where a link's password can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Form,
    Page,
    PageByBasic,
    Graph,
    GraphByBasic,
    Upload,
    Redemption,
    /// Asking for the same link again (AMB-04).
    CreateLink,
}

const DOORS: [Door; 8] = [
    Door::Form,
    Door::Page,
    Door::PageByBasic,
    Door::Graph,
    Door::GraphByBasic,
    Door::Upload,
    Door::Redemption,
    Door::CreateLink,
];

impl Door {
    /// Shows a password from an address.
    async fn show(self, server: &TestServer, anybody: &Actor, link: &Link, address: &str, word: &str) -> Answer {
        assert!(address.parse::<IpAddr>().is_ok());
        let from = |actor: &Actor| actor.with("x-forwarded-for", address);
        let stranger = from(anybody);
        let knowing = stranger.with("driveway-link-password", word);
        let basic = format!("Basic {}", data_encoding::BASE64.encode(format!(":{word}").as_bytes()));
        let by_basic = stranger.with("authorization", &basic);
        match self {
            Self::Form => guess(&stranger, link, word).await,
            Self::Page => knowing.get(&link.url).await,
            Self::PageByBasic => by_basic.get(&link.url).await,
            Self::Graph => knowing.get(&link.graph("")).await,
            Self::GraphByBasic => by_basic.get(&link.graph("")).await,
            Self::Upload => knowing.put(&link.graph("/content"), "x").await,
            Self::Redemption => {
                let bob = from(&server.user(BOB, "Files.ReadWrite.All")).with("prefer", "redeemSharingLink");
                bob.with("driveway-link-password", word).get(&link.graph("")).await
            }
            Self::CreateLink => {
                let body = json!({"type": "edit", "scope": "anonymous", "password": word});
                let pat = from(&server.user(PAT, "Files.ReadWrite.All"));
                pat.post(&format!("{}/createLink", at("a.txt")), &body).await
            }
        }
    }

    /// What a wrong password gets.
    fn refuses_with(self) -> u16 {
        if self == Self::CreateLink { 400 } else { 403 }
    }
}

async fn shared(server: &TestServer) -> Link {
    put(&server.pat(), "a.txt", "x").await;
    let body = json!({"type": "edit", "scope": "anonymous", "password": PASSWORD});
    crate::steps::link(&server.pat(), "a.txt", body).await
}

async fn server_of_three_guesses() -> TestServer {
    TestServer::start_with(|config| config.limits.password_attempts = 3).await
}

#[tokio::test]
async fn p25_guesses_are_limited_in_the_default_settings() {
    let server = TestServer::start().await;
    let (link, stranger) = (shared(&server).await, server.anonymous());
    let attempts = server.app.config.limits.password_attempts;
    assert!((1..=10).contains(&attempts), "{attempts}");
    for _ in 0..attempts {
        guess(&stranger, &link, "wrong").await.expect(403);
    }
    guess(&stranger, &link, PASSWORD).await.expect(429);
}

/// At each door one counts down what all doors share, and is the only one who is shut out, of all of them.
#[tokio::test]
async fn p25_p26_every_door_counts_each_guess_once_and_shuts_out_nobody_else() {
    for door in DOORS {
        let server = server_of_three_guesses().await;
        let (link, stranger) = (shared(&server).await, server.anonymous());
        for _ in 0..3 {
            let answer = door.show(&server, &stranger, &link, GUESSER, "wrong").await;
            assert_eq!(answer.status.as_u16(), door.refuses_with(), "{door:?}: {}", answer.text());
        }
        let hashed = server.app.passwords.hashed();
        for other in DOORS {
            let answer = other.show(&server, &stranger, &link, GUESSER, PASSWORD).await;
            assert_eq!(answer.status.as_u16(), 429, "{other:?} after {door:?}: {}", answer.text());
            assert!(answer.header("retry-after").parse::<u32>().is_ok(), "{other:?}: {:?}", answer.headers);
        }
        assert_eq!(server.app.passwords.hashed(), hashed, "a guess too many is hashed");
        let known = door.show(&server, &stranger, &link, OTHER, PASSWORD).await;
        assert!(matches!(known.status.as_u16(), 200 | 303), "{door:?}: {}", known.text());
    }
}

/// Many guesses at once, at all doors and from many addresses, stop nobody who knows.
#[tokio::test]
async fn p26_a_crowd_of_guessers_never_stops_somebody_who_knows() {
    let server = server_of_three_guesses().await;
    let (link, stranger) = (shared(&server).await, server.anonymous());
    let addresses: Vec<String> = (1..4).map(|n| format!("203.0.113.{n}")).collect();
    let crowd =
        addresses.iter().flat_map(|address| DOORS.map(|door| door.show(&server, &stranger, &link, address, "wrong")));
    join_all(crowd).await;
    for address in &addresses {
        Door::Form.show(&server, &stranger, &link, address, PASSWORD).await.expect(429);
    }
    for door in DOORS {
        let answer = door.show(&server, &stranger, &link, OTHER, PASSWORD).await;
        assert!(matches!(answer.status.as_u16(), 200 | 303), "{door:?}: {}", answer.text());
    }
}

/// A server that starts anew on the same data, or beside the other, knows what was tried.
#[tokio::test]
async fn p25_limits_outlast_a_restart_and_end_with_their_window() {
    let server = server_of_three_guesses().await;
    let (link, stranger) = (shared(&server).await, server.anonymous());
    for _ in 0..3 {
        guess(&stranger.with("x-forwarded-for", GUESSER), &link, "wrong").await.expect(403);
    }
    let (second, stranger) = restarted(&server).await;
    // Clearing up forgets what is over and nothing else.
    driveway::ops::upkeep::prune_password_failures(&second).await.unwrap();
    let at_each_door = async || {
        let mut statuses = Vec::new();
        for door in [Door::Form, Door::Page, Door::PageByBasic, Door::Graph, Door::GraphByBasic, Door::Upload] {
            statuses.push(door.show(&server, &stranger, &link, GUESSER, PASSWORD).await.status.as_u16());
        }
        statuses
    };
    assert_eq!(at_each_door().await, [429; 6]);
    guess(&stranger.with("x-forwarded-for", OTHER), &link, PASSWORD).await.expect(303);
    let window = i64::from(second.config.limits.password_window_seconds);
    second.clock.advance(SignedDuration::from_secs(window - 1));
    assert_eq!(at_each_door().await, [429; 6], "guesses that come too late don't make the window longer, nor shorter");
    second.clock.advance(SignedDuration::from_secs(2));
    assert_eq!(at_each_door().await, [303, 200, 200, 200, 200, 200]);
}

fn from(server: &TestServer, address: &str) -> Actor {
    assert!(address.parse::<IpAddr>().is_ok());
    server.anonymous().with("x-forwarded-for", address)
}

#[tokio::test]
async fn p26_one_guesser_never_shuts_out_somebody_who_knows() {
    let server = TestServer::start_with(|config| config.limits.password_attempts = 3).await;
    let link = shared(&server).await;
    let (guesser, knowing) = (from(&server, "198.51.100.7"), from(&server, "198.51.100.8"));
    join_all((0..12).map(|_| guess(&guesser, &link, "wrong"))).await;
    guess(&guesser, &link, PASSWORD).await.expect(429);
    guess(&knowing, &link, PASSWORD).await.expect(303);
    // What a client says before the proxy's own word is not believed: it doesn't make another address.
    let liar = server.anonymous().with("x-forwarded-for", "203.0.113.1, 198.51.100.7");
    guess(&liar, &link, PASSWORD).await.expect(429);
    // The addresses of one IPv6 subscriber are one.
    for _ in 0..3 {
        guess(&from(&server, "2001:db8:1:2::1"), &link, "wrong").await.expect(403);
    }
    guess(&from(&server, "2001:db8:1:2:ffff::9"), &link, PASSWORD).await.expect(429);
    guess(&from(&server, "2001:db8:1:3::1"), &link, PASSWORD).await.expect(303);
}

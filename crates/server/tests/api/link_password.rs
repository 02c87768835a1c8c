//! Links with a password: the form, the cookie, the header, and how often one may guess.

use futures::future::join_all;
use jiff::SignedDuration;

use crate::steps::{Link, cookie, guess, protected, put, restarted};
use crate::support::{Actor, TestServer};

const PASSWORD: &str = "harbour lights";

async fn a_protected_file(server: &TestServer) -> Link {
    put(&server.pat(), "secret%20plan.txt", "the content").await;
    protected(&server.pat(), "secret%20plan.txt", PASSWORD).await
}

fn from(visitor: &Actor, address: &str) -> Actor {
    visitor.with("x-forwarded-for", address)
}

#[tokio::test]
async fn the_form_asks_says_when_it_was_wrong_and_opens_with_a_cookie() {
    let server = TestServer::start().await;
    let shared = a_protected_file(&server).await;
    let stranger = server.anonymous();
    let asked = stranger.get(&shared.url).await.expect(401);
    assert!(asked.text().contains("method=\"post\"") && asked.text().contains("name=\"password\""));
    let wrong = guess(&stranger, &shared, "harbour").await.expect(403);
    assert!(wrong.text().contains("role=\"alert\"") && wrong.header("set-cookie").is_empty());
    let right = guess(&stranger, &shared, PASSWORD).await.expect(303);
    assert_eq!(right.header("location"), shared.page());
    let set = right.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Lax", "Max-Age=43200", &format!("Path=/s/{}", shared.token)] {
        assert!(set.contains(part), "{part} in {set}");
    }
    let visitor = stranger.with("cookie", &cookie(&right));
    assert!(visitor.get(&shared.url).await.expect(200).text().contains("secret plan.txt"));
    assert_eq!(visitor.get(&format!("{}?download=1", shared.page())).await.expect(200).text(), "the content");
    stranger.get(&shared.url).await.expect(401);
    server.advance(SignedDuration::from_secs(12 * 3600));
    visitor.get(&shared.url).await.expect(401);
}

#[tokio::test]
async fn a_cookie_over_https_is_sent_over_https_only() {
    let server = TestServer::start().await;
    let shared = a_protected_file(&server).await;
    let proxied = server.anonymous().with("x-forwarded-proto", "https");
    let right = guess(&proxied, &shared, PASSWORD).await.expect(303);
    assert!(right.header("set-cookie").contains("; Secure"), "{}", right.header("set-cookie"));
}

#[tokio::test]
async fn another_links_cookie_is_worth_nothing() {
    let server = TestServer::start().await;
    let shared = a_protected_file(&server).await;
    put(&server.pat(), "other.txt", "x").await;
    let other = protected(&server.pat(), "other.txt", PASSWORD).await;
    let stranger = server.anonymous();
    let visit = cookie(&guess(&stranger, &other, PASSWORD).await.expect(303));
    stranger.with("cookie", &visit).get(&other.url).await.expect(200);
    stranger.with("cookie", &visit).get(&shared.url).await.expect(401);
    // Under the other link's name, too.
    let own_name = cookie(&guess(&stranger, &shared, PASSWORD).await.expect(303));
    let forged = format!("{}={}", own_name.split('=').next().unwrap(), visit.split('=').nth(1).unwrap());
    stranger.with("cookie", &forged).get(&shared.url).await.expect(401);
}

#[tokio::test]
async fn scripts_show_the_password_by_basic_or_by_our_header() {
    let server = TestServer::start().await;
    let shared = a_protected_file(&server).await;
    let stranger = server.anonymous();
    let basic = |text: &str| format!("Basic {}", data_encoding::BASE64.encode(text.as_bytes()));
    let download = format!("{}?download=1", shared.page());
    for knowing in [
        stranger.with("driveway-link-password", PASSWORD),
        stranger.with("authorization", &basic(&format!(":{PASSWORD}"))),
        stranger.with("authorization", &basic(&format!(":{PASSWORD}")).replace("Basic", "bAsIc")),
    ] {
        assert_eq!(knowing.get(&download).await.expect(200).text(), "the content");
        knowing.get(&shared.graph("")).await.expect(200);
    }
    for guessing in
        [stranger.with("driveway-link-password", "harbour"), stranger.with("authorization", &basic(":harbour"))]
    {
        guessing.get(&download).await.expect(403);
        let error = guessing.get(&shared.graph("")).await.error(403, "accessDenied");
        assert_eq!(error["innerError"]["code"], "passwordMismatch");
    }
    stranger.with("authorization", &basic(&format!("pat:{PASSWORD}"))).get(&download).await.expect(401);
    let silent = stranger.get(&shared.graph("")).await;
    assert_eq!(silent.error(401, "InvalidAuthenticationToken")["innerError"]["code"], "passwordRequired");
    assert!(silent.header("www-authenticate").starts_with("Basic "));
}

#[tokio::test]
async fn guesses_are_limited_per_link_and_address_on_every_door_and_across_a_restart() {
    let server = TestServer::start_with(|config| config.limits.password_attempts = 3).await;
    let shared = a_protected_file(&server).await;
    put(&server.pat(), "other.txt", "x").await;
    let other = protected(&server.pat(), "other.txt", PASSWORD).await;
    let guesser = from(&server.anonymous(), "198.51.100.7");
    guess(&guesser, &shared, "one").await.expect(403);
    guesser.with("driveway-link-password", "two").get(&shared.url).await.expect(403);
    guesser.with("driveway-link-password", "three").get(&shared.graph("")).await.expect(403);
    let late = guess(&guesser, &shared, PASSWORD).await.expect(429);
    assert!(late.header("retry-after").parse::<u32>().is_ok(), "{:?}", late.headers);
    guesser.with("driveway-link-password", PASSWORD).get(&shared.graph("")).await.error(429, "activityLimitReached");

    guess(&guesser, &other, PASSWORD).await.expect(303);
    guess(&from(&server.anonymous(), "198.51.100.8"), &shared, PASSWORD).await.expect(303);

    let (_second, stranger) = restarted(&server).await;
    guess(&from(&stranger, "198.51.100.7"), &shared, PASSWORD).await.expect(429);
    guess(&from(&stranger, "198.51.100.8"), &shared, PASSWORD).await.expect(303);
    server.advance(SignedDuration::from_secs(15 * 60 + 1));
    guess(&guesser, &shared, PASSWORD).await.expect(303);
}

#[tokio::test]
async fn a_right_password_clears_the_count() {
    let server = TestServer::start_with(|config| config.limits.password_attempts = 3).await;
    let shared = a_protected_file(&server).await;
    let visitor = server.anonymous();
    for _ in 0..3 {
        guess(&visitor, &shared, "one").await.expect(403);
        guess(&visitor, &shared, "two").await.expect(403);
        guess(&visitor, &shared, PASSWORD).await.expect(303);
    }
}

#[tokio::test]
async fn guesses_at_once_do_not_slip_under_the_limit() {
    let server = TestServer::start_with(|config| config.limits.password_attempts = 4).await;
    let shared = a_protected_file(&server).await;
    let guesser = from(&server.anonymous(), "198.51.100.7");
    let words: Vec<String> = (0..24).map(|n| format!("word {n}")).collect();
    let answers = join_all(words.iter().map(|word| guess(&guesser, &shared, word))).await;
    let looked_at = answers.iter().filter(|answer| answer.status.as_u16() == 403).count();
    let put_off = answers.iter().filter(|answer| answer.status.as_u16() == 429).count();
    assert_eq!((looked_at, put_off), (4, 20));
}

#[tokio::test]
async fn forms_from_other_sites_are_refused() {
    let server = TestServer::start().await;
    let shared = a_protected_file(&server).await;
    let stranger = server.anonymous();
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "http://driveway.test.evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let answer = guess(&stranger.with(name, value), &shared, PASSWORD).await.expect(403);
        assert!(answer.header("set-cookie").is_empty(), "{name}: {value}");
    }
    guess(&stranger.with("origin", "http://driveway.test"), &shared, PASSWORD).await.expect(303);
    let from_our_page = stranger.with("origin", "null").with("sec-fetch-site", "same-origin");
    guess(&from_our_page, &shared, PASSWORD).await.expect(303);
}

#[tokio::test]
async fn odd_forms_are_no_password() {
    let server = TestServer::start().await;
    let shared = a_protected_file(&server).await;
    let stranger = server.anonymous();
    let send = |kind: &'static str, body: String| {
        let (stranger, page) = (stranger.clone(), shared.page());
        async move { stranger.send(reqwest::Method::POST, &page, kind, body).await.status.as_u16() }
    };
    let form = "application/x-www-form-urlencoded";
    assert_eq!(send("text/plain", format!("password={PASSWORD}")).await, 415);
    assert_eq!(send("application/json", format!("{{\"password\":\"{PASSWORD}\"}}")).await, 415);
    assert_eq!(send(form, String::new()).await, 403);
    assert_eq!(send(form, "password=%FF".into()).await, 403);
    assert_eq!(send(form, format!("pass={PASSWORD}")).await, 403);
    assert_eq!(send(form, format!("password={}", "x".repeat(5000))).await, 413);
    assert_eq!(send(form, "password=harbour%20lights&more=1".into()).await, 303);
}

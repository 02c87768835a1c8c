//! Too many requests, by accident and on purpose.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::TestServer;
use crate::support::sharing::BOB;

const DRIVE: &str = "/v1.0/me/drive";

#[tokio::test]
async fn each_caller_has_so_many_requests_a_minute_and_is_told_when_to_come_again() {
    let server = TestServer::start_with(|config| config.limits.requests_per_minute = 3).await;
    let alice = server.alice();
    for remaining in ["2", "1", "0"] {
        let answer = alice.get(DRIVE).await.expect(200);
        assert_eq!((answer.header("ratelimit-limit"), answer.header("ratelimit-remaining")), ("3", remaining));
        assert!(!answer.header("ratelimit-reset").is_empty());
    }
    let refused = alice.get(DRIVE).await;
    let error = refused.error(429, "activityLimitReached");
    assert_eq!((refused.header("retry-after"), &error["innerError"]["code"]), ("20", &json!("throttledRequest")));
    server.bob().get(DRIVE).await.expect(200);
    server.user_through("alice@harbour.example", 1, "Files.Read").get(DRIVE).await.expect(200);
    server.advance(SignedDuration::from_secs(20));
    alice.get(DRIVE).await.expect(200);
    alice.get(DRIVE).await.error(429, "activityLimitReached");
}

#[tokio::test]
async fn strangers_with_a_link_are_counted_by_address_and_bad_tokens_are_not_counted() {
    let server = TestServer::start_with(|config| config.limits.requests_per_minute = 4).await;
    let link = crate::steps::view(&server.alice(), "Welcome.txt").await;
    for _ in 0..6 {
        server.bearer("nonsense").get(DRIVE).await.error(401, "InvalidAuthenticationToken");
    }
    let from = |address: &str| server.anonymous().with("x-forwarded-for", address);
    for _ in 0..4 {
        from("198.51.100.7").get(&link.graph("")).await.expect(200);
    }
    from("198.51.100.7").get(&link.graph("")).await.error(429, "activityLimitReached");
    from("198.51.100.8").get(&link.graph("")).await.expect(200);
    for last in 1..=4 {
        from(&format!("2001:db8::{last}")).get(&link.graph("")).await.expect(200);
    }
    from("2001:db8::5").get(&link.graph("")).await.error(429, "activityLimitReached");
    from("2001:db8:0:1::5").get(&link.graph("")).await.expect(200);
}

#[tokio::test]
async fn a_batch_goes_through_and_the_parts_beyond_the_limit_are_refused_one_by_one() {
    let server = TestServer::start_with(|config| config.limits.requests_per_minute = 2).await;
    let part = |n: u8| json!({ "id": n.to_string(), "method": "GET", "url": "/me/drive" });
    let requests: Vec<Value> = (0..4).map(part).collect();
    let answer = server.alice().post("/v1.0/$batch", &json!({ "requests": requests })).await.expect(200).json();
    let parts = answer["responses"].as_array().unwrap();
    let statuses: Vec<i64> = parts.iter().map(|part| part["status"].as_i64().unwrap()).collect();
    assert_eq!(statuses, [200, 200, 429, 429]);
    assert_eq!(parts[3]["headers"]["Retry-After"], "30");
    assert_eq!(parts[3]["body"]["error"]["code"], "activityLimitReached");
}

#[tokio::test]
async fn without_a_limit_nothing_is_said_of_one() {
    let server = TestServer::start().await;
    for _ in 0..30 {
        let answer = server.alice().get(DRIVE).await.expect(200);
        assert!(answer.header("ratelimit-limit").is_empty());
    }
}

#[tokio::test]
async fn an_administrator_of_a_demo_has_the_next_requests_refused() {
    let server = TestServer::start().await;
    let throttle = "/driveway/v1/throttle";
    let wanted = json!({ "nextRequests": 2, "retryAfterSeconds": 7 });
    server.alice().patch(throttle, &wanted).await.error(403, "accessDenied");
    server.anonymous().patch(throttle, &wanted).await.error(401, "InvalidAuthenticationToken");
    assert_eq!(server.admin().patch(throttle, &wanted).await.expect(200).json(), wanted);
    for _ in 0..2 {
        let refused = server.user(BOB, "Files.Read").get(DRIVE).await;
        refused.error(429, "activityLimitReached");
        assert_eq!(refused.header("retry-after"), "7");
    }
    server.user(BOB, "Files.Read").get(DRIVE).await.expect(200);
    assert_eq!(server.admin().get(throttle).await.expect(200).json()["nextRequests"], 0);
    server.admin().patch(throttle, &json!({ "nextRequests": 5 })).await.expect(200);
    server.admin().patch(throttle, &json!({ "nextRequests": 0 })).await.expect(200);
    server.alice().get(DRIVE).await.expect(200);
    for wrong in [
        json!({}),
        json!({ "nextRequests": -1 }),
        json!({ "nextRequests": 1001 }),
        json!({ "nextRequests": "2" }),
        json!({ "nextRequests": 1, "retryAfterSeconds": 3601 }),
        json!({ "nextRequests": 1, "more": true }),
    ] {
        server.admin().patch(throttle, &wrong).await.error(400, "invalidRequest");
    }
    server.alice().get(DRIVE).await.expect(200);
    server.admin().delete(throttle).await.error(405, "notAllowed");
}

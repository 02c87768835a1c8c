//! What clients find out before they sign in.

use serde_json::Value;

use super::{alices, application, json, refused, server, tokens};
use crate::support::HOST;

#[tokio::test]
async fn discovery_names_the_endpoints_of_each_authority() {
    let server = server().await;
    let organization = server.demo.organization.id.to_string();
    let consumers = "9188040d-6c67-4c5b-b112-36a304b66dad";
    for (segment, named) in [
        ("common", "common"),
        ("organizations", "organizations"),
        ("consumers", "consumers"),
        (organization.as_str(), organization.as_str()),
        (consumers, consumers),
        ("harbour.example", organization.as_str()),
        ("HARBOUR.example", organization.as_str()),
    ] {
        for version in ["/v2.0", ""] {
            let path = format!("/{segment}{version}/.well-known/openid-configuration");
            let document = tokens(&server.anonymous().get(&path).await);
            let base = format!("http://{HOST}/{named}");
            assert_eq!(document["issuer"], format!("{base}/v2.0"));
            for (member, endpoint) in [
                ("authorization_endpoint", "oauth2/v2.0/authorize"),
                ("token_endpoint", "oauth2/v2.0/token"),
                ("device_authorization_endpoint", "oauth2/v2.0/devicecode"),
                ("end_session_endpoint", "oauth2/v2.0/logout"),
                ("jwks_uri", "discovery/v2.0/keys"),
            ] {
                assert_eq!(document[member], format!("{base}/{endpoint}"), "{path}");
            }
        }
    }
}

#[tokio::test]
async fn authorities_that_are_none_are_said_to_be() {
    let server = server().await;
    for segment in
        ["nowhere.example", "00000000-0000-0000-0000-000000000000", "example", "%00", "a%2Fb", "%F0%9F%98%80.x"]
    {
        for path in ["v2.0/.well-known/openid-configuration", "discovery/v2.0/keys"] {
            refused(&server.anonymous().get(&format!("/{segment}/{path}")).await, 400, "invalid_tenant");
        }
    }
    let wrong = server.anonymous().delete("/common/oauth2/v2.0/token").await;
    refused(&wrong, 405, "invalid_request");
    assert_eq!(wrong.header("allow"), "POST");
}

#[tokio::test]
async fn the_instance_is_its_own_authority() {
    let server = server().await;
    let path = "/common/discovery/instance?api-version=1.1&authorization_endpoint=https%3A%2F%2Flogin.microsoftonline.com%2Fcommon%2Foauth2%2Fv2.0%2Fauthorize";
    let document = tokens(&server.anonymous().get(path).await);
    let discovery = document["tenant_discovery_endpoint"].as_str().unwrap();
    assert_eq!(discovery, format!("http://{HOST}/common/v2.0/.well-known/openid-configuration"));
    assert_eq!(document["metadata"][0]["aliases"], serde_json::json!([HOST]));
    refused(&server.anonymous().get("/common/discovery/instance").await, 400, "invalid_request");
}

#[tokio::test]
async fn an_id_token_is_checked_with_the_published_key() {
    let server = server().await;
    let answer = alices(&server, "openid profile email offline_access User.Read").await;
    let keys = json(&server.anonymous().get("/common/discovery/v2.0/keys").await);
    let key = &keys["keys"][0];
    assert_eq!((key["kty"].as_str(), key["alg"].as_str()), (Some("RSA"), Some("RS256")));
    assert!(key["d"].is_null() && key["p"].is_null(), "{key}");
    let verify =
        jsonwebtoken::DecodingKey::from_rsa_components(key["n"].as_str().unwrap(), key["e"].as_str().unwrap()).unwrap();
    let (client, _) = application(&server, 0);
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    validation.set_audience(&[&client]);
    validation.set_issuer(&[format!("http://{HOST}/common/v2.0")]);
    validation.validate_exp = false;
    let token = jsonwebtoken::decode::<Value>(answer["id_token"].as_str().unwrap(), &verify, &validation).unwrap();
    assert_eq!(token.header.kid.as_deref(), key["kid"].as_str());
    let alice = server.person("alice@harbour.example");
    let claims = token.claims;
    for (claim, value) in [
        ("oid", alice.user.id.to_string()),
        ("sub", alice.user.id.to_string()),
        ("tid", server.demo.organization.id.to_string()),
        ("preferred_username", "alice@harbour.example".to_owned()),
        ("email", "alice@harbour.example".to_owned()),
        ("name", "Alice Harbour".to_owned()),
        ("ver", "2.0".to_owned()),
    ] {
        assert_eq!(claims[claim], value, "{claim}");
    }
    let now = server.app.clock.now().as_second();
    assert_eq!((claims["iat"].as_i64(), claims["nbf"].as_i64()), (Some(now), Some(now)));
    assert_eq!(claims["exp"].as_i64(), Some(now + 3600));
    // An id token says who somebody is; it lets nobody in.
    server
        .bearer(answer["id_token"].as_str().unwrap())
        .get("/v1.0/me/drive")
        .await
        .error(401, "InvalidAuthenticationToken");
}

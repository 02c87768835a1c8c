//! A browser, as far as signing in needs one: it keeps cookies and sends forms.

use std::collections::BTreeMap;
use std::sync::Mutex;

use reqwest::Method;

use super::form;
use crate::support::{Actor, Answer, TestServer};

/// Somebody's browser.
pub struct Browser {
    actor: Actor,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Browser {
    pub fn new(server: &TestServer) -> Self {
        Self { actor: server.anonymous(), cookies: Mutex::default() }
    }

    /// The browser of somebody who has signed in.
    pub async fn of(server: &TestServer, name: &str) -> Self {
        let browser = Self::new(server);
        browser.sign_in(server, name, "/").await.expect(303);
        browser
    }

    /// Signs in and asks to go on to a place.
    pub async fn sign_in(&self, server: &TestServer, name: &str, next: &str) -> Answer {
        let page = self.get(&format!("/sign-in?{}", form(&[("next", next)]))).await.expect(200);
        let password = server.person(name).password.clone();
        self.send(&page, "/sign-in", &[("next", next), ("username", name), ("password", &password)]).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        let request = self.actor.request(Method::GET, path).header("cookie", self.cookies());
        self.keep(Answer::read(request.send().await.unwrap()).await)
    }

    /// Sends the form of a page, with the proof that stands in it.
    pub async fn send(&self, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
        let proof = hidden(page, "proof");
        let fields: Vec<_> = fields.iter().copied().chain([("proof", proof.as_str())]).collect();
        self.post(path, &fields).await
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.actor.request(Method::POST, path).header("cookie", self.cookies());
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form(fields));
        self.keep(Answer::read(request.send().await.unwrap()).await)
    }

    fn keep(&self, answer: Answer) -> Answer {
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
            let mut cookies = self.cookies.lock().unwrap();
            if cookie.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    #[expect(dead_code, reason = "for the tests of sessions")]
    /// The value of a cookie that the browser keeps.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    /// Puts a cookie into the browser, as somebody else might.
    pub fn plant(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    fn cookies(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }
}

/// The value of a hidden field of a page.
#[track_caller]
pub fn hidden(page: &Answer, name: &str) -> String {
    let text = page.text();
    let start = format!("name=\"{name}\" value=\"");
    let rest = text.split_once(&start).unwrap_or_else(|| panic!("no {name} on {text}")).1;
    rest.split_once('"').unwrap().0.to_owned()
}

//! A person at a browser, as far as signing in needs one: forms filled in, cookies kept, redirects followed.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, RequestBuilder, Response, Url};

use crate::process::User;

/// How many pages there may be between the address and the way back.
const PAGES: usize = 10;

/// Opens the address that a client wants opened, signs in, allows what is asked, and returns where the browser is sent
/// back to: the first address at another host.
pub(crate) async fn sign_in(http: &Client, address: &str, user: &User) -> Url {
    let mut browser = Browser { http, user, cookies: BTreeMap::new() };
    let start = Url::parse(address).unwrap();
    let mut answer = browser.open(http.get(start.clone())).await;
    for _ in 0..PAGES {
        let here = answer.url().clone();
        if let Some(location) = answer.headers().get(LOCATION) {
            let next = here.join(location.to_str().unwrap()).unwrap();
            if leads_back(&start, &next) {
                return next;
            }
            answer = browser.open(http.get(next)).await;
            continue;
        }
        assert!(answer.status().is_success(), "{answer:?}");
        let page = answer.text().await.unwrap();
        answer = browser.fill_in(&here, &page).await;
    }
    panic!("{PAGES} pages and no way back from {address}");
}

/// Another origin than that of the sign-in, or the one that native clients watch for.
fn leads_back(start: &Url, next: &Url) -> bool {
    start.origin() != next.origin() || next.path().ends_with("/nativeclient")
}

struct Browser<'a> {
    http: &'a Client,
    user: &'a User,
    cookies: BTreeMap<String, String>,
}

impl Browser<'_> {
    async fn open(&mut self, request: RequestBuilder) -> Response {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request.header(COOKIE, cookies.join("; ")).send().await.unwrap();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    /// Sends the form of a page: name and password where it asks for them, and yes where it asks for that.
    async fn fill_in(&mut self, here: &Url, page: &str) -> Response {
        let form = page.split_once("<form ").unwrap_or_else(|| panic!("no form at {here}: {page}")).1;
        let form = form.split_once("</form>").unwrap().0;
        let action = attribute(form, "action").unwrap_or_default();
        let hidden = form.split("<input ").filter(|input| input.starts_with("type=\"hidden\""));
        let mut fields: Vec<(String, String)> =
            hidden.map(|input| (attribute(input, "name").unwrap(), attribute(input, "value").unwrap())).collect();
        let more = if form.contains("name=\"password\"") {
            vec![("username", self.user.principal_name.as_str()), ("password", self.user.password.as_str())]
        } else {
            vec![("decision", "allow")]
        };
        fields.extend(more.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
        let request = self.http.post(here.join(&action).unwrap()).form(&fields);
        self.open(request).await
    }
}

/// The value of the first attribute of this name.
fn attribute(html: &str, name: &str) -> Option<String> {
    let value = html.split_once(&format!("{name}=\""))?.1.split_once('"')?.0;
    Some(value.replace("&#38;", "&").replace("&amp;", "&"))
}

//! `…/authorize`: who signs in, whether they allow what the application asks, and the way back to it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use driveway_core::error::Error;
use driveway_core::oauth::{Authority, Challenge, OwnPath, RedirectUri};
use secrecy::ExposeSecret;

use super::form::Form;
use super::way_back::{Mode, WayBack};
use super::{authority, own_host, refused};
use crate::app::App;
use crate::http::web::session;
use crate::http::web::sign_in::{Fields, Guest, sign_in_url};
use crate::http::web::sign_in_pages::{self, ConsentForm, SignInNotice};
use crate::ops::oauth::authorize::{self, Question};
use crate::ops::oauth::{Kind, Outcome, Refusal};
use crate::ops::sign_in::Person;

/// The longest `state` and `nonce` that are taken: more than any library sends.
const LONGEST: usize = 4096;

/// What of the person's time the application wants.
#[derive(Debug, Clone, Copy, Default)]
struct Prompt {
    none: bool,
    login: bool,
    select_account: bool,
    consent: bool,
}

/// Somebody on the way to an application.
struct Visit {
    guest: Guest,
    authority: Authority,
    question: Question,
    way_back: WayBack,
    prompt: Prompt,
    login_hint: Option<String>,
    /// The path and query of this very address.
    place: String,
}

/// Shows what is to be asked, or leads back with a code.
pub(super) async fn ask(State(app): State<Arc<App>>, Path(tenant): Path<String>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let guest = Guest::read(app, &head);
    enter(guest, &tenant, &head, None).await
}

/// Takes the person's decision.
pub(super) async fn take(State(app): State<Arc<App>>, Path(tenant): Path<String>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let guest = Guest::read(app, &head);
    enter(guest, &tenant, &head, Some(body)).await
}

async fn enter(guest: Guest, tenant: &str, head: &Parts, decision: Option<Body>) -> Response {
    let (language, app, context) = (guest.language, Arc::clone(&guest.app), guest.context.clone());
    let query = Form::parse(head.uri.query().unwrap_or_default().as_bytes());
    let outcome = match arrive(guest, tenant, head, &query).await {
        Ok(Ok(visit)) => visit.answer(decision).await,
        Ok(Err((way_back, refusal))) => Ok(way_back.refused(&refusal, language)),
        // Where the application isn't known, or its address isn't one of its own, nobody is led there.
        Err(refusal) => {
            let html = sign_in_pages::bad_request(&refusal.description, language);
            Ok(crate::http::web::page(refused::status(&refusal), html, language, crate::http::web::Frame::Never))
        }
    };
    Guest { app, context, headers: head.headers.clone(), language }.answer(outcome)
}

type Arrival = Result<Visit, (WayBack, Refusal)>;

/// Reads the question. Until it is sure that the address to lead back to is the application's, whatever is wrong is said here.
async fn arrive(guest: Guest, tenant: &str, head: &Parts, query: &Form) -> Outcome<Arrival> {
    let authority = authority(&guest.app, tenant).await?;
    let registration = authorize::application(&guest.app, query.required("client_id")?).await?;
    let redirect_uri = query.required("redirect_uri")?;
    let uri = RedirectUri::parse(redirect_uri)
        .filter(|uri| uri.is_allowed(&registration.redirect_uris, registration.is_public))
        .ok_or_else(|| {
            let why = "The redirect_uri isn't one that the application is registered with.";
            Refusal::new(Kind::InvalidRequest, 50_011, why)
        })?;
    let state = query.field("state")?.filter(|state| state.len() <= LONGEST).map(str::to_owned);
    let mode = query.field("response_mode").ok().flatten().and_then(Mode::parse);
    let way_back = WayBack::new(uri.as_str(), mode.unwrap_or(Mode::Query), state);
    let own_host = own_host(&guest.context);
    Ok(match details(query, &registration, &own_host) {
        Ok(details) => {
            let (scopes, challenge, nonce, prompt, login_hint) = details;
            let redirect_uri = redirect_uri.to_owned();
            let question = Question { registration, scopes, redirect_uri, challenge, nonce };
            let place = head.uri.path_and_query().map_or("", |place| place.as_str()).to_owned();
            Ok(Visit { guest, authority, question, way_back, prompt, login_hint, place })
        }
        Err(refusal) => Err((way_back, refusal)),
    })
}

type Details = (driveway_core::oauth::ScopeSet, Option<String>, Option<String>, Prompt, Option<String>);

fn details(query: &Form, registration: &driveway_core::identity::Registration, own_host: &str) -> Outcome<Details> {
    if query.required("response_type")? != "code" {
        let why = "The response_type has to be code.";
        return Err(Refusal::new(Kind::UnsupportedResponseType, 700_054, why));
    }
    if query.field("response_mode")?.is_some_and(|mode| Mode::parse(mode).is_none()) {
        return Err(Refusal::request("The response_mode has to be query, fragment or form_post."));
    }
    for name in ["request", "request_uri"] {
        if query.field(name)?.is_some() {
            return Err(Refusal::request(format!("The parameter {name} isn't offered.")));
        }
    }
    for name in ["state", "nonce"] {
        if query.field(name)?.is_some_and(|text| text.len() > LONGEST) {
            return Err(Refusal::request(format!("The parameter {name} is too long.")));
        }
    }
    let scopes = authorize::scopes(registration, query.required("scope")?, own_host)?;
    let challenge = challenge(query, registration.is_public && !registration.is_without_pkce)?;
    let nonce = query.field("nonce")?.map(str::to_owned);
    let hint = query.field("login_hint")?.map(|hint| hint.chars().take(256).collect());
    Ok((scopes, challenge, nonce, prompt(query.field("prompt")?)?, hint))
}

fn challenge(query: &Form, is_required: bool) -> Outcome<Option<String>> {
    let method = query.field("code_challenge_method")?;
    match query.field("code_challenge")? {
        Some(challenge) if method == Some("S256") => Challenge::parse(challenge)
            .map(|challenge| Some(challenge.as_str().to_owned()))
            .ok_or_else(|| Refusal::request("The code_challenge isn't the base64url of a SHA-256.")),
        Some(_) => Err(Refusal::request("The code_challenge_method has to be S256.")),
        None if is_required => {
            Err(Refusal::request("An application without a secret has to send a code_challenge (PKCE)."))
        }
        None => Ok(None),
    }
}

fn prompt(text: Option<&str>) -> Outcome<Prompt> {
    let mut prompt = Prompt::default();
    for word in text.unwrap_or_default().split_ascii_whitespace() {
        match word {
            "none" => prompt.none = true,
            "login" => prompt.login = true,
            "select_account" => prompt.select_account = true,
            "consent" => prompt.consent = true,
            _ => return Err(Refusal::request("The prompt has to be none, login, select_account or consent.")),
        }
    }
    if prompt.none && (prompt.login || prompt.select_account || prompt.consent) {
        return Err(Refusal::request("The prompt none stands alone."));
    }
    Ok(prompt)
}

impl Visit {
    async fn answer(&self, decision: Option<Body>) -> Result<Response, Error> {
        let guest = &self.guest;
        let person = session::person(&guest.app, &guest.headers, &guest.context).await?;
        let is_taken = |person: &Person| self.authority.takes(&person.tenant);
        let wants_other = person.as_ref().is_some_and(|person| !is_taken(person) || !self.is_hinted(person));
        let person = person.filter(|_| !wants_other);
        let asks_again = decision.is_none() && (self.prompt.login || self.prompt.select_account);
        let Some(person) = person.filter(|_| !asks_again) else {
            if self.prompt.none {
                let why = "Nobody is signed in, and nobody was to be asked.";
                return Ok(self.refused(&Refusal::new(Kind::LoginRequired, 50_058, why)));
            }
            return Ok(self.to_sign_in(wants_other));
        };
        let question = &self.question;
        let is_allowed = authorize::is_allowed(&guest.app, &question.registration, &question.scopes, &person).await?;
        match decision {
            Some(body) => self.decide(&person, body).await,
            None if is_allowed && !self.prompt.consent => self.lead_back(&person).await,
            None if self.prompt.none => {
                let why = "The person hasn't allowed the application this, and wasn't to be asked.";
                Ok(self.refused(&Refusal::new(Kind::ConsentRequired, 65_001, why)))
            }
            None => Ok(self.ask_consent(StatusCode::OK, &person)),
        }
    }

    /// Whether this is the person that the application hinted at, if it did.
    fn is_hinted(&self, person: &Person) -> bool {
        let name = person.user.user_principal_name.to_lowercase();
        self.login_hint.as_ref().is_none_or(|hint| hint.to_lowercase() == name)
    }

    /// Leads to the sign-in and from there to this address again, without what has been done by then.
    fn to_sign_in(&self, wants_other: bool) -> Response {
        let (path, query) = self.place.split_once('?').unwrap_or((&self.place, ""));
        let mut again = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "login_hint" => {}
                "prompt" if self.prompt.consent => drop(again.append_pair("prompt", "consent")),
                "prompt" => {}
                _ => drop(again.append_pair(&name, &value)),
            }
        }
        let next = format!("{path}?{}", again.finish());
        let mut more = Vec::new();
        if let Some(hint) = &self.login_hint {
            more.push(("login_hint", hint.as_str()));
        }
        if wants_other && self.login_hint.is_none() {
            more.push(("other", "1"));
        }
        let place = OwnPath::parse(&sign_in_url(&next, &more)).unwrap_or_else(OwnPath::home);
        self.guest.see_other(&place)
    }

    fn ask_consent(&self, status: StatusCode, person: &Person) -> Response {
        let form = ConsentForm {
            proof: String::new(),
            action: self.place.clone(),
            application: self.question.registration.application.display_name.clone(),
            account: person.user.user_principal_name.clone(),
            switch_url: sign_in_url(&self.place, &[]),
            scopes: self.question.scopes.text(),
            user_code: None,
        };
        let targets = [self.way_back.source()];
        self.guest.form(status, &targets, |proof| ConsentForm { proof, ..form }.render(self.guest.language))
    }

    async fn decide(&self, person: &Person, body: Body) -> Result<Response, Error> {
        let fields = Fields::read(&self.guest.headers, body).await?;
        if !self.guest.proves(&fields)? {
            return Ok(self.ask_consent(StatusCode::FORBIDDEN, person));
        }
        match fields.get("decision") {
            "allow" => {
                let question = &self.question;
                authorize::allow(&self.guest.app, &question.registration, &question.scopes, person).await?;
                self.lead_back(person).await
            }
            "refuse" => Ok(self.refused(&Refusal::new(Kind::AccessDenied, 65_004, "The person refused."))),
            _ => Ok(self.ask_consent(StatusCode::BAD_REQUEST, person)),
        }
    }

    async fn lead_back(&self, person: &Person) -> Result<Response, Error> {
        let code = authorize::code(&self.guest.app, &self.question, person, self.guest.context.now).await?;
        Ok(self.way_back.with(&[("code", code.expose_secret())], self.guest.language))
    }

    fn refused(&self, refusal: &Refusal) -> Response {
        self.way_back.refused(refusal, self.guest.language)
    }
}

/// The page that native applications without a way to listen have people copy the address of.
pub(super) async fn native_client(State(app): State<Arc<App>>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let guest = Guest::read(app, &head);
    let response = guest.page(StatusCode::OK, SignInNotice::CopyAddress.render(guest.language));
    guest.answer(Ok(response))
}

/// Asks whether to sign out: an application can ask for it, the person decides.
pub(super) async fn log_out(State(app): State<Arc<App>>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let guest = Guest::read(app, &head);
    let response = guest.form(StatusCode::OK, &[], |proof| sign_in_pages::sign_out(proof, guest.language));
    guest.answer(Ok(response))
}

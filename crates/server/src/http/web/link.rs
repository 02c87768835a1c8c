//! `/s/{token}/`: what a link opens.
//!
//! Every route here goes through `Door::opened`, which goes through the one gate, `ops::gate::open_link`.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_TYPE, LOCATION, ORIGIN, SET_COOKIE, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;
use driveway_core::audit::{Source, Through};
use driveway_core::error::{Code, Error};
use driveway_core::id::{ItemId, PermissionId};
use driveway_core::item::DriveItem;
use driveway_core::permission::{LinkScope, LinkType, Permission, Role};
use driveway_core::policy::redeem::Decision;
use driveway_core::seal::Purpose;
use secrecy::SecretString;

use super::language::Language;
use super::notices::{PasswordPage, PasswordProblem, TakesFilesPage};
use super::pages::{Audience, Breadcrumb, EmbedPage, FilePage, FolderEntry, FolderPage, Preview};
use super::{Frame, gone, language, page, preview, problem, session, sign_in_page, visit};
use crate::app::App;
use crate::auth::token::Claims;
use crate::http::context::Context;
use crate::http::credentials;
use crate::http::deliver::{Disposition, deliver};
use crate::http::json::read_limited;
use crate::http::{Peer, count, finish, preview_bot};
use crate::ops::content::{content, preview as preview_of};
use crate::ops::gate::{self, Below, Opened, Passage};
use crate::ops::openings::Download;
use crate::ops::{Credentials, Tx, children, password};

/// Items on a page of a folder's listing.
const PAGE: u32 = 200;

/// Bytes that the password form may send.
const FORM_BYTES: usize = 4096;

/// The routes of links.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/s/{token}", get(shared).post(show_password))
        .route("/s/{token}/", get(shared).post(show_password))
        .route("/s/{token}/inline", get(shared_inline))
        .route("/s/{token}/items/{item}", get(below))
        .route("/s/{token}/items/{item}/", get(below))
        .route("/s/{token}/items/{item}/inline", get(below_inline))
        .method_not_allowed_fallback(other_verb)
}

/// What a visitor wants of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Its page, or its bytes with `?download=1`.
    Page,
    /// Its bytes, to be shown in its page.
    Inline,
}

async fn other_verb(request: Request) -> Response {
    let mut response =
        problem(&Error::new(Code::MethodNotAllowed, "A link doesn't take this verb."), language(request.headers()));
    finish(&mut response);
    response
}

async fn shared(State(app): State<Arc<App>>, Path(token): Path<String>, request: Request) -> Response {
    answer(app, token, None, Wanted::Page, request).await
}

async fn shared_inline(State(app): State<Arc<App>>, Path(token): Path<String>, request: Request) -> Response {
    answer(app, token, None, Wanted::Inline, request).await
}

async fn below(State(app): State<Arc<App>>, Path((token, item)): Path<(String, String)>, request: Request) -> Response {
    answer(app, token, Some(item), Wanted::Page, request).await
}

async fn below_inline(
    State(app): State<Arc<App>>,
    Path((token, item)): Path<(String, String)>,
    request: Request,
) -> Response {
    answer(app, token, Some(item), Wanted::Inline, request).await
}

async fn answer(app: Arc<App>, token: String, item: Option<String>, wanted: Wanted, request: Request) -> Response {
    let (head, _body) = request.into_parts();
    let door = Door::read(app, token, &head.headers, &head.uri, head.extensions.get::<Peer>());
    let outcome = match door.opened(item.as_deref(), &head.headers).await {
        Ok(Entry::Open(opened)) => door.show(*opened, wanted, &head).await,
        Ok(Entry::Closed(response)) => Ok(response),
        Err(error) => Err(error),
    };
    let mut response = outcome.unwrap_or_else(|error| problem(&error, door.language));
    count("link", response.status());
    finish(&mut response);
    response
}

/// A visitor at a link.
struct Door {
    app: Arc<App>,
    context: Context,
    language: Language,
    token: String,
    /// The path and query that were asked for, to come back to after signing in.
    place: String,
    /// The link that the token stands for, which may be one that never was.
    link: PermissionId,
}

/// What the gate said, as the visitor gets to see it.
enum Entry {
    Open(Box<Opened>),
    Closed(Response),
}

impl Door {
    fn read(app: Arc<App>, token: String, headers: &HeaderMap, uri: &Uri, peer: Option<&Peer>) -> Self {
        let (context, _) = Context::read(&app, headers, uri, peer);
        let link = credentials::link_of_token(&app, &token);
        let place = uri.path_and_query().map_or("/", |place| place.as_str()).to_owned();
        Self { context, language: language(headers), link, token, place, app }
    }

    fn source(&self) -> Source {
        self.context.source(Through::Page)
    }

    /// Who the visitor is: the bearer of a token, or whoever signed in with the browser.
    async fn bearer(&self, headers: &HeaderMap) -> Result<Option<Claims>, Error> {
        match credentials::bearer(&self.app, headers, &self.context)? {
            Some(claims) => Ok(Some(claims)),
            None => session::claims(&self.app, headers, &self.context).await,
        }
    }

    /// Asks the gate for the shared item or one below it.
    async fn opened(&self, item: Option<&str>, headers: &HeaderMap) -> Result<Entry, Error> {
        let bearer = self.bearer(headers).await?;
        let guess = credentials::link_password(headers)?;
        let link = self.link;
        let item = match item.map(ItemId::parse) {
            None => None,
            Some(Ok(id)) => Some(id),
            Some(Err(_)) => return Ok(Entry::Closed(gone(self.language))),
        };
        let shown =
            credentials::show_password(&self.app, guess, bearer.as_ref(), &self.context, link, Through::Page).await?;
        let visit = shown.or_else(|| visit::read(&self.app, headers, link, self.context.now));
        let source = self.source();
        let credentials = Credentials { bearer, link: Some(link), visit, source, ..Credentials::default() };
        let shown = credentials.clone();
        let now = self.context.now;
        let below =
            move |tx: &mut Tx<'_>| gate::open_link(tx, link, item.map_or(Below::Shared, Below::Id), &credentials, now);
        Ok(match self.app.db.read(below).await? {
            Passage::Open(opened) => Entry::Open(opened),
            Passage::Add(opened) => {
                self.opened_by(Download::of(&opened.access, source, now));
                Entry::Closed(self.takes_files())
            }
            Passage::Closed(decision, permission, why) => {
                self.app.openings.refused_by(link, why, &shown, now);
                Entry::Closed(self.closed(decision, permission.as_ref())?)
            }
        })
    }

    /// The page of a link that takes files: no name, no owner, nothing of the folder (AMB-39).
    fn takes_files(&self) -> Response {
        page(StatusCode::OK, TakesFilesPage::render(self.language), self.language, Frame::Never)
    }

    fn closed(&self, decision: Decision, permission: Option<&Permission>) -> Result<Response, Error> {
        Ok(match decision {
            Decision::Password => self.password_page(permission, None, StatusCode::UNAUTHORIZED),
            Decision::SignIn => sign_in_page(&self.place, self.language),
            Decision::NotForYou => return Err(gate::refusal(decision)),
            // A closed policy looks like a dead link to strangers; whoever made it is told by the API.
            Decision::Closed | Decision::Gone | Decision::Open(_) | Decision::Add => gone(self.language),
        })
    }

    fn password_page(
        &self,
        permission: Option<&Permission>,
        problem: Option<PasswordProblem>,
        status: StatusCode,
    ) -> Response {
        let html = PasswordPage { action_url: self.url(), problem }.render(self.language);
        let frame = permission.map_or(Frame::Never, frame);
        let mut response = page(status, html, self.language, frame);
        if status == StatusCode::UNAUTHORIZED {
            // Not `Basic`: a browser would cover the form with a dialog of its own. Basic is taken all the same.
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("LinkPassword realm=\"link\""));
        }
        response
    }

    fn url(&self) -> String {
        format!("/s/{}/", self.token)
    }

    fn item_url(&self, shared: ItemId, item: ItemId) -> String {
        if item == shared { self.url() } else { format!("/s/{}/items/{item}/", self.token) }
    }

    async fn show(&self, opened: Opened, wanted: Wanted, head: &Parts) -> Result<Response, Error> {
        let (item, headers, uri) = (&opened.access.item, &head.headers, &head.uri);
        let download = Download::of(&opened.access, self.source(), self.context.now);
        // Whoever only looks for a picture to show in a chat gets the page of a link whose downloads are counted.
        let spares = download.is_some_and(|download| download.is_limited) && preview_bot::is_preview(headers);
        let wants_bytes = uri.query().is_some_and(|query| query.split('&').any(|option| option == "download=1"));
        if wanted == Wanted::Page && wants_bytes && !spares {
            let download = download.filter(|_| head.method == Method::GET);
            let content = content(&opened.access)?;
            return deliver(&self.app, &content, Disposition::Attachment, headers, download).await;
        }
        if wanted == Wanted::Inline {
            if opened.access.prevents_download() && !is_for_our_page(headers) {
                return Err(Error::access_denied("This link lets look and not download."));
            }
            self.opened_by(download);
            return deliver(&self.app, &preview_of(&opened.access)?, Disposition::Inline, headers, None).await;
        }
        self.opened_by(download);
        if item.is_folder() { self.folder(opened, uri).await } else { self.file(&opened).await }
    }

    fn opened_by(&self, download: Option<Download>) {
        if let Some(download) = download {
            download.opened(&self.app);
        }
    }

    async fn file(&self, opened: &Opened) -> Result<Response, Error> {
        let item = &opened.access.item;
        let url = self.item_url(opened.permission.item, item.id);
        let media = preview::preview(&self.app, item, format!("{url}inline")).await?;
        let size_bytes = u64::try_from(item.size).unwrap_or(0);
        let download_url = format!("{url}?download=1");
        let is_embed = frame(&opened.permission) == Frame::Anywhere;
        let html = if is_embed {
            EmbedPage { name: item.name.clone(), size_bytes, media, download_url }.render(self.language)
        } else {
            self.file_page(opened, media, size_bytes, download_url).render(self.language)
        };
        Ok(page(StatusCode::OK, html, self.language, frame(&opened.permission)))
    }

    fn file_page(&self, opened: &Opened, media: Preview, size_bytes: u64, download_url: String) -> FilePage {
        FilePage {
            name: opened.access.item.name.clone(),
            size_bytes,
            owner: opened.access.drive.owner_name.clone(),
            expires: opened.expires_at,
            modified: opened.access.item.modified_at,
            media,
            download_url: (!opened.access.prevents_download()).then_some(download_url),
            audience: audience(&opened.permission),
            can_replace: opened.access.role >= Role::Write,
            breadcrumbs: self.breadcrumbs(opened),
        }
    }

    async fn folder(&self, opened: Opened, uri: &Uri) -> Result<Response, Error> {
        let after = page_start(&self.app, uri)?;
        let breadcrumbs = self.breadcrumbs(&opened);
        let Opened { access, permission, expires_at } = opened;
        let can_replace = access.role >= Role::Write;
        let now = self.context.now;
        // The gate has opened the folder in this request; its children lie below it and are opened with it.
        let listed =
            self.app.db.read(move |tx| children::children(tx, access.clone(), after.as_deref(), PAGE, now)).await?;
        let url = self.item_url(permission.item, listed.folder.item.id);
        let next_page =
            listed.next.map(|key| format!("{url}?page={}", self.app.seal.seal(Purpose::Page, key.as_bytes())));
        let html = FolderPage {
            name: listed.folder.item.name.clone(),
            owner: listed.folder.drive.owner_name.clone(),
            expires: expires_at,
            audience: audience(&permission),
            can_replace,
            prevents_download: listed.folder.prevents_download(),
            breadcrumbs,
            entries: listed.items.iter().map(|item| self.entry(item, listed.folder.prevents_download())).collect(),
            previous_page: uri.query().is_some_and(|query| query.starts_with("page=")).then(|| url.clone()),
            next_page,
        }
        .render(self.language);
        Ok(page(StatusCode::OK, html, self.language, frame(&permission)))
    }

    fn entry(&self, item: &DriveItem, prevents_download: bool) -> FolderEntry {
        let url = format!("/s/{}/items/{}/", self.token, item.id);
        FolderEntry {
            name: item.name.clone(),
            is_folder: item.is_folder(),
            size_bytes: u64::try_from(item.size).unwrap_or(0),
            modified: item.modified_at,
            download_url: (!item.is_folder() && !prevents_download).then(|| format!("{url}?download=1")),
            url,
        }
    }

    /// The folders from the shared one down to the item's parent; what lies above the shared one isn't told (P5).
    fn breadcrumbs(&self, opened: &Opened) -> Vec<Breadcrumb> {
        let shared = opened.permission.item;
        if opened.access.item.id == shared {
            return Vec::new();
        }
        let above = opened.access.chain.items.iter().skip(1);
        let mut crumbs = Vec::new();
        for folder in above {
            crumbs.push(Breadcrumb { name: folder.name.clone(), url: self.item_url(shared, folder.id) });
            if folder.id == shared {
                break;
            }
        }
        crumbs.reverse();
        crumbs
    }
}

/// Whether a browser says that it wants the bytes for an element of our own page. It keeps a link that only lets look from
/// being a download; that who sees a picture can keep it is in the nature of seeing.
fn is_for_our_page(headers: &HeaderMap) -> bool {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    said("sec-fetch-site") == "same-origin" && matches!(said("sec-fetch-dest"), "image" | "audio" | "video")
}

fn frame(permission: &Permission) -> Frame {
    match permission.link().map(|link| link.link_type) {
        Some(LinkType::Embed) => Frame::Anywhere,
        _ => Frame::Never,
    }
}

fn audience(permission: &Permission) -> Audience {
    match permission.link().map(|link| link.scope) {
        Some(LinkScope::Organization) => Audience::Organization,
        Some(LinkScope::Users) => Audience::SpecificPeople,
        _ => Audience::Anyone,
    }
}

fn page_start(app: &App, uri: &Uri) -> Result<Option<String>, Error> {
    let Some(token) = uri.query().and_then(|query| query.split('&').find_map(|option| option.strip_prefix("page=")))
    else {
        return Ok(None);
    };
    let key = app.seal.open(Purpose::Page, token).and_then(|bytes| String::from_utf8(bytes).ok());
    key.map(Some).ok_or_else(|| Error::invalid("page", "There is no such page."))
}

/// The password form's answer. A right one is remembered in a cookie for this link alone.
async fn show_password(State(app): State<Arc<App>>, Path(token): Path<String>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let door = Door::read(app, token, &head.headers, &head.uri, head.extensions.get::<Peer>());
    let mut response =
        door.try_password(&head.headers, body).await.unwrap_or_else(|error| problem(&error, door.language));
    count("link.password", response.status());
    finish(&mut response);
    response
}

impl Door {
    async fn try_password(&self, headers: &HeaderMap, body: Body) -> Result<Response, Error> {
        refuse_foreign_form(headers, &self.context)?;
        let bearer = self.bearer(headers).await?;
        let guess = read_form(headers, body).await?;
        let link = self.link;
        // The gate first: a link that is over asks nobody for a password any more.
        let now = self.context.now;
        let source = self.source();
        let credentials = Credentials { bearer: bearer.clone(), link: Some(link), source, ..Credentials::default() };
        let shown = credentials.clone();
        let permission =
            match self.app.db.read(move |tx| gate::open_link(tx, link, Below::Shared, &credentials, now)).await? {
                Passage::Open(_) | Passage::Add(_) => return Ok(self.see_other()),
                Passage::Closed(Decision::Password, Some(permission), _) => permission,
                Passage::Closed(decision, permission, why) => {
                    self.app.openings.refused_by(link, why, &shown, now);
                    return self.closed(decision, permission.as_ref());
                }
            };
        match password::visit(&self.app, link, guess, bearer, self.source(), self.context.client, now).await {
            Ok(Some(visit)) => {
                let mut response = self.see_other();
                if let Some(cookie) =
                    visit::cookie(&self.app, &self.context, visit, &format!("/s/{}", self.token), frame(&permission))
                {
                    response.headers_mut().insert(SET_COOKIE, cookie);
                }
                Ok(response)
            }
            Ok(None) => Ok(gone(self.language)),
            Err(error) if error.code() == Code::AccessDenied => {
                Ok(self.password_page(Some(&permission), Some(PasswordProblem::Wrong), StatusCode::FORBIDDEN))
            }
            Err(error) if error.code() == Code::ActivityLimitReached => {
                let seconds = error.retry_after_seconds().unwrap_or(60);
                let problem = PasswordProblem::TooMany { retry_after_seconds: u64::from(seconds) };
                let mut response = self.password_page(Some(&permission), Some(problem), StatusCode::TOO_MANY_REQUESTS);
                response.headers_mut().insert(axum::http::header::RETRY_AFTER, HeaderValue::from(seconds));
                Ok(response)
            }
            Err(error) => Err(error),
        }
    }

    fn see_other(&self) -> Response {
        let mut response = page(StatusCode::SEE_OTHER, String::new(), self.language, Frame::Never);
        if let Ok(location) = HeaderValue::from_str(&self.url()) {
            response.headers_mut().insert(LOCATION, location);
        }
        response
    }
}

/// A form that another site's page sends is refused: cookies are set for our own pages only (P40).
pub(super) fn refuse_foreign_form(headers: &HeaderMap, context: &Context) -> Result<(), Error> {
    let origin = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok());
    let is_foreign = match origin {
        // A page that sends no referrer has the origin `null` in some browsers' forms; then the fetch metadata decides.
        Some("null") | None => {
            headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none")
        }
        Some(origin) => origin != context.base_url,
    };
    if is_foreign { Err(Error::access_denied("The form was sent by another site.")) } else { Ok(()) }
}

async fn read_form(headers: &HeaderMap, body: Body) -> Result<SecretString, Error> {
    let is_form = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
    if !is_form {
        return Err(Error::new(Code::UnsupportedMediaType, "The password comes as a form."));
    }
    let bytes = read_limited(body, FORM_BYTES).await?;
    let text = std::str::from_utf8(&bytes).unwrap_or("");
    let value = text.split('&').find_map(|pair| pair.strip_prefix("password=")).unwrap_or("");
    let decoded =
        percent_encoding::percent_decode_str(&value.replace('+', " ")).decode_utf8().map(std::borrow::Cow::into_owned);
    Ok(decoded.unwrap_or_default().into())
}

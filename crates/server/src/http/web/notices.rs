//! The pages that show nothing of an item: the questions in front of it, and what went wrong.
//!
//! A gate can't give away what it is never told. That is why these pages take no name, no size and no owner.

use askama::Template;

use super::{
    format::try_again,
    language::Language,
    pages::{Shell, rendered},
    sign_in_text::SignInText,
    text::Text,
};

/// Why a password was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PasswordProblem {
    /// It is not the one.
    Wrong,
    /// It was not looked at: too many were tried.
    TooMany {
        /// When the next one will be looked at.
        retry_after_seconds: u64,
    },
}

/// The question for a password. It can't tell anything about the item, because it is given nothing of it.
#[derive(Debug, Clone)]
pub(crate) struct PasswordPage {
    /// Where the form is posted, as `password`.
    pub(crate) action_url: String,
    /// What happened to the last attempt.
    pub(crate) problem: Option<PasswordProblem>,
}

/// The page for links that need a signed-in reader.
#[derive(Debug, Clone)]
pub(crate) struct SignInPage {
    /// Where one signs in.
    pub(crate) sign_in_url: String,
}

/// The page of a link that takes files and shows nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TakesFilesPage;

/// The one page for expired, revoked, unknown and forged links.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GonePage;

/// The page at `/`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HomePage;

/// A page that says what went wrong.
#[derive(Debug, Clone)]
pub(crate) struct ProblemPage {
    /// The heading.
    pub(crate) title: String,
    /// What the reader can do about it.
    pub(crate) message: String,
    /// The HTTP status.
    pub(crate) status: u16,
    /// The request id, for the operator's log.
    pub(crate) reference: Option<String>,
}

impl ProblemPage {
    /// The page for an HTTP status, in our own words. What isn't in the table is our fault.
    pub(crate) fn for_status(status: u16, retry_after_seconds: Option<u64>, language: Language) -> Self {
        let text = Text::of(language);
        let notice = match status {
            400 | 415 | 416 | 422 => &text.bad_request,
            401 => &text.sign_in,
            403 => &text.forbidden,
            404 | 410 => &text.gone,
            405 => &text.method_not_allowed,
            413 => &text.too_large,
            429 => return Self::too_many_requests(retry_after_seconds, text),
            503 => &text.unavailable,
            _ => &text.internal,
        };
        Self { title: notice.title.to_owned(), message: notice.message.to_owned(), status, reference: None }
    }

    fn too_many_requests(retry_after_seconds: Option<u64>, text: &Text) -> Self {
        Self {
            title: text.too_many_requests.to_owned(),
            message: try_again(retry_after_seconds.unwrap_or(60), text),
            status: 429,
            reference: None,
        }
    }
}

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordTemplate<'a> {
    shell: Shell,
    action_url: &'a str,
    problem: Option<String>,
    wrong: bool,
}

impl PasswordPage {
    /// The page as HTML.
    pub(crate) fn render(&self, language: Language) -> String {
        let text = Text::of(language);
        let problem = self.problem.map(|problem| match problem {
            PasswordProblem::Wrong => text.wrong_password.to_owned(),
            PasswordProblem::TooMany { retry_after_seconds } => {
                format!("{} {}", text.too_many_attempts, try_again(retry_after_seconds, text))
            }
        });
        rendered(&PasswordTemplate {
            shell: Shell::new(text.password_needed.title, language),
            action_url: &self.action_url,
            problem,
            wrong: self.problem == Some(PasswordProblem::Wrong),
        })
    }
}

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticeTemplate<'a> {
    shell: Shell,
    message: &'a str,
    status: Option<u16>,
    reference: Option<&'a str>,
    /// Where a button leads, and what it says.
    action: Option<(&'a str, &'a str)>,
}

impl<'a> NoticeTemplate<'a> {
    fn new(title: &str, message: &'a str, language: Language) -> Self {
        Self { shell: Shell::new(title, language), message, status: None, reference: None, action: None }
    }
}

/// A page of one heading and one paragraph.
pub(super) fn notice(title: &str, message: &str, language: Language) -> String {
    rendered(&NoticeTemplate::new(title, message, language))
}

impl SignInPage {
    /// The page as HTML.
    pub(crate) fn render(&self, language: Language) -> String {
        let said = &Text::of(language).sign_in;
        rendered(&NoticeTemplate {
            action: Some((&self.sign_in_url, SignInText::of(language).sign_in)),
            ..NoticeTemplate::new(said.title, said.message, language)
        })
    }
}

impl TakesFilesPage {
    /// The page as HTML.
    pub(crate) fn render(language: Language) -> String {
        let said = &Text::of(language).takes_files;
        notice(said.title, said.message, language)
    }
}

impl GonePage {
    /// The page as HTML.
    pub(crate) fn render(language: Language) -> String {
        let said = &Text::of(language).gone;
        notice(said.title, said.message, language)
    }
}

impl HomePage {
    /// The page as HTML.
    pub(crate) fn render(language: Language) -> String {
        let said = &Text::of(language).home;
        notice(said.title, said.message, language)
    }
}

impl ProblemPage {
    /// The page as HTML.
    pub(crate) fn render(&self, language: Language) -> String {
        rendered(&NoticeTemplate {
            status: Some(self.status),
            reference: self.reference.as_deref(),
            ..NoticeTemplate::new(&self.title, &self.message, language)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(problem: Option<PasswordProblem>) -> PasswordPage {
        PasswordPage { action_url: "/s/token/".to_owned(), problem }
    }

    #[test]
    fn the_password_page_asks_and_nothing_else() {
        let page = password(None).render(Language::English);
        assert!(page.contains("method=\"post\""));
        assert!(page.contains("name=\"password\""));
        assert!(!page.contains("role=\"alert\""));
        let wrong = password(Some(PasswordProblem::Wrong)).render(Language::English);
        assert!(wrong.contains("role=\"alert\""));
        assert!(wrong.contains("aria-invalid=\"true\""));
        let later = password(Some(PasswordProblem::TooMany { retry_after_seconds: 90 })).render(Language::English);
        assert!(later.contains("in 2 minutes"));
        assert!(!later.contains("aria-invalid"));
    }

    #[test]
    fn every_status_has_words() {
        for language in Language::ALL {
            for status in [400, 401, 403, 404, 405, 410, 413, 415, 429, 500, 503, 418] {
                let page = ProblemPage::for_status(status, Some(30), language);
                assert!(!page.title.is_empty() && !page.message.is_empty());
                assert!(page.render(language).contains(&status.to_string()));
            }
        }
    }
}

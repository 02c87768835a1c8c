//! The pages of signing in, as values that render themselves.

use askama::Template;

use super::format::try_again;
use super::language::Language;
use super::notices::{PasswordProblem, notice};
use super::pages::{Shell, rendered};
use super::sign_in_text::{Ask, SignInText};
use super::text::{Notice, Text};

/// Why the form of a sign-in is shown again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignInProblem {
    /// What became of the password.
    Password(PasswordProblem),
    /// The form was too old.
    Stale,
}

/// The question who somebody is.
#[derive(Debug, Clone)]
pub(crate) struct SignInForm {
    /// The proof that the form is ours.
    pub(crate) proof: String,
    /// Where to go on.
    pub(crate) next: String,
    /// The user name, as far as it is known.
    pub(crate) name: String,
    /// Whether the account that is signed in can't be used there.
    pub(crate) wants_other_account: bool,
    /// What happened to the last attempt.
    pub(crate) problem: Option<SignInProblem>,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInTemplate<'a> {
    shell: Shell,
    text: &'static SignInText,
    page: &'a SignInForm,
    note: Option<&'static str>,
    problem: Option<String>,
}

impl SignInForm {
    /// The page as HTML.
    pub(crate) fn render(&self, language: Language) -> String {
        let (text, common) = (SignInText::of(language), Text::of(language));
        let problem = self.problem.map(|problem| match problem {
            SignInProblem::Password(PasswordProblem::Wrong) => text.wrong.to_owned(),
            SignInProblem::Password(PasswordProblem::TooMany { retry_after_seconds }) => {
                format!("{} {}", common.too_many_attempts, try_again(retry_after_seconds, common))
            }
            SignInProblem::Stale => text.stale_form.to_owned(),
        });
        let note = self.wants_other_account.then_some(text.other_account);
        rendered(&SignInTemplate { shell: Shell::new(text.sign_in, language), text, page: self, note, problem })
    }
}

/// The question whether an application may do what it asks.
#[derive(Debug, Clone)]
pub(crate) struct ConsentForm {
    /// The proof that the form is ours.
    pub(crate) proof: String,
    /// Where the answer is posted, as `decision`.
    pub(crate) action: String,
    /// The application's name.
    pub(crate) application: String,
    /// Who is asked.
    pub(crate) account: String,
    /// Where one goes to be somebody else.
    pub(crate) switch_url: String,
    /// What it asks for: names of scopes.
    pub(crate) scopes: String,
    /// The code that the person typed, if it is a device that asks.
    pub(crate) user_code: Option<String>,
}

#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentTemplate<'a> {
    shell: Shell,
    text: &'static SignInText,
    page: &'a ConsentForm,
    sentences: Vec<&'static str>,
}

impl ConsentForm {
    /// The page as HTML.
    pub(crate) fn render(&self, language: Language) -> String {
        let text = SignInText::of(language);
        let mut sentences: Vec<&'static str> = Vec::new();
        for scope in self.scopes.split_ascii_whitespace() {
            let sentence = text.sentence(Ask::of(scope));
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
        rendered(&ConsentTemplate { shell: Shell::new(text.allow_title, language), text, page: self, sentences })
    }
}

/// The question for the code that a device shows.
#[derive(Debug, Clone)]
pub(crate) struct DeviceForm {
    /// The proof that the form is ours.
    pub(crate) proof: String,
    /// The code, as far as it is known.
    pub(crate) code: String,
    /// Whether the last one was none.
    pub(crate) is_wrong: bool,
}

#[derive(Template)]
#[template(path = "device.html")]
struct DeviceTemplate<'a> {
    shell: Shell,
    text: &'static SignInText,
    page: &'a DeviceForm,
    problem: Option<&'static str>,
}

impl DeviceForm {
    /// The page as HTML.
    pub(crate) fn render(&self, language: Language) -> String {
        let text = SignInText::of(language);
        let problem = self.is_wrong.then_some(text.device_wrong);
        rendered(&DeviceTemplate { shell: Shell::new(text.device_title, language), text, page: self, problem })
    }
}

/// Why a new password isn't taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NewPasswordProblem {
    /// The two differ.
    Differ,
    /// It is too short or too long.
    Length,
    /// The form was too old.
    Stale,
}

/// The question for a new password.
#[derive(Debug, Clone)]
pub(crate) struct NewPasswordForm {
    /// The proof that the form is ours.
    pub(crate) proof: String,
    /// Where it is posted.
    pub(crate) action: String,
    /// Whose password it will be.
    pub(crate) account: String,
    /// What happened to the last one.
    pub(crate) problem: Option<NewPasswordProblem>,
}

#[derive(Template)]
#[template(path = "new_password.html")]
struct NewPasswordTemplate<'a> {
    shell: Shell,
    text: &'static SignInText,
    page: &'a NewPasswordForm,
    problem: Option<&'static str>,
}

impl NewPasswordForm {
    /// The page as HTML.
    pub(crate) fn render(&self, language: Language) -> String {
        let text = SignInText::of(language);
        let problem = self.problem.map(|problem| match problem {
            NewPasswordProblem::Differ => text.passwords_differ,
            NewPasswordProblem::Length => text.password_short,
            NewPasswordProblem::Stale => text.stale_form,
        });
        rendered(&NewPasswordTemplate {
            shell: Shell::new(text.new_password_title, language),
            text,
            page: self,
            problem,
        })
    }
}

/// A page with one button.
struct OneButton {
    message: String,
    action: String,
    fields: Vec<(String, String)>,
    button: &'static str,
}

#[derive(Template)]
#[template(path = "one_button.html")]
struct OneButtonTemplate<'a> {
    shell: Shell,
    page: &'a OneButton,
}

/// The question whether to sign out.
pub(crate) fn sign_out(proof: String, language: Language) -> String {
    let text = SignInText::of(language);
    let page = OneButton {
        message: text.sign_out_message.to_owned(),
        action: "/sign-out".to_owned(),
        fields: vec![("proof".to_owned(), proof)],
        button: text.sign_out,
    };
    rendered(&OneButtonTemplate { shell: Shell::new(text.sign_out_title, language), page: &page })
}

/// The way back to an application that wants its answer as a form.
pub(crate) fn handover(action: String, fields: Vec<(String, String)>, language: Language) -> String {
    let text = SignInText::of(language);
    let page = OneButton { message: text.handover.message.to_owned(), action, fields, button: text.go_on };
    rendered(&OneButtonTemplate { shell: Shell::new(text.handover.title, language), page: &page })
}

/// What signing in came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignInNotice {
    /// Signed in, with nowhere to go on.
    SignedIn,
    /// Signed out.
    SignedOut,
    /// The device got what it asked.
    DeviceAllowed,
    /// The device got nothing.
    DeviceRefused,
    /// The address of this page is to be copied.
    CopyAddress,
}

impl SignInNotice {
    /// The page as HTML.
    pub(crate) fn render(self, language: Language) -> String {
        let text = SignInText::of(language);
        let Notice { title, message } = match self {
            Self::SignedIn => &text.signed_in,
            Self::SignedOut => &text.signed_out,
            Self::DeviceAllowed => &text.device_allowed,
            Self::DeviceRefused => &text.device_refused,
            Self::CopyAddress => &text.copy_address,
        };
        notice(title, message, language)
    }
}

/// The page for an application's mistake, with the sentence for its makers.
pub(crate) fn bad_request(description: &str, language: Language) -> String {
    let title = Text::of(language).bad_request.title;
    notice(title, &format!("{} {description}", SignInText::of(language).bad_request), language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_has_a_sentence_in_every_language() {
        for language in Language::ALL {
            let form = ConsentForm {
                proof: String::new(),
                action: "/x".to_owned(),
                application: "<script>".to_owned(),
                account: "ann@example.com".to_owned(),
                switch_url: "/sign-in".to_owned(),
                scopes: "openid Files.Read Files.ReadWrite Files.Read.All Files.ReadWrite.All Sites.Read.All \
                         Sites.ReadWrite.All SharePointTenantSettings.Read.All SharePointTenantSettings.ReadWrite.All \
                         Directory.Read.All offline_access"
                    .to_owned(),
                user_code: None,
            };
            let html = form.render(language);
            for sentence in SignInText::of(language).ask {
                assert!(html.contains(sentence), "{sentence}");
            }
            assert!(!html.contains("<script>"));
        }
    }
}

//! The pages that show what a link opens, as values that render themselves.
//!
//! Everything here is pure: a page is made of what the gate allowed to be shown, and becomes HTML without looking anything
//! up. The pages need no script, load nothing but our own style sheet and media, and escape every word by the template type.

use askama::Template;
use jiff::Timestamp;

use super::{
    assets::stylesheet_path,
    format::{Moment, Size, honest_name},
    language::Language,
    text::Text,
};

pub(crate) use super::text::Audience;

/// What of a file can be shown on its page. The addresses are of our own origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Preview {
    /// Nothing: unknown, too large, or of an active type.
    None,
    /// A picture.
    Image {
        /// Where the bytes are.
        src: String,
    },
    /// A sound.
    Audio {
        /// Where the bytes are.
        src: String,
        /// Its media type.
        media_type: String,
    },
    /// A film.
    Video {
        /// Where the bytes are.
        src: String,
        /// Its media type.
        media_type: String,
    },
    /// The beginning of a text.
    Text {
        /// The characters to show, as they are.
        excerpt: String,
        /// Whether the file goes on after them.
        truncated: bool,
    },
}

impl Preview {
    fn is_shown(&self) -> bool {
        !matches!(self, Self::None)
    }
}

/// A folder above the page, inside the shared subtree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Breadcrumb {
    /// The folder's name.
    pub(crate) name: String,
    /// Its page.
    pub(crate) url: String,
}

/// The page of one file.
#[derive(Debug, Clone)]
pub(crate) struct FilePage {
    /// The file's name.
    pub(crate) name: String,
    /// Its size.
    pub(crate) size_bytes: u64,
    /// The display name of the owner.
    pub(crate) owner: String,
    /// When the link ends.
    pub(crate) expires: Option<Timestamp>,
    /// When the content last changed.
    pub(crate) modified: Timestamp,
    /// What can be shown of it.
    pub(crate) media: Preview,
    /// Where Download leads, unless the link is for looking only.
    pub(crate) download_url: Option<String>,
    /// Who can use the link.
    pub(crate) audience: Audience,
    /// Whether the link is one for editing.
    pub(crate) can_replace: bool,
    /// The folders from the shared one down to this file's parent; empty when the file itself is shared.
    pub(crate) breadcrumbs: Vec<Breadcrumb>,
}

/// One line of a folder's listing.
#[derive(Debug, Clone)]
pub(crate) struct FolderEntry {
    /// The name of the file or folder.
    pub(crate) name: String,
    /// Whether it is a folder.
    pub(crate) is_folder: bool,
    /// Its size; not shown for folders.
    pub(crate) size_bytes: u64,
    /// When it last changed.
    pub(crate) modified: Timestamp,
    /// Its page.
    pub(crate) url: String,
    /// Where Download leads, for files.
    pub(crate) download_url: Option<String>,
}

/// The page of one folder.
#[derive(Debug, Clone)]
pub(crate) struct FolderPage {
    /// The folder's name.
    pub(crate) name: String,
    /// The display name of the owner.
    pub(crate) owner: String,
    /// When the link ends.
    pub(crate) expires: Option<Timestamp>,
    /// Who can use the link.
    pub(crate) audience: Audience,
    /// Whether the link is one for editing.
    pub(crate) can_replace: bool,
    /// Whether it is for looking only.
    pub(crate) prevents_download: bool,
    /// The folders from the shared one down to this folder's parent; empty on the shared folder itself.
    pub(crate) breadcrumbs: Vec<Breadcrumb>,
    /// What lies in it, in the order to show.
    pub(crate) entries: Vec<FolderEntry>,
    /// The page of the list before this one.
    pub(crate) previous_page: Option<String>,
    /// The page of the list after this one.
    pub(crate) next_page: Option<String>,
}

/// The small page inside somebody else's frame.
#[derive(Debug, Clone)]
pub(crate) struct EmbedPage {
    /// The file's name.
    pub(crate) name: String,
    /// Its size.
    pub(crate) size_bytes: u64,
    /// What can be shown of it.
    pub(crate) media: Preview,
    /// Where Download leads.
    pub(crate) download_url: String,
}

/// What every page has around its content.
pub(super) struct Shell {
    pub(super) lang: &'static str,
    pub(super) stylesheet: &'static str,
    pub(super) title: String,
    pub(super) text: &'static Text,
}

impl Shell {
    pub(super) fn new(title: &str, language: Language) -> Self {
        Self { lang: language.tag(), stylesheet: stylesheet_path(), title: title.to_owned(), text: Text::of(language) }
    }
}

/// How large a heading a name gets: a long name must not push Download off a small screen.
fn name_class(name: &str) -> &'static str {
    match name.chars().count() {
        0..=40 => "name",
        41..=100 => "name long",
        _ => "name longest",
    }
}

/// A template only fails when its writer does, and a `String` doesn't: an empty page stands for the impossible.
pub(super) fn rendered(template: &impl Template) -> String {
    template.render().unwrap_or_default()
}

#[derive(Template)]
#[template(path = "file.html")]
struct FileTemplate<'a> {
    shell: Shell,
    page: &'a FilePage,
    media: &'a Preview,
    name: String,
    name_class: &'static str,
    size: Size,
    expires: Option<Moment>,
    modified: Moment,
    state: &'static str,
}

impl FilePage {
    /// The page as HTML.
    pub(crate) fn render(&self, language: Language) -> String {
        let text = Text::of(language);
        let name = honest_name(&self.name);
        let sentences = if self.can_replace { &text.edit_file } else { &text.view_file };
        rendered(&FileTemplate {
            shell: Shell::new(&name, language),
            page: self,
            media: &self.media,
            name_class: name_class(&name),
            name,
            size: Size::new(self.size_bytes, text),
            expires: self.expires.map(|instant| Moment::new(instant, text)),
            modified: Moment::new(self.modified, text),
            state: if self.download_url.is_some() { sentences.of(self.audience) } else { text.no_download },
        })
    }
}

/// A line of the listing, ready to print.
struct Row<'a> {
    entry: &'a FolderEntry,
    name: String,
    size: Size,
    modified: Moment,
}

#[derive(Template)]
#[template(path = "folder.html")]
struct FolderTemplate<'a> {
    shell: Shell,
    page: &'a FolderPage,
    name: String,
    name_class: &'static str,
    expires: Option<Moment>,
    state: &'static str,
    rows: Vec<Row<'a>>,
}

impl FolderPage {
    /// The page as HTML.
    pub(crate) fn render(&self, language: Language) -> String {
        let text = Text::of(language);
        let name = honest_name(&self.name);
        let sentences = if self.can_replace { &text.edit_folder } else { &text.view_folder };
        rendered(&FolderTemplate {
            shell: Shell::new(&name, language),
            page: self,
            name_class: name_class(&name),
            name,
            expires: self.expires.map(|instant| Moment::new(instant, text)),
            state: if self.prevents_download { text.no_download } else { sentences.of(self.audience) },
            rows: self.entries.iter().map(|entry| Row::new(entry, text)).collect(),
        })
    }
}

impl<'a> Row<'a> {
    fn new(entry: &'a FolderEntry, text: &Text) -> Self {
        Self {
            entry,
            name: honest_name(&entry.name),
            size: Size::new(entry.size_bytes, text),
            modified: Moment::new(entry.modified, text),
        }
    }
}

#[derive(Template)]
#[template(path = "embed.html")]
struct EmbedTemplate<'a> {
    shell: Shell,
    media: &'a Preview,
    name: String,
    size: Size,
    download_url: &'a str,
}

impl EmbedPage {
    /// The page as HTML.
    pub(crate) fn render(&self, language: Language) -> String {
        let name = honest_name(&self.name);
        rendered(&EmbedTemplate {
            shell: Shell::new(&name, language),
            media: &self.media,
            name,
            size: Size::new(self.size_bytes, Text::of(language)),
            download_url: &self.download_url,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::notices::{GonePage, HomePage, PasswordPage, PasswordProblem, ProblemPage, SignInPage};
    use super::*;

    const HOSTILE: &str = "\"><script>alert(1)</script><svg onload='x'>.svg";

    fn instant() -> Timestamp {
        "2026-12-03T04:05:06Z".parse().unwrap()
    }

    fn file(name: &str, media: Preview) -> FilePage {
        FilePage {
            name: name.to_owned(),
            size_bytes: 1_500_000,
            owner: HOSTILE.to_owned(),
            expires: Some(instant()),
            modified: instant(),
            media,
            download_url: Some("?download=1&x=\"y".to_owned()),
            audience: Audience::Anyone,
            can_replace: false,
            breadcrumbs: vec![Breadcrumb { name: HOSTILE.to_owned(), url: "../".to_owned() }],
        }
    }

    fn folder(entries: Vec<FolderEntry>) -> FolderPage {
        FolderPage {
            name: HOSTILE.to_owned(),
            owner: HOSTILE.to_owned(),
            expires: None,
            audience: Audience::Organization,
            can_replace: true,
            prevents_download: false,
            breadcrumbs: Vec::new(),
            entries,
            previous_page: None,
            next_page: Some("?page=2".to_owned()),
        }
    }

    fn entry(is_folder: bool) -> FolderEntry {
        FolderEntry {
            name: HOSTILE.to_owned(),
            is_folder,
            size_bytes: 12,
            modified: instant(),
            url: "a/".to_owned(),
            download_url: (!is_folder).then(|| "a?download=1".to_owned()),
        }
    }

    /// Every kind of page with names that attack.
    fn every_page(language: Language) -> Vec<String> {
        let text = Preview::Text { excerpt: format!("</pre>{HOSTILE}"), truncated: true };
        let embed = EmbedPage {
            name: HOSTILE.to_owned(),
            size_bytes: 3,
            media: Preview::Image { src: HOSTILE.to_owned() },
            download_url: HOSTILE.to_owned(),
        };
        let password = PasswordPage { action_url: HOSTILE.to_owned(), problem: Some(PasswordProblem::Wrong) };
        let mut problem = ProblemPage::for_status(500, None, language);
        problem.reference = Some(HOSTILE.to_owned());
        let mut pages = vec![
            file(HOSTILE, text).render(language),
            folder(vec![entry(true), entry(false)]).render(language),
            embed.render(language),
            password.render(language),
            SignInPage { sign_in_url: "/sign-in".to_owned() }.render(language),
            GonePage::render(language),
            HomePage::render(language),
            problem.render(language),
        ];
        for media in [
            Preview::Image { src: HOSTILE.to_owned() },
            Preview::Audio { src: HOSTILE.to_owned(), media_type: HOSTILE.to_owned() },
            Preview::Video { src: HOSTILE.to_owned(), media_type: HOSTILE.to_owned() },
        ] {
            pages.push(file(HOSTILE, media).render(language));
        }
        pages
    }

    #[test]
    fn nothing_from_outside_becomes_markup() {
        for page in every_page(Language::English) {
            assert!(!page.contains("<script"), "{page}");
            assert!(!page.contains("<svg onload"), "{page}");
            assert!(!page.contains("\"><script"), "an attribute was left: {page}");
            assert!(!page.contains(">alert"), "{page}");
        }
    }

    #[test]
    fn every_page_keeps_the_content_security_policy() {
        for language in Language::ALL {
            for page in every_page(language) {
                for forbidden in [" style=", "<style", "<base", "http://", "https://", "javascript:", "data:"] {
                    assert!(!page.contains(forbidden), "{forbidden} in {page}");
                }
            }
        }
    }

    #[test]
    fn every_page_is_a_whole_document() {
        for language in Language::ALL {
            for page in every_page(language) {
                assert!(page.starts_with("<!doctype html>"), "{page}");
                assert!(page.trim_end().ends_with("</html>"), "{page}");
                assert_eq!(page.matches("<h1").count(), 1, "{page}");
                assert_eq!(page.matches("<main").count(), 1, "{page}");
                for needed in [
                    &format!("<html lang=\"{}\">", language.tag()),
                    "<meta name=\"robots\" content=\"noindex\">",
                    "<meta name=\"referrer\" content=\"no-referrer\">",
                    "<meta name=\"viewport\"",
                    stylesheet_path(),
                ] {
                    assert!(page.contains(needed), "{needed} in {page}");
                }
            }
        }
    }

    #[test]
    fn a_file_shows_what_a_visitor_needs() {
        let page = file("Budget.csv", Preview::None).render(Language::English);
        for needed in ["Budget.csv", "1.5\u{a0}MB", "1,500,000\u{a0}bytes", "UTC", "Download"] {
            assert!(page.contains(needed), "{needed} in {page}");
        }
        assert!(page.contains("datetime=\"2026-12-03T04:05:06Z\""));
        assert!(page.contains(Text::of(Language::English).view_file.of(Audience::Anyone)));
    }

    #[test]
    fn an_edit_link_says_so() {
        let mut page = file("Budget.csv", Preview::None);
        page.can_replace = true;
        assert!(page.render(Language::English).contains("Anyone with the link can edit this file"));
    }

    #[test]
    fn a_folder_lists_and_turns_its_pages() {
        let page = folder(vec![entry(true), entry(false)]).render(Language::English);
        assert_eq!(page.matches("<li class=\"entry\">").count(), 2);
        assert_eq!(page.matches("a?download=1").count(), 1);
        assert!(page.contains("rel=\"next\""));
        assert!(!page.contains("rel=\"prev\""));
        assert!(folder(Vec::new()).render(Language::English).contains("This folder is empty."));
    }
}

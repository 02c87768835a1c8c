//! The files that pages load, compiled into the program.

use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

/// The one style sheet of every page.
pub(crate) const STYLESHEET: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/driveway.css"));

/// The media type that the style sheet is served with.
pub(crate) const STYLESHEET_TYPE: &str = "text/css; charset=utf-8";

/// Where the style sheet is served: `/assets/driveway-{hash}.css`.
///
/// The name changes with the content, so that it may be cached for ever.
pub(crate) fn stylesheet_path() -> &'static str {
    static PATH: LazyLock<String> = LazyLock::new(|| {
        let digest = HEXLOWER.encode(&Sha256::digest(STYLESHEET));
        format!("/assets/driveway-{}.css", digest.chars().take(12).collect::<String>())
    });
    &PATH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_bears_the_hash_of_the_content() {
        let path = stylesheet_path();
        assert!(path.starts_with("/assets/driveway-"));
        assert!(std::path::Path::new(path).extension().is_some_and(|extension| extension == "css"));
        assert_eq!(path.len(), "/assets/driveway-.css".len() + 12);
    }

    #[test]
    fn the_style_sheet_loads_nothing() {
        for forbidden in ["url(", "@import", "http:", "https:", "@font-face"] {
            assert!(!STYLESHEET.contains(forbidden), "{forbidden}");
        }
    }
}

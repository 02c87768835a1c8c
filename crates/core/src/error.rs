//! The one error of the house, in the domain's words.
//!
//! It knows no HTTP: the renderers of the Graph API, of OAuth and of the pages each translate a [`Code`] into a
//! status exhaustively, so that a new code can't be forgotten by one of them.

use std::borrow::Cow;
use std::fmt;

use crate::audit::Refusal;

/// What went wrong, as Graph's error codes name it (behaviour table, section 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// No credential, or one that doesn't verify.
    Unauthenticated,
    /// The caller is known, sees the thing, and lacks the scope or the right.
    AccessDenied,
    /// Policy or the nature of the thing forbids it for everybody.
    NotAllowed,
    /// Absent, or hidden from this caller: the two are never told apart (AMB-61).
    ItemNotFound,
    /// The request itself is wrong.
    InvalidRequest,
    /// Well-formed, but not offered for this kind of item or drive.
    NotSupported,
    /// A sibling has this name already.
    NameAlreadyExists,
    /// A precondition (`if-match`) doesn't hold.
    ResourceModified,
    /// The asked range lies outside the content.
    InvalidRange,
    /// Somebody else has the item checked out (ITEM-01).
    Locked,
    /// What changed since a token of delta can't be told any more (ITEM-06).
    ResyncRequired,
    /// The drive is full.
    QuotaLimitReached,
    /// Too many requests or guesses; see [`Error::retry_after_seconds`].
    ActivityLimitReached,
    /// The address exists, the verb doesn't.
    MethodNotAllowed,
    /// The body isn't of a type that this address takes.
    UnsupportedMediaType,
    /// The body is larger than this address takes.
    PayloadTooLarge,
    /// A request of the same batch on which this one depends failed (MISC-02).
    FailedDependency,
    /// The server is too busy to take this on now; see [`Error::retry_after_seconds`].
    ServiceNotAvailable,
    /// A fault of the server. Its cause is logged and never rendered.
    GeneralException,
}

/// The more precise word that clients may act on (behaviour table, section 4.3; ERR-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Inner {
    /// A date, number or token that doesn't parse, or lies outside its range.
    InvalidParameterFormat,
    /// A text or list that may not be empty is.
    ParameterIsTooSmall,
    /// A text or list is over its limit.
    ParameterIsTooLong,
    /// An unknown or malformed `$` option.
    InvalidQueryOption,
    /// A name or path that no item can have.
    InvalidPath,
    /// A path or name over its limit.
    PathIsTooLong,
    /// A member that can't be changed by PATCH.
    PropertyNotUpdateable,
    /// The `ETag` given isn't the item's.
    EntityTagDoesNotMatch,
    /// The `ETag` given isn't one.
    MalformedEntityTag,
    /// A file over the limit of this way to upload.
    MaxFileSizeExceeded,
    /// A fragment over the limit of fragments.
    MaxFragmentLengthExceeded,
    /// A fragment that leaves a gap.
    FragmentOutOfOrder,
    /// A fragment that overlaps what is there.
    FragmentOverlap,
    /// A body of another length than its range.
    FragmentLengthMismatch,
    /// A session that is to end before everything is there.
    UploadSessionIncomplete,
    /// A session that isn't there, or no more.
    UploadSessionNotFound,
    /// A token whose time is over.
    TokenExpired,
    /// Throttled.
    ThrottledRequest,
    /// Items of this kind can't be shared (CL-28).
    ObjectNotSupported,
    /// Policy closed this way of sharing (AMB-20, AMB-21; the word is ours).
    SharingDisabled,
    /// The password of a link is missing (AMB-33; the word is ours).
    PasswordRequired,
    /// The password of a link is wrong (AMB-04, AMB-33; the word is ours).
    PasswordMismatch,
    /// The link's time is over, told only to those who could list it (AMB-22; the word is ours).
    LinkExpired,
    /// More people than one request may have mailed (INV-07).
    ExchangeMaxRecipients,
    /// Somebody whom mail can't reach (INV-07).
    ExchangeInvalidUser,
    /// The link has to be redeemed before it opens by the API (AMB-34; the word is ours).
    RedemptionRequired,
    /// Enumerate anew; what the server doesn't list is to go (ITEM-06).
    ResyncChangesApplyDifferences,
    /// Enumerate anew; what the server doesn't list is to be sent to it (ITEM-06).
    ResyncChangesUploadDifferences,
}

/// An error with what a client, a person and an operator need to know of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Error {
    code: Code,
    inner: Option<Inner>,
    message: Cow<'static, str>,
    target: Option<Cow<'static, str>>,
    retry_after_seconds: Option<u32>,
    cause: Option<Box<str>>,
    content_bytes: Option<u64>,
    refusal: Option<Refusal>,
}

/// The result of everything that can fail in the domain's words.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error with its code and a sentence for developers. The sentence may change, the code doesn't.
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            inner: None,
            message: message.into(),
            target: None,
            retry_after_seconds: None,
            cause: None,
            content_bytes: None,
            refusal: None,
        }
    }

    /// What a caller gets for everything absent or hidden: one text, so that neither can be told from the other.
    pub fn item_not_found() -> Self {
        Self::new(Code::ItemNotFound, "The resource could not be found.")
    }

    /// The caller may see this and not do that.
    pub fn access_denied(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::AccessDenied, message)
    }

    /// A request that is wrong in itself, with the parameter at fault.
    pub fn invalid(target: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::InvalidRequest, message).target(target)
    }

    /// A range that lies outside of a content of so many bytes.
    pub fn outside_of(content_bytes: u64) -> Self {
        let mut error = Self::new(Code::InvalidRange, format!("The content has {content_bytes} bytes."));
        error.content_bytes = Some(content_bytes);
        error
    }

    /// A fault of ours. `cause` is for the log and never leaves the server.
    pub fn internal(cause: impl fmt::Display) -> Self {
        let mut error = Self::new(Code::GeneralException, "The server met an unexpected problem.");
        error.cause = Some(cause.to_string().into());
        error
    }

    /// The server is busy; a client may try again after so many seconds.
    pub fn busy(retry_after_seconds: u32) -> Self {
        let mut error = Self::new(Code::ServiceNotAvailable, "The server is busy. Try again shortly.");
        error.retry_after_seconds = Some(retry_after_seconds);
        error
    }

    /// Adds the more precise word.
    #[must_use]
    pub fn inner(mut self, inner: Inner) -> Self {
        self.inner = Some(inner);
        self
    }

    /// Names the parameter or member at fault.
    #[must_use]
    pub fn target(mut self, target: impl Into<Cow<'static, str>>) -> Self {
        self.target = Some(target.into());
        self
    }

    /// Tells a client how many seconds to wait.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// Says why a link refused, for its audit trail. No renderer looks at it (P16).
    #[must_use]
    pub fn refused(mut self, why: Option<Refusal>) -> Self {
        self.refusal = why;
        self
    }

    /// Why a link refused, if that is what went wrong.
    pub fn refusal(&self) -> Option<Refusal> {
        self.refusal
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The more precise word, where there is one.
    pub fn inner_code(&self) -> Option<Inner> {
        self.inner
    }

    /// The sentence for developers.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The parameter or member at fault, where there is one.
    pub fn target_name(&self) -> Option<&str> {
        self.target.as_deref()
    }

    /// Seconds to wait before trying again, for [`Code::ActivityLimitReached`] and [`Code::ServiceNotAvailable`].
    pub fn retry_after_seconds(&self) -> Option<u32> {
        self.retry_after_seconds
    }

    /// How many bytes the content has of which something else was asked, for [`Code::InvalidRange`].
    pub fn content_bytes(&self) -> Option<u64> {
        self.content_bytes
    }

    /// What the log should say of a fault of ours.
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.message)?;
        if let Some(cause) = &self.cause {
            write!(f, " ({cause})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

impl Code {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "InvalidAuthenticationToken",
            Self::AccessDenied => "accessDenied",
            Self::NotAllowed | Self::MethodNotAllowed => "notAllowed",
            Self::ItemNotFound => "itemNotFound",
            Self::InvalidRequest | Self::UnsupportedMediaType | Self::PayloadTooLarge => "invalidRequest",
            Self::NotSupported => "notSupported",
            Self::NameAlreadyExists => "nameAlreadyExists",
            Self::ResourceModified => "resourceModified",
            Self::InvalidRange => "invalidRange",
            Self::Locked => "resourceLocked",
            Self::ResyncRequired => "resyncRequired",
            Self::QuotaLimitReached => "quotaLimitReached",
            Self::ActivityLimitReached => "activityLimitReached",
            Self::FailedDependency => "failedDependency",
            Self::ServiceNotAvailable => "serviceNotAvailable",
            Self::GeneralException => "generalException",
        }
    }
}

impl Inner {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidParameterFormat => "invalidParameterFormat",
            Self::ParameterIsTooSmall => "parameterIsTooSmall",
            Self::ParameterIsTooLong => "parameterIsTooLong",
            Self::InvalidQueryOption => "invalidQueryOption",
            Self::InvalidPath => "invalidPath",
            Self::PathIsTooLong => "pathIsTooLong",
            Self::PropertyNotUpdateable => "propertyNotUpdateable",
            Self::EntityTagDoesNotMatch => "entityTagDoesNotMatch",
            Self::MalformedEntityTag => "malformedEntityTag",
            Self::MaxFileSizeExceeded => "maxFileSizeExceeded",
            Self::MaxFragmentLengthExceeded => "maxFragmentLengthExceeded",
            Self::FragmentOutOfOrder => "fragmentOutOfOrder",
            Self::FragmentOverlap => "fragmentOverlap",
            Self::FragmentLengthMismatch => "fragmentLengthMismatch",
            Self::UploadSessionIncomplete => "uploadSessionIncomplete",
            Self::UploadSessionNotFound => "uploadSessionNotFound",
            Self::TokenExpired => "tokenExpired",
            Self::ThrottledRequest => "throttledRequest",
            Self::ObjectNotSupported => "objectNotSupported",
            Self::SharingDisabled => "sharingDisabled",
            Self::PasswordRequired => "passwordRequired",
            Self::PasswordMismatch => "passwordMismatch",
            Self::LinkExpired => "linkExpired",
            Self::ExchangeMaxRecipients => "exchangeMaxRecipients",
            Self::ExchangeInvalidUser => "exchangeInvalidUser",
            Self::RedemptionRequired => "redemptionRequired",
            Self::ResyncChangesApplyDifferences => "resyncChangesApplyDifferences",
            Self::ResyncChangesUploadDifferences => "resyncChangesUploadDifferences",
        }
    }
}

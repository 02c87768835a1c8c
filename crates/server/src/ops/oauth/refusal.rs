//! What goes wrong, in OAuth's words.

use std::borrow::Cow;

use driveway_core::error::{Code, Error};

/// The kinds of refusal (RFC 6749, RFC 8628, OIDC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A parameter is missing, repeated or malformed.
    InvalidRequest,
    /// The application's secret is missing or wrong.
    InvalidClient,
    /// The code, token, password or proof is wrong or over.
    InvalidGrant,
    /// The application isn't known, or may not do this.
    UnauthorizedClient,
    /// A grant that isn't offered.
    UnsupportedGrantType,
    /// An answer that isn't offered.
    UnsupportedResponseType,
    /// A scope that isn't known.
    InvalidScope,
    /// There is no such tenant.
    InvalidTenant,
    /// The person refused.
    AccessDenied,
    /// The person has to sign in, and wasn't to be asked.
    LoginRequired,
    /// The person has to agree, and wasn't to be asked.
    ConsentRequired,
    /// Nobody has answered the device yet.
    AuthorizationPending,
    /// The device asks too often.
    SlowDown,
    /// The person refused the device.
    AuthorizationDeclined,
    /// There is no such device code.
    BadVerificationCode,
    /// The device's code is over.
    ExpiredToken,
    /// Too busy, or too many tries; see [`Refusal::retry_after`].
    TemporarilyUnavailable,
    /// A fault of ours.
    ServerError,
}

impl Kind {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTenant => "invalid_tenant",
            Self::AccessDenied => "access_denied",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::AuthorizationDeclined => "authorization_declined",
            Self::BadVerificationCode => "bad_verification_code",
            Self::ExpiredToken => "expired_token",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::ServerError => "server_error",
        }
    }
}

/// A refusal with what developers are told.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The kind.
    pub kind: Kind,
    /// The number that Microsoft's libraries know the case by; 0 for none.
    pub number: u32,
    /// A sentence for developers.
    pub description: Cow<'static, str>,
    /// `consent_required` where the person has to agree first, so that libraries ask.
    pub suberror: Option<&'static str>,
    /// Seconds to wait before trying again.
    pub retry_after: Option<u32>,
    /// The status was one of too many tries.
    pub is_throttled: bool,
}

impl Refusal {
    /// A refusal.
    pub fn new(kind: Kind, number: u32, description: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, number, description: description.into(), suberror: None, retry_after: None, is_throttled: false }
    }

    /// A parameter that is missing, repeated or malformed.
    pub fn request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::InvalidRequest, 900_144, description)
    }

    /// A code or token that is wrong or over. One text for all reasons.
    pub fn grant() -> Self {
        Self::new(Kind::InvalidGrant, 70_008, "The code or token is wrong, has expired, or was revoked. Sign in again.")
    }

    /// The person has to agree first.
    pub fn consent() -> Self {
        let mut refusal =
            Self::new(Kind::InvalidGrant, 65_001, "The person hasn't allowed the application what it asks for.");
        refusal.suberror = Some("consent_required");
        refusal
    }

    /// The account isn't of the tenant that the address names.
    pub fn tenant() -> Self {
        Self::new(Kind::InvalidGrant, 50_020, "The account doesn't belong to the tenant that the address names.")
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        if let Some(cause) = error.cause() {
            tracing::error!(cause, "a sign-in failed");
        }
        let mut refusal = match error.code() {
            Code::ActivityLimitReached => Self::new(Kind::TemporarilyUnavailable, 50_196, error.message().to_owned()),
            Code::ServiceNotAvailable => Self::new(Kind::TemporarilyUnavailable, 90_033, error.message().to_owned()),
            Code::InvalidRequest | Code::PayloadTooLarge | Code::UnsupportedMediaType => {
                Self::request(error.message().to_owned())
            }
            _ => Self::new(Kind::ServerError, 90_000, "The server met an unexpected problem."),
        };
        refusal.is_throttled = error.code() == Code::ActivityLimitReached;
        refusal.retry_after = error.retry_after_seconds();
        refusal
    }
}

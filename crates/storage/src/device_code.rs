//! Sign-ins of devices that have no browser: a code for the device, and one for the person to type elsewhere.

use driveway_core::Result;
use driveway_core::id::{ApplicationId, UserId};
use driveway_core::item::Sha256;
use jiff::Timestamp;

use crate::db::Row;
use crate::tx::{Tx, values};

/// How far the sign-in of a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceState {
    /// Nobody has answered.
    Pending,
    /// Somebody allowed it.
    Allowed,
    /// Somebody refused it.
    Denied,
}

impl DeviceState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Allowed => "allowed",
            Self::Denied => "denied",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Allowed, Self::Denied].into_iter().find(|state| state.as_str() == text)
    }
}

/// The sign-in of a device that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeviceCode {
    /// The application.
    pub application: ApplicationId,
    /// Whom it is for, as [`Authority`](driveway_core::oauth::Authority) is written.
    pub authority: String,
    /// What it asks for, parted by spaces.
    pub scopes: String,
    /// Seconds that the device has to wait between two questions.
    pub interval_seconds: i64,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// The sign-in of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceCode {
    /// The hash of the device's code.
    pub device: Sha256,
    /// What it began as.
    pub new: NewDeviceCode,
    /// How far it is.
    pub state: DeviceState,
    /// Who answered, and the version of their password then.
    pub user: Option<(UserId, i64)>,
    /// When the device asked last.
    pub asked_at: Option<Timestamp>,
}

const BY_DEVICE: &str =
    "SELECT device_hash, application_id, authority, scopes, interval_seconds, expires_at, state, asked_at,
           user_id, password_version
    FROM device_codes WHERE device_hash = $1";

const BY_PERSON: &str =
    "SELECT device_hash, application_id, authority, scopes, interval_seconds, expires_at, state, asked_at,
           user_id, password_version
    FROM device_codes WHERE user_code_hash = $1 AND expires_at > $2 AND state = 'pending'";

impl Tx<'_> {
    /// Keeps the sign-in of a device under the hashes of its two codes.
    pub fn insert_device_code(&mut self, device: Sha256, user_code: Sha256, new: &NewDeviceCode) -> Result<()> {
        let sql = "INSERT INTO device_codes (device_hash, user_code_hash, application_id, authority, scopes, state,
                                             interval_seconds, expires_at)
                   VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7)";
        let NewDeviceCode { application, authority, scopes, interval_seconds, expires_at } = new;
        self.execute(sql, values![device, user_code, *application, authority, scopes, *interval_seconds, *expires_at])
            .map(drop)
    }

    /// The sign-in of this device's code, whether or not it is still good.
    pub fn device_code(&mut self, device: Sha256) -> Result<Option<DeviceCode>> {
        self.one(BY_DEVICE, values![device], read)
    }

    /// The sign-in that waits for an answer under this person's code.
    pub fn device_code_of_user_code(&mut self, user_code: Sha256, now: Timestamp) -> Result<Option<DeviceCode>> {
        self.one(BY_PERSON, values![user_code, now], read)
    }

    /// Notes when the device asked, and how long it has to wait from now on.
    pub fn ask_device_code(&mut self, device: Sha256, now: Timestamp, interval_seconds: i64) -> Result<()> {
        let sql = "UPDATE device_codes SET asked_at = $2, interval_seconds = $3 WHERE device_hash = $1";
        self.change(sql, values![device, now, interval_seconds])
    }

    /// Answers a sign-in that waits, and tells whether it was still waiting.
    pub fn answer_device_code(
        &mut self,
        device: Sha256,
        state: DeviceState,
        user: UserId,
        password_version: i64,
    ) -> Result<bool> {
        let sql = "UPDATE device_codes SET state = $2, user_id = $3, password_version = $4
                   WHERE device_hash = $1 AND state = 'pending'";
        Ok(self.execute(sql, values![device, state.as_str(), user, password_version])? == 1)
    }

    /// Ends the sign-in of a device.
    pub fn delete_device_code(&mut self, device: Sha256) -> Result<()> {
        self.execute("DELETE FROM device_codes WHERE device_hash = $1", values![device]).map(drop)
    }
}

fn read(row: &mut Row<'_>) -> crate::error::Result<DeviceCode> {
    let device = row.get()?;
    let new = NewDeviceCode {
        application: row.get()?,
        authority: row.get()?,
        scopes: row.get()?,
        interval_seconds: row.get()?,
        expires_at: row.get()?,
    };
    let state = row.word(DeviceState::parse)?;
    let asked_at = row.maybe()?;
    let user = match (row.maybe()?, row.maybe()?) {
        (Some(user), Some(version)) => Some((user, version)),
        _ => None,
    };
    Ok(DeviceCode { device, new, state, user, asked_at })
}

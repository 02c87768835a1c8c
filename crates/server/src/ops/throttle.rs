//! How many requests one caller may make in a minute, and throttling on purpose for those who test what their application
//! makes of it.
//!
//! Who has no token is told apart by address. A batch is no request; each of its parts is one.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::Result;
use super::pace::{CallerKey, Pace, Room, throttled};
use crate::auth::token::Claims;

/// Who makes requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Who {
    Caller(CallerKey),
    Address(IpAddr),
}

/// Requests that are refused on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Provoked {
    /// How many more.
    pub requests: u32,
    /// After how many seconds each of them is told to come again.
    pub retry_after_seconds: u32,
}

/// The requests of late.
#[derive(Debug, Default)]
pub struct Throttle {
    pace: Pace<Who>,
    provoked: Mutex<Provoked>,
}

impl Throttle {
    /// Lets a request in, and says what room it leaves; `None` where there is no limit.
    pub fn admit(
        &self,
        bearer: Option<&Claims>,
        client: IpAddr,
        per_minute: u32,
        now: Timestamp,
    ) -> Result<Option<Room>> {
        {
            let mut provoked = self.lock();
            if provoked.requests > 0 {
                provoked.requests -= 1;
                let message = "This request is refused because an administrator wants to see what becomes of it.";
                return Err(throttled(message, provoked.retry_after_seconds));
            }
        }
        let who = match bearer {
            Some(claims) => Who::Caller((claims.application, claims.user)),
            None => Who::Address(household(client)),
        };
        self.pace.take(who, per_minute, "Too many requests at once. Try again shortly.", now)
    }

    /// Refuses the next requests, whoever makes them.
    pub fn provoke(&self, provoked: Provoked) {
        *self.lock() = provoked;
    }

    /// What is still to be refused on purpose.
    pub fn provoked(&self) -> Provoked {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, Provoked> {
        self.provoked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An address as it counts: of IPv6 the first 64 bits, of which one household has all the others.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        address @ IpAddr::V4(_) => address,
    }
}

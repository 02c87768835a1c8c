//! From a receiver's name to addresses that may be called: looked up for each call anew, and connected to as they were judged.
//!
//! There is no second look-up between the judgement and the connection, in which a name could come to mean something else.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;

use driveway_core::outbound::{IpNetwork, is_public};
use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;

/// Look-ups at once. One that hangs holds a thread, of which there are few.
const LOOKUPS: usize = 16;

/// Whoever knows the addresses of names.
pub trait Names: fmt::Debug + Send + Sync {
    /// The addresses of a name, in the order in which they should be tried.
    fn look_up(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The operating system.
#[derive(Debug)]
pub struct SystemNames {
    free: Arc<Semaphore>,
}

impl Default for SystemNames {
    fn default() -> Self {
        Self { free: Arc::new(Semaphore::new(LOOKUPS)) }
    }
}

impl Names for SystemNames {
    fn look_up(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let free = Arc::clone(&self.free);
        Box::pin(async move {
            let permit = free.acquire_owned().await.map_err(io::Error::other)?;
            let looking = tokio::task::spawn_blocking(move || {
                // Whoever waits may give up; the thread is held until the system has an answer.
                let _permit = permit;
                let found = (name.as_str(), 0).to_socket_addrs()?;
                Ok(found.map(|address| address.ip()).collect())
            });
            looking.await.map_err(io::Error::other)?
        })
    }
}

/// Which addresses may be called.
#[derive(Debug, Clone)]
pub struct Rule {
    allowed: Arc<[IpNetwork]>,
    /// Whether the public internet may be called, and not only what is allowed besides.
    is_public_allowed: bool,
}

impl Rule {
    /// For calls that are encrypted: the public internet, and these networks.
    pub fn encrypted(allowed: &[IpNetwork]) -> Self {
        Self { allowed: allowed.into(), is_public_allowed: true }
    }

    /// For calls that aren't: these networks only.
    pub fn unencrypted(allowed: &[IpNetwork]) -> Self {
        Self { allowed: allowed.into(), is_public_allowed: false }
    }

    /// Whether an address may be called.
    pub fn allows(&self, address: IpAddr) -> bool {
        (self.is_public_allowed && is_public(address)) || self.allowed.iter().any(|network| network.contains(address))
    }
}

/// The address behind a name is none that may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no address that may be called")]
pub struct Forbidden;

/// Looks names up and gives only what the rule allows.
#[derive(Debug, Clone)]
pub(super) struct JudgedNames {
    pub(super) names: Arc<dyn Names>,
    pub(super) rule: Rule,
}

impl Resolve for JudgedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, rule) = (self.names.look_up(name.as_str().to_owned()), self.rule.clone());
        Box::pin(async move {
            let addresses: Vec<SocketAddr> = found
                .await?
                .into_iter()
                .filter(|address| rule.allows(*address))
                .map(|address| SocketAddr::new(address, 0))
                .collect();
            if addresses.is_empty() {
                return Err(Forbidden.into());
            }
            let addresses: Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_encrypted_stays_in_networks_that_are_allowed() {
        let allowed = ["10.0.0.0/8".parse().unwrap()];
        let (encrypted, unencrypted) = (Rule::encrypted(&allowed), Rule::unencrypted(&allowed));
        for (address, if_encrypted, if_not) in [
            ("8.8.8.8", true, false),
            ("10.1.2.3", true, true),
            ("::ffff:10.1.2.3", true, true),
            ("127.0.0.1", false, false),
            ("169.254.169.254", false, false),
        ] {
            let address = address.parse().unwrap();
            assert_eq!((encrypted.allows(address), unencrypted.allows(address)), (if_encrypted, if_not), "{address}");
        }
    }
}

//! Visitors' addresses are personal data: how much of them is kept is a setting.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// How much of an address an audit trail keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Addresses {
    /// All of it.
    Full,
    /// The /24 of an IPv4 address, the /48 of an IPv6 address: a neighbourhood and no household.
    #[default]
    Shortened,
    /// Nothing.
    None,
}

impl Addresses {
    /// What is kept of an address. An IPv4 address in IPv6's clothes is an IPv4 address.
    pub fn keep(self, address: IpAddr) -> Option<Network> {
        let address = address.to_canonical();
        match (self, address) {
            (Self::None, _) => None,
            (Self::Full, _) => Some(Network { address, prefix: None }),
            (Self::Shortened, IpAddr::V4(address)) => {
                let [a, b, c, _] = address.octets();
                Some(Network { address: Ipv4Addr::new(a, b, c, 0).into(), prefix: Some(24) })
            }
            (Self::Shortened, IpAddr::V6(address)) => {
                let [a, b, c, ..] = address.segments();
                Some(Network { address: Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).into(), prefix: Some(48) })
            }
        }
    }
}

/// An address, or the network that is kept of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    address: IpAddr,
    prefix: Option<u8>,
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.prefix {
            None => self.address.fmt(f),
            Some(prefix) => write!(f, "{}/{prefix}", self.address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_an_address_is_what_the_setting_says() {
        let kept = |how: Addresses, address: &str| how.keep(address.parse().unwrap()).map(|kept| kept.to_string());
        assert_eq!(kept(Addresses::Full, "203.0.113.77").as_deref(), Some("203.0.113.77"));
        assert_eq!(kept(Addresses::Shortened, "203.0.113.77").as_deref(), Some("203.0.113.0/24"));
        assert_eq!(kept(Addresses::Shortened, "::ffff:203.0.113.77").as_deref(), Some("203.0.113.0/24"));
        assert_eq!(kept(Addresses::Shortened, "2001:db8:1:2:3::4").as_deref(), Some("2001:db8:1::/48"));
        assert_eq!(kept(Addresses::None, "203.0.113.77"), None);
    }
}

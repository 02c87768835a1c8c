//! The settings of webhooks: where programs that subscribed to changes may be called.

use std::path::PathBuf;

use anyhow::bail;
use driveway_core::outbound::IpNetwork;
use serde::{Deserialize, Serialize};

/// How programs that subscribed to changes are called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookConfig {
    /// A PEM file of certificate authorities that are believed besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Networks that may be called although they aren't the public internet. In them `http://` is allowed too.
    pub allow_private: Vec<IpNetwork>,
    /// Seconds that one call may take.
    pub timeout_seconds: u32,
    /// Subscriptions that a person may have through one application, or the application for itself.
    pub subscriptions: u32,
    /// Subscriptions that there may be to one drive and what is in it.
    pub subscriptions_per_drive: u32,
}

impl Default for WebhookConfig {
    fn default() -> Self {
        Self {
            ca_file: None,
            allow_private: Vec::new(),
            timeout_seconds: 10,
            subscriptions: 100,
            subscriptions_per_drive: 1000,
        }
    }
}

impl WebhookConfig {
    /// Checks what types can't.
    pub(super) fn validate(&self) -> anyhow::Result<()> {
        // An attempt has to be over before the next one may begin, which is ten seconds later at the earliest.
        if !(1..=10).contains(&self.timeout_seconds) {
            bail!("webhooks.timeout_seconds is 1 to 10");
        }
        Ok(())
    }

    /// Lets this machine be called, for a demo.
    pub fn allow_loopback(&mut self) {
        self.allow_private.extend([IpNetwork::LOOPBACK_V4, IpNetwork::LOOPBACK_V6]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_and_others_refused() {
        let read = |text: &str| toml::from_str::<WebhookConfig>(text);
        let config = read("allow_private = [\"10.0.0.0/8\", \"fd00::/8\"]").unwrap();
        assert_eq!(config.allow_private.len(), 2);
        assert!(read("allow_private = [\"10.0.0.0/40\"]").is_err() && read("allow_all = true").is_err());
        for timeout_seconds in [0, 11] {
            assert!(WebhookConfig { timeout_seconds, ..WebhookConfig::default() }.validate().is_err());
        }
        let mut demo = WebhookConfig::default();
        demo.allow_loopback();
        assert!(demo.allow_private.iter().any(|network| network.contains("127.0.0.1".parse().unwrap())));
        assert!(demo.allow_private.iter().any(|network| network.contains("::1".parse().unwrap())));
    }
}

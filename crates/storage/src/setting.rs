//! Settings of this instance, such as which key seals now.

use driveway_core::Result;

use crate::db::only;
use crate::tx::{Tx, values};

impl Tx<'_> {
    /// The setting's value.
    pub fn setting(&mut self, key: &str) -> Result<Option<String>> {
        self.one("SELECT value FROM instance_settings WHERE key = $1", values![key], only)
    }

    /// Sets or replaces it.
    pub fn set_setting(&mut self, key: &str, value: &str) -> Result<()> {
        let sql = "INSERT INTO instance_settings (key, value) VALUES ($1, $2)
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.execute(sql, values![key, value]).map(drop)
    }
}

//! The names that a local certificate is for.

use url::Url;

use crate::config::Config;

/// This machine's own names, the host that is listened on and the public one, and those that are configured. A fixed list:
/// what a client asks for adds nothing to it.
pub(super) fn of(config: &Config) -> Vec<String> {
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
    let listened = config.listen.ip().to_canonical();
    if !listened.is_unspecified() {
        names.push(listened.to_string());
    }
    let public = config.public_url.as_deref().and_then(|url| Url::parse(url).ok());
    // A name outside ASCII is the ASCII one by now, and an IPv6 address stands in brackets.
    if let Some(host) = public.as_ref().and_then(Url::host_str) {
        names.push(host.trim_start_matches('[').trim_end_matches(']').to_owned());
    }
    for name in config.tls.names.iter().map(|name| name.to_ascii_lowercase()) {
        names.push(name);
    }
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::TlsConfig;

    #[test]
    fn each_name_is_there_once() {
        let config = Config {
            listen: "192.0.2.7:443".parse().unwrap(),
            public_url: Some("https://B\u{fc}cher.example:8443".into()),
            tls: TlsConfig { names: vec!["LOCALHOST".into(), "graph.example".into()], ..TlsConfig::default() },
            ..Config::default()
        };
        let all = ["localhost", "127.0.0.1", "::1", "192.0.2.7", "xn--bcher-kva.example", "graph.example"];
        assert_eq!(of(&config), all);
        let open =
            Config { listen: "[::]:1".parse().unwrap(), public_url: Some("https://[2001:db8::1]".into()), ..config };
        assert_eq!(of(&open), ["localhost", "127.0.0.1", "::1", "2001:db8::1", "graph.example"]);
    }
}

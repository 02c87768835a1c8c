//! The command line, as a person or a script meets it: the real program, its output, its exit codes.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use driveway::app::App;
use driveway::config::Config;
use driveway::entropy::Entropy;
use driveway_core::audit::{By, Kind};
use driveway_core::drive::DriveOwner;
use driveway_core::id::PermissionId;
use driveway_storage::NewEvent;
use serde_json::Value;
use tempfile::TempDir;

/// A program that runs until the value goes.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn driveway(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_driveway"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("DRIVEWAY_") {
            command.env_remove(name);
        }
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs a command on a data directory to its end.
fn run(data: &Path, arguments: &[&str]) -> Output {
    driveway(arguments).arg("--data").arg(data).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[track_caller]
fn works(data: &Path, arguments: &[&str]) -> String {
    let output = run(data, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    said(&output)
}

/// A command that fails: nothing on standard output, a reason on standard error, this exit code.
#[track_caller]
fn fails(data: &Path, arguments: &[&str], code: i32) -> String {
    let output = run(data, arguments);
    let complaint = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {complaint}");
    assert_eq!(said(&output), "", "{arguments:?}");
    assert!(!complaint.is_empty(), "{arguments:?}");
    complaint
}

/// Starts a server and reads what it prints until a line that says where it is.
fn start(data: &Path, arguments: &[&str]) -> (Running, String) {
    let mut command = driveway(arguments);
    command.arg("--data").arg(data).args(["--listen", "127.0.0.1:0"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let running = Running(child);
    let mut printed = String::new();
    for line in lines {
        let line = line.unwrap();
        printed.push_str(&line);
        printed.push('\n');
        if line.contains(" at http") {
            return (running, printed);
        }
    }
    panic!("the server ended: {printed}");
}

/// A demo that was started once, and its ready file.
fn demo() -> (TempDir, PathBuf, Value) {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let ready = ready(&data, &directory.path().join("ready.json"));
    (directory, data, ready)
}

fn ready(data: &Path, file: &Path) -> Value {
    ready_with(data, file, "off")
}

fn ready_with(data: &Path, file: &Path, tls: &str) -> Value {
    let (running, _) = start(data, &["demo", "--ready-file", file.to_str().unwrap(), "--tls", tls]);
    drop(running);
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions()) & 0o777
}

#[test]
fn the_ready_file_has_every_member_and_is_its_owners() {
    let (directory, _, ready) = demo();
    for member in ["baseUrl", "graphUrl", "issuer"] {
        assert!(ready[member].as_str().is_some_and(|text| !text.is_empty()), "{member}");
    }
    assert_eq!(ready["graphUrl"], format!("{}/v1.0", ready["baseUrl"].as_str().unwrap()));
    for (list, members, least) in [
        ("applications", &["clientId", "displayName", "clientSecret"][..], 2),
        ("users", &["id", "userPrincipalName", "kind", "password", "driveId", "accessToken"], 4),
        ("items", &["driveId", "id", "name", "path"], 24),
    ] {
        let entries = ready[list].as_array().unwrap();
        assert!(entries.len() >= least, "{list}: {}", entries.len());
        for entry in entries {
            for member in members {
                assert!(entry[member].as_str().is_some_and(|text| !text.is_empty()), "{list}.{member}");
            }
        }
    }
    for (library, member) in
        [("group", "id"), ("group", "driveId"), ("site", "id"), ("site", "driveId"), ("tenant", "id")]
    {
        assert!(ready[library][member].is_string(), "{library}.{member}");
    }
    let kinds = |kind| ready["users"].as_array().unwrap().iter().filter(|user| user["kind"] == kind).count();
    assert_eq!((kinds("business"), kinds("personal"), kinds("admin")), (2, 1, 1));
    assert_eq!(ready["users"][0]["kind"], "business");
    #[cfg(unix)]
    assert_eq!(mode(&directory.path().join("ready.json")), 0o600);
}

#[test]
fn a_demo_goes_on_where_it_was() {
    let (directory, data, first) = demo();
    let file = directory.path().join("ready.json");
    fs::write(&file, "old").unwrap();
    let second = ready(&data, &file);
    let ids = |ready: &Value| -> Vec<Value> {
        let without_tokens = |mut entry: Value| {
            entry.as_object_mut().unwrap().remove("accessToken");
            entry
        };
        let users = ready["users"].as_array().unwrap().iter().cloned().map(without_tokens).collect();
        let same = ["issuer", "tenant", "applications", "group", "site", "items"];
        same.iter().map(|member| ready[*member].clone()).chain([Value::Array(users)]).collect()
    };
    assert_eq!(ids(&first), ids(&second));
}

#[cfg(unix)]
#[test]
fn keys_are_their_owners_alone() {
    let (_directory, data, _) = demo();
    let keys: Vec<PathBuf> = fs::read_dir(data.join("keys")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(keys.len(), 2, "{keys:?}");
    for key in keys {
        assert_eq!(mode(&key), 0o600, "{}", key.display());
    }
}

/// Clients that trust the authority go on trusting the server after it was started again.
#[test]
fn a_local_authority_is_made_once_and_its_key_is_its_owners_alone() {
    let directory = tempfile::tempdir().unwrap();
    let (data, file) = (directory.path().join("data"), directory.path().join("ready.json"));
    let ready = ready_with(&data, &file, "local");
    assert!(ready["baseUrl"].as_str().unwrap().starts_with("https://localhost:"), "{}", ready["baseUrl"]);
    let ca = PathBuf::from(ready["caCertificate"].as_str().unwrap());
    assert!(ca.is_absolute() && ca.ends_with("data/tls/ca.pem"), "{}", ca.display());
    let first = fs::read(&ca).unwrap();
    #[cfg(unix)]
    assert_eq!((mode(&data.join("tls/ca-key.pem")), mode(&ca)), (0o600, 0o644));
    assert_eq!(ready_with(&data, &file, "local")["caCertificate"], ready["caCertificate"]);
    assert_eq!(fs::read(&ca).unwrap(), first);
    assert!(ready_with(&data, &file, "off").get("caCertificate").is_none());

    fs::remove_file(data.join("tls/ca-key.pem")).unwrap();
    let complaint = fails(&data, &["serve", "--listen", "127.0.0.1:0", "--tls", "local"], 1);
    assert!(complaint.contains("ca-key.pem is missing"), "{complaint}");
}

#[test]
fn a_server_with_a_certificate_says_https_and_how_to_trust_it() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let (running, printed) = start(&data, &["serve", "--tls", "local"]);
    drop(running);
    assert!(printed.contains(" at https://localhost:"), "{printed}");
    for nonsense in ["on", "cert.pem", "cert.pem,"] {
        fails(&data, &["serve", "--tls", nonsense], 2);
    }
    let missing = fails(&data, &["serve", "--listen", "127.0.0.1:0", "--tls", "/nowhere/a.pem,/nowhere/b.pem"], 1);
    assert!(missing.contains("/nowhere/a.pem"), "{missing}");
    let plain = ["serve", "--listen", "127.0.0.1:0", "--tls", "local", "--public-url", "http://files.example.com"];
    assert!(fails(&data, &plain, 1).contains("public_url"));
}

#[test]
fn serve_on_an_empty_directory_makes_an_administrator_and_says_how_to_get_a_token() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let (running, printed) = start(&data, &["serve"]);
    drop(running);
    assert!(printed.contains("administrator"), "{printed}");
    let line = printed.lines().find(|line| line.trim().starts_with("driveway token ")).unwrap();
    let client = line.split("--client-id ").nth(1).unwrap().split(' ').next().unwrap();
    let upn = line.split("--user ").nth(1).unwrap().split(' ').next().unwrap();
    let token = works(&data, &["token", "--user", upn, "--client-id", client, "--scope", "Files.ReadWrite.All"]);
    assert_eq!(token.trim().split('.').count(), 3, "{token}");
    let (running, printed) = start(&data, &["serve"]);
    drop(running);
    assert!(!printed.contains("administrator"), "once: {printed}");
}

#[test]
fn people_are_added_listed_disabled_and_enabled() {
    let (_directory, data, _) = demo();
    let added = works(&data, &["user", "add", "ann@harbour.example", "--display-name", "Ann"]);
    assert!(added.contains("ann@harbour.example drive b!"), "{added}");
    let personal = works(&data, &["user", "add", "joe@personal.example", "--kind", "personal"]);
    assert!(personal.contains(" drive ") && !personal.contains("b!"), "{personal}");
    works(&data, &["user", "disable", "ann@harbour.example"]);
    let line =
        |name: &str| works(&data, &["user", "list"]).lines().find(|line| line.contains(name)).unwrap().to_owned();
    assert!(line("ann@").ends_with("Ann (disabled)"));
    works(&data, &["user", "enable", "ann@harbour.example"]);
    assert!(line("ann@").ends_with(" Ann"));
    fails(&data, &["user", "add", "ANN@harbour.example"], 1);
    for name in ["not-an-address", "ann@[127.0.0.1]", "ann@*.example", "ann@harbour_.example"] {
        fails(&data, &["user", "add", name], 1);
    }
    // One domain in two spellings: one account.
    fails(&data, &["user", "add", "ann@h\u{ff41}rbour.example"], 1);
    fails(&data, &["user", "disable", "nobody@harbour.example"], 1);
    fails(&data, &["user", "add"], 2);
}

#[test]
fn groups_sites_and_applications_are_added_and_listed() {
    let (_directory, data, _) = demo();
    let owner = ["--owner", "alice@harbour.example", "--member", "bob@harbour.example"];
    let group = works(&data, &[&["group", "add", "Divers"], &owner[..]].concat());
    let group_id = group.split(' ').next().unwrap();
    assert!(works(&data, &["group", "list"]).contains(&format!("{group_id} Divers")));
    fails(&data, &["group", "add", "Nobody's"], 2);
    fails(&data, &["group", "add", "Strangers", "--owner", "nobody@harbour.example"], 1);

    works(&data, &["site", "add", "diving", "--display-name", "Diving", "--group", group_id]);
    assert!(works(&data, &["site", "list"]).contains(" diving Diving"));
    fails(&data, &["site", "add", "a/b", "--group", group_id], 1);
    fails(&data, &["site", "add", "x", "--group", "nonsense"], 1);

    let app = works(&data, &["app", "add", "Script"]);
    let client = app.lines().next().unwrap().trim_start_matches("client id ").to_owned();
    let secret = app.lines().nth(1).unwrap().trim_start_matches("client secret ").to_owned();
    assert!(secret.len() >= 40, "{secret}");
    let listed = works(&data, &["app", "list"]);
    assert!(listed.contains(&format!("{client} Script")) && !listed.contains(&secret));
    works(&data, &["app", "disable", &client]);
    assert!(works(&data, &["app", "list"]).contains("Script (disabled)"));
    works(&data, &["app", "enable", &client]);
    assert!(!works(&data, &["app", "list"]).contains("(disabled)"));
}

#[test]
fn drives_are_listed_and_get_another_quota() {
    let (_directory, data, _) = demo();
    let listed = works(&data, &["drive", "list"]);
    let line = listed.lines().find(|line| line.contains(" business Alice Harbour: ")).unwrap();
    let drive = line.split(' ').next().unwrap();
    works(&data, &["drive", "quota", drive, "20GiB"]);
    assert!(works(&data, &["drive", "list"]).contains(&format!("of {} bytes", 20_i64 << 30)));
    fails(&data, &["drive", "quota", drive, "much"], 1);
    fails(&data, &["drive", "quota", "nonsense", "5"], 1);
    fails(&data, &["drive", "quota", "0123456789abcdef", "5"], 1);
}

#[test]
fn the_policy_is_shown_and_set_and_nonsense_is_refused() {
    let (_directory, data, _) = demo();
    let policy = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(policy(&works(&data, &["policy", "show"]))["anonymousLinks"], true);
    let set = works(&data, &["policy", "set", "{\"anonymousLinks\":false,\"maximumExpirationDays\":30}"]);
    assert_eq!(policy(&set)["maximumExpirationDays"], 30);
    assert_eq!(policy(&works(&data, &["policy", "show"]))["anonymousLinks"], false);
    let personal = works(&data, &["policy", "show", "--kind", "personal"]);
    assert_eq!(policy(&personal)["anonymousLinks"], true, "another tenant's is another");
    for nonsense in ["{\"anonymousLinks\":\"no\"}", "{\"anonimousLinks\":true}", "[]", "{"] {
        fails(&data, &["policy", "set", nonsense], 1);
    }
    assert_eq!(policy(&works(&data, &["policy", "show"]))["maximumExpirationDays"], 30);
}

#[test]
fn tokens_are_for_those_that_there_are() {
    let (_directory, data, ready) = demo();
    let client = ready["applications"][0]["clientId"].as_str().unwrap();
    let token = works(&data, &["token", "--app-only", "--client-id", client, "--scope", "Files.ReadWrite.All"]);
    assert_eq!(token.trim().split('.').count(), 3);
    let alice = "alice@harbour.example";
    works(&data, &["token", "--user", alice, "--client-id", client]);
    fails(&data, &["token", "--user", "nobody@harbour.example", "--client-id", client], 1);
    fails(&data, &["token", "--user", alice, "--client-id", "00000000-0000-4000-8000-000000000000"], 1);
    fails(&data, &["token", "--user", alice, "--client-id", "nonsense"], 1);
    fails(&data, &["token", "--client-id", client], 2);
    fails(&data, &["token", "--user", alice, "--app-only", "--client-id", client], 2);
    fails(&data, &["token", "--user", alice, "--client-id", client, "--lifetime", "0"], 2);
}

#[test]
fn check_finds_nothing_on_a_demo_and_something_on_a_tampered_one() {
    let (_directory, data, _) = demo();
    assert!(works(&data, &["check"]).starts_with("Nothing found"));
    let database = rusqlite::Connection::open(data.join("driveway.db")).unwrap();
    database.execute("UPDATE items SET child_count = child_count + 1 WHERE name = 'Reports'", []).unwrap();
    drop(database);
    let output = run(&data, &["check"]);
    assert_eq!(output.status.code(), Some(1));
    let findings = said(&output);
    assert_eq!(findings.matches("the folder's child count is wrong: ").count(), 6, "{findings}");
    assert!(findings.ends_with("6 found.\n"), "{findings}");
}

/// A link with a trail, as an earlier server left it.
fn plant_link(data: &Path) -> PermissionId {
    let config = Config { data: data.to_owned(), ..Config::default() };
    let app = App::open(config, Entropy::System).unwrap();
    let link = PermissionId::from_uuid(app.new_id());
    let at = app.clock.now();
    app.db
        .write_blocking(move |tx| {
            let root = tx.sites()?.into_iter().next().map(|site| DriveOwner::Site(site.id)).unwrap();
            let item = tx.drive_of(root)?.unwrap().root;
            let event = |kind| NewEvent { link, kind, at, by: By::default(), details: "{}".into() };
            tx.begin_trail(item, &event(Kind::Created))?;
            tx.append_event(&event(Kind::Revoked)).map(drop)
        })
        .unwrap();
    link
}

#[test]
fn audit_prints_a_trail_and_check_names_the_link_of_a_broken_one() {
    let (_directory, data, _) = demo();
    let link = plant_link(&data).to_string();
    let printed = works(&data, &["audit", "--link", &link]);
    let lines: Vec<&str> = printed.lines().collect();
    assert!(lines[0].starts_with("1 ") && lines[0].ends_with(" created through server from - by nobody signed in {}"));
    assert_eq!((lines.len(), lines[2]), (3, "The trail is intact."));
    assert!(works(&data, &["check"]).starts_with("Nothing found"));
    let database = rusqlite::Connection::open(data.join("driveway.db")).unwrap();
    database.execute("UPDATE link_events SET at = at + 1 WHERE kind = 'revoked'", []).unwrap();
    drop(database);
    let output = run(&data, &["check"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output).starts_with(&format!("the link's audit trail is broken: {link}, event 2\n")),
        "{}",
        said(&output)
    );
    let output = run(&data, &["audit", "--link", &link]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).ends_with("The trail is broken at event 2.\n"));
    fails(&data, &["audit", "--link", "00000000-0000-4000-8000-000000000000"], 1);
    fails(&data, &["audit", "--link", "nonsense"], 1);
    fails(&data, &["audit"], 2);
}

#[test]
fn check_misses_bytes_that_are_gone_and_reads_them_when_asked() {
    let (_directory, data, _) = demo();
    let mut blobs: Vec<_> = fs::read_dir(data.join("blobs/sha256"))
        .unwrap()
        .flat_map(|shard| fs::read_dir(shard.unwrap().path()).unwrap())
        .map(|blob| blob.unwrap().path())
        .collect();
    blobs.sort();
    let mut bytes = fs::read(&blobs[0]).unwrap();
    bytes[0] ^= 1;
    fs::write(&blobs[0], bytes).unwrap();
    assert!(works(&data, &["check"]).starts_with("Nothing found"));
    assert!(said(&run(&data, &["check", "--content"])).contains("the bytes of a file aren't what they were: "));
    fs::write(&blobs[0], "").unwrap();
    assert!(said(&run(&data, &["check"])).contains("the bytes of a file have another size: "));
    fs::remove_file(&blobs[0]).unwrap();
    let output = run(&data, &["check"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("the bytes of a file are missing: "));
}

#[test]
fn a_lost_key_is_not_replaced_without_a_word() {
    let (_directory, data, _) = demo();
    fs::remove_file(data.join("keys/seal-1.key")).unwrap();
    let output = fails(&data, &["check"], 1);
    assert!(output.contains("seal-1.key is missing"), "{output}");
    assert!(!data.join("keys/seal-1.key").exists());
}

#[cfg(unix)]
#[test]
fn a_new_data_directory_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (_directory, data, _) = demo();
    assert_eq!(fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn config_prints_what_the_file_and_the_flags_amount_to() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("driveway.toml");
    fs::write(&file, "public_url = \"https://files.example.com\"\n[limits]\nupload_bytes = 1000\n").unwrap();
    let path = file.to_str().unwrap();
    let printed = works(directory.path(), &["config", "--config", path, "--listen", "127.0.0.1:9"]);
    for line in ["public_url = \"https://files.example.com\"", "upload_bytes = 1000", "listen = \"127.0.0.1:9\""] {
        assert!(printed.contains(line), "{line} in {printed}");
    }
    let again = directory.path().join("again.toml");
    fs::write(&again, &printed).unwrap();
    assert_eq!(works(directory.path(), &["config", "--config", again.to_str().unwrap()]), printed);
    fs::write(&file, "upload = 1\n").unwrap();
    fails(directory.path(), &["config", "--config", path], 1);
    fails(directory.path(), &["config", "--public-url", "files.example.com"], 1);
    fails(directory.path(), &["config", "--listen", "nonsense"], 2);
}

#[test]
fn a_directory_that_holds_no_data_is_not_made_by_a_slip_of_the_pen() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("typo");
    for arguments in [&["user", "list"][..], &["check"], &["policy", "show"], &["app", "list"]] {
        let complaint = fails(&data, arguments, 1);
        assert!(complaint.starts_with("driveway: ") && complaint.contains("typo"), "{complaint}");
    }
    assert!(!data.exists());
    fails(&data, &["nonsense"], 2);
}

#[test]
fn mail_says_whether_it_is_set_up_and_never_the_password() {
    fails(Path::new("/nowhere"), &["mail"], 1);
    let (home, data, _) = demo();
    let output = run(&data, &["mail"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("isn't set up"));
    let file = home.path().join("driveway.toml");
    let settings = "public_url = \"https://files.example.com\"\n[mail]\nserver = \"smtps://files@mail.invalid\"\n\
                    from = \"files@example.com\"\n";
    fs::write(&file, settings).unwrap();
    let with_password = |arguments: &[&str]| {
        let mut command = driveway(arguments);
        command.arg("--data").arg(&data).arg("--config").arg(&file).env("DRIVEWAY_MAIL_PASSWORD", "s3cret");
        command.output().unwrap()
    };
    let shown = said(&with_password(&["mail"]));
    assert!(shown.contains("mail.invalid:465") && shown.contains("0 waiting, 0 given up"), "{shown}");
    let printed = with_password(&["config"]);
    assert!(printed.status.success() && said(&printed).contains("[mail]"));
    assert!(!format!("{printed:?}{shown}").contains("s3cret"));
    let without = driveway(&["mail", "--config"]).arg(&file).arg("--data").arg(&data).output().unwrap();
    assert!(String::from_utf8(without.stderr).unwrap().contains("password"));
    fs::write(&file, settings.replace("public_url", "#")).unwrap();
    let hostless = with_password(&["mail"]);
    assert!(String::from_utf8(hostless.stderr).unwrap().contains("public_url"));
}

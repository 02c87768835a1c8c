//! The second ceiling: nginx with `sendfile`, serving the same bytes from files.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::process::{end, until};

/// A running nginx and the directory it lives in.
#[derive(Debug)]
pub(crate) struct Nginx {
    child: Child,
    directory: PathBuf,
    url: String,
}

impl Nginx {
    /// Starts it below a directory with these files.
    pub(crate) async fn start(directory: &Path, files: &[(&str, &[u8])]) -> Result<Self> {
        let directory = directory.join("nginx");
        fs::create_dir_all(directory.join("files"))?;
        for (name, content) in files {
            fs::write(directory.join("files").join(name), content)?;
        }
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        fs::write(directory.join("nginx.conf"), configuration(&directory, port))?;
        let output = File::create(directory.join("output.log"))?;
        let child = command(&directory).stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output).spawn()?;
        let mut nginx = Self { child, url: format!("http://{}:{port}", Ipv4Addr::LOCALHOST), directory };
        until("nginx to listen", || {
            if let Some(status) = nginx.child.try_wait()? {
                bail!("nginx ended ({status}):\n{}", fs::read_to_string(nginx.directory.join("output.log"))?);
            }
            Ok(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok())
        })
        .await?;
        Ok(nginx)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // The master has to be asked: if it were killed, its workers would serve on.
        let asked = command(&self.directory).args(["-s", "stop"]).stderr(Stdio::null()).status();
        if asked.is_ok_and(|status| status.success()) {
            drop(self.child.wait());
        } else {
            end(&mut self.child);
        }
    }
}

/// Whether it is installed, where it is not always in the path.
pub(crate) fn program() -> Result<&'static str> {
    let candidates = ["nginx", "/usr/sbin/nginx"];
    let runs = |program: &&str| Command::new(program).arg("-v").stderr(Stdio::null()).status().is_ok();
    candidates
        .into_iter()
        .find(runs)
        .context("nginx is not installed: sudo apt-get install --no-install-recommends nginx-light")
}

fn command(directory: &Path) -> Command {
    let mut command = Command::new(program().unwrap_or("nginx"));
    command.arg("-p").arg(directory).arg("-c").arg(directory.join("nginx.conf"));
    command
}

fn configuration(directory: &Path, port: u16) -> String {
    let here = directory.display();
    format!(
        "daemon off;
user root;
worker_processes auto;
pid \"{here}/nginx.pid\";
error_log stderr;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_timeout 600s;
    keepalive_requests 1000000000;
    default_type application/octet-stream;
    client_body_temp_path \"{here}/body\";
    proxy_temp_path \"{here}/proxy\";
    fastcgi_temp_path \"{here}/fastcgi\";
    uwsgi_temp_path \"{here}/uwsgi\";
    scgi_temp_path \"{here}/scgi\";
    server {{
        listen 127.0.0.1:{port};
        root \"{here}/files\";
    }}
}}
"
    )
}

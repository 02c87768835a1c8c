//! The server's memory while a file that is larger than any buffer goes up and comes down.

use std::pin::pin;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream};
use reqwest::{Body, Client, Method, header};

use crate::fixtures::{Fixtures, noise};
use crate::machine::resident_bytes;
use crate::process::drive::{accept, text};

/// The size of the file.
const SIZE: u64 = 1 << 30;

/// What is sent at once.
const CHUNK: usize = 256 << 10;

/// How often the memory is looked at.
const INTERVAL: Duration = Duration::from_millis(10);

/// What was seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    /// Before the upload, after a small file took the same way.
    pub(crate) before: u64,
    pub(crate) upload: Transfer,
    pub(crate) download: Transfer,
}

/// One way of the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Transfer {
    /// The most memory meanwhile.
    pub(crate) peak: u64,
    /// Bytes a second.
    pub(crate) throughput: f64,
}

/// Sends 1 GiB and fetches it, without holding it here either.
pub(crate) async fn measure(fixtures: &Fixtures) -> Result<Memory> {
    let pid = fixtures.server.pid();
    let http = Client::builder().no_proxy().build()?;
    let warm = upload(fixtures, &http, "warm.bin", 8 << 20).await?;
    download(fixtures, &http, &warm, 8 << 20).await?;
    let before = resident_bytes(pid)?;
    let (item, up) = watched(pid, upload(fixtures, &http, "huge.bin", SIZE)).await?;
    let ((), down) = watched(pid, download(fixtures, &http, &item, SIZE)).await?;
    Ok(Memory { before, upload: up, download: down })
}

async fn upload(fixtures: &Fixtures, http: &Client, name: &str, size: u64) -> Result<String> {
    let put = http.request(Method::PUT, format!("{}/root:/{name}:/content", fixtures.drive.url()));
    let put = put.bearer_auth(fixtures.drive.token()).header(header::CONTENT_LENGTH, size);
    let response = put
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .body(Body::wrap_stream(chunks(size)))
        .send()
        .await?;
    Ok(text(&accept(response).await?, "/id")?.to_owned())
}

fn chunks(size: u64) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
    let chunk = Bytes::from(noise(CHUNK));
    let count = usize::try_from(size).unwrap_or(usize::MAX) / CHUNK;
    stream::repeat_with(move || Ok(chunk.clone())).take(count)
}

async fn download(fixtures: &Fixtures, http: &Client, item: &str, size: u64) -> Result<()> {
    let link = fixtures.drive.create_link(item, &serde_json::json!({ "type": "view", "scope": "anonymous" })).await?;
    let response = http.get(format!("{}?download=1", text(&link, "/link/webUrl")?)).send().await?.error_for_status()?;
    let mut body = response.bytes_stream();
    let mut received = 0;
    while let Some(chunk) = body.next().await {
        received += chunk?.len() as u64;
    }
    ensure!(received == size, "{received} bytes of {size} came down");
    Ok(())
}

/// Looks at the server's memory until the work is done.
async fn watched<T>(pid: u32, work: impl Future<Output = Result<T>>) -> Result<(T, Transfer)> {
    let started = Instant::now();
    let mut looks = tokio::time::interval(INTERVAL);
    let mut peak = 0;
    let mut work = pin!(work);
    loop {
        tokio::select! {
            done = &mut work => {
                let throughput = SIZE as f64 / started.elapsed().as_secs_f64();
                return Ok((done?, Transfer { peak, throughput }));
            }
            _ = looks.tick() => peak = peak.max(resident_bytes(pid)?),
        }
    }
}

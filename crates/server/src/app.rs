//! What every door of the server shares.

use std::fs;
use std::sync::Arc;

use anyhow::Context;
use driveway_core::seal::Seal;
use driveway_core::{Error, time};
use driveway_storage::{Blobs, BlobsUrl, DatabaseUrl, Db, DbOptions};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::auth::id_token::IdTokens;
use crate::auth::keys;
use crate::auth::token::Tokens;
use crate::clock::Clock;
use crate::config::Config;
use crate::entropy::Entropy;
use crate::mail::post::Post;
use crate::ops::audit;
use crate::ops::copy::Copies;
use crate::ops::openings::Openings;
use crate::ops::pace::{CallerKey, Pace};
use crate::ops::password::Passwords;
use crate::ops::subscription::Questions;
use crate::ops::throttle::Throttle;
use crate::webhook::caller::HookCaller;
use crate::webhook::names::{Names, SystemNames};

/// A running Driveway, without its doors.
#[derive(Debug)]
pub struct App {
    /// The settings.
    pub config: Config,
    /// Metadata.
    pub db: Db,
    /// Bytes.
    pub blobs: Blobs,
    /// The clock.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// Links, downloads and visits.
    pub seal: Arc<Seal>,
    /// Bearer tokens.
    pub tokens: Tokens,
    /// Id tokens, which tell applications who signed in.
    pub id_tokens: IdTokens,
    /// Hashing of passwords.
    pub passwords: Passwords,
    /// How fast links are made.
    pub new_links: Pace<CallerKey>,
    /// How fast requests come.
    pub throttle: Throttle,
    /// What links were used for, until it is written.
    pub openings: Arc<Openings>,
    /// The way to the mail server, if mail is set up.
    pub post: Option<Post>,
    /// The way to programs that subscribed to changes.
    pub hooks: HookCaller,
    /// Those of them that are being asked whether they want to be told.
    pub hook_questions: Questions,
    /// Told when there is something to be sent.
    pub outbox: Notify,
    /// Copies that go on after their request was answered.
    pub copies: Copies,
    /// This run of the server, told apart from earlier ones on the same data.
    pub run: Uuid,
    /// Whether the clock may be moved through the API: on a demo only.
    pub clock_moves: bool,
}

impl App {
    /// Opens the data directory, making what isn't there yet.
    pub fn open(config: Config, entropy: Entropy) -> anyhow::Result<Self> {
        config.validate()?;
        let keys_directory = config.data.join("keys");
        make_private(&keys_directory).with_context(|| format!("can't make {}", keys_directory.display()))?;
        let db = Db::open(&DatabaseUrl::parse(&config.database_url())?, DbOptions::default())?;
        // A database that has been served has links, which a new key would kill without a word.
        let is_new = db.read_blocking(|tx| tx.setting("instance_id"))?.is_none();
        let seal = Arc::new(keys::seal(&keys_directory, &entropy, is_new)?);
        db.seal_trails(Arc::clone(&seal));
        let token_key = keys::token_key(&keys_directory)?;
        let blobs = Blobs::open(&BlobsUrl::parse(&config.blobs_url())?)?;
        let clock = Clock::ahead_by(clock_offset(&db)?);
        audit::adopt(&db, clock.now())?;
        let instance = instance_id(&db, entropy.opaque_id())?;
        let tokens = Tokens::new(token_key, instance);
        let id_tokens = IdTokens::new(&keys_directory);
        let run = entropy.opaque_id();
        let openings = Arc::new(Openings::new(config.audit.events_per_hour));
        let post = Post::open(&config.mail)?;
        let names: Arc<dyn Names> = Arc::new(SystemNames::default());
        let hooks = HookCaller::open(&config.webhooks, &names)?;
        Ok(Self {
            config,
            db,
            blobs,
            clock,
            entropy,
            seal,
            tokens,
            id_tokens,
            passwords: Passwords::default(),
            new_links: Pace::default(),
            throttle: Throttle::default(),
            openings,
            post,
            hooks,
            hook_questions: Questions::default(),
            outbox: Notify::new(),
            copies: Copies::default(),
            run,
            clock_moves: false,
        })
    }

    /// Keeps the clock's offset, so that a restart and `driveway token` see the same time.
    pub async fn save_clock(&self) -> Result<(), Error> {
        let offset = self.clock.offset_micros().to_string();
        self.db.write(move |tx| tx.set_setting("clock_offset_micros", &offset)).await
    }

    /// A new id that sorts by time.
    pub fn new_id(&self) -> Uuid {
        self.entropy.id(self.clock.now())
    }
}

/// Makes a directory and those above it, for their owner only: what is in them is private.
fn make_private(path: &std::path::Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn clock_offset(db: &Db) -> anyhow::Result<i64> {
    let kept = db.read_blocking(|tx| tx.setting("clock_offset_micros"))?;
    Ok(kept
        .and_then(|text| text.parse().ok())
        .unwrap_or(0)
        .clamp(time::to_micros(jiff::Timestamp::MIN), time::to_micros(jiff::Timestamp::MAX)))
}

fn instance_id(db: &Db, fresh: Uuid) -> anyhow::Result<Uuid> {
    let text = db.write_blocking(move |tx| {
        if let Some(kept) = tx.setting("instance_id")? {
            return Ok(kept);
        }
        tx.set_setting("instance_id", &fresh.to_string())?;
        Ok(fresh.to_string())
    })?;
    Uuid::try_parse(&text).context("the database's instance id isn't one")
}

-- Signing in. Whatever opens something is kept as the hash of a text that only its holder has.

-- password_version rises with each change of the password; sessions and grants of an older one are over.
ALTER TABLE users ADD COLUMN password_hash TEXT;
ALTER TABLE users ADD COLUMN password_version BIGINT NOT NULL DEFAULT 0;

ALTER TABLE applications ADD COLUMN scopes TEXT NOT NULL DEFAULT 'Files.ReadWrite.All Sites.ReadWrite.All User.Read';
ALTER TABLE applications ADD COLUMN roles TEXT NOT NULL DEFAULT '';
ALTER TABLE applications ADD COLUMN is_consented BIGINT NOT NULL DEFAULT 0;
ALTER TABLE applications ADD COLUMN is_without_pkce BIGINT NOT NULL DEFAULT 0;

CREATE TABLE application_redirect_uris (
    application_id TEXT NOT NULL REFERENCES applications (id),
    uri            TEXT NOT NULL,
    PRIMARY KEY (application_id, uri)
);

-- What a person allowed an application.
CREATE TABLE consents (
    user_id        TEXT NOT NULL REFERENCES users (id),
    application_id TEXT NOT NULL REFERENCES applications (id),
    scopes         TEXT NOT NULL,
    PRIMARY KEY (user_id, application_id)
);

-- A browser that somebody signed in with.
CREATE TABLE sessions (
    token_hash       TEXT   NOT NULL PRIMARY KEY,
    user_id          TEXT   NOT NULL REFERENCES users (id),
    password_version BIGINT NOT NULL,
    created_at       BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL
);
CREATE INDEX sessions_by_age ON sessions (expires_at);

-- A link that signs somebody in once, to choose a password.
CREATE TABLE sign_in_links (
    token_hash TEXT   NOT NULL PRIMARY KEY,
    user_id    TEXT   NOT NULL REFERENCES users (id),
    expires_at BIGINT NOT NULL
);

-- What came of one sign-in to one application: the family of its refresh tokens.
CREATE TABLE oauth_grants (
    id               TEXT   NOT NULL PRIMARY KEY,
    application_id   TEXT   NOT NULL REFERENCES applications (id),
    user_id          TEXT   NOT NULL REFERENCES users (id),
    password_version BIGINT NOT NULL,
    scopes           TEXT   NOT NULL,
    created_at       BIGINT NOT NULL
);

CREATE TABLE refresh_tokens (
    token_hash  TEXT   NOT NULL PRIMARY KEY,
    grant_id    TEXT   NOT NULL REFERENCES oauth_grants (id) ON DELETE CASCADE,
    expires_at  BIGINT NOT NULL,
    replaced_at BIGINT
);
CREATE INDEX refresh_tokens_of_grant ON refresh_tokens (grant_id);
CREATE INDEX refresh_tokens_by_age ON refresh_tokens (expires_at);

-- A code stays a while after its use, so that a second use is noticed. grant_id is what the first one came to.
CREATE TABLE authorization_codes (
    code_hash        TEXT   NOT NULL PRIMARY KEY,
    application_id   TEXT   NOT NULL REFERENCES applications (id),
    user_id          TEXT   NOT NULL REFERENCES users (id),
    password_version BIGINT NOT NULL,
    redirect_uri     TEXT   NOT NULL,
    challenge        TEXT,
    scopes           TEXT   NOT NULL,
    nonce            TEXT,
    expires_at       BIGINT NOT NULL,
    grant_id         TEXT
);
CREATE INDEX authorization_codes_by_age ON authorization_codes (expires_at);

-- state: 'pending', 'allowed' or 'denied'.
CREATE TABLE device_codes (
    device_hash      TEXT   NOT NULL PRIMARY KEY,
    user_code_hash   TEXT   NOT NULL UNIQUE,
    application_id   TEXT   NOT NULL REFERENCES applications (id),
    authority        TEXT   NOT NULL,
    scopes           TEXT   NOT NULL,
    state            TEXT   NOT NULL,
    user_id          TEXT   REFERENCES users (id),
    password_version BIGINT,
    interval_seconds BIGINT NOT NULL,
    asked_at         BIGINT,
    expires_at       BIGINT NOT NULL
);
CREATE INDEX device_codes_by_age ON device_codes (expires_at);

-- One text for SQLite and PostgreSQL. Times are microseconds since 1970, truth is 0 or 1, ids and hashes are texts.

CREATE TABLE instance_settings (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE tenants (
    id           TEXT NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL,
    display_name TEXT NOT NULL
);

CREATE TABLE users (
    id                  TEXT   NOT NULL PRIMARY KEY,
    tenant_id           TEXT   NOT NULL REFERENCES tenants (id),
    user_principal_name TEXT   NOT NULL,
    upn_key             TEXT   NOT NULL UNIQUE,
    display_name        TEXT   NOT NULL,
    mail                TEXT,
    enabled             BIGINT NOT NULL,
    administrator       BIGINT NOT NULL,
    created_at          BIGINT NOT NULL
);

CREATE TABLE groups (
    id           TEXT NOT NULL PRIMARY KEY,
    tenant_id    TEXT NOT NULL REFERENCES tenants (id),
    display_name TEXT NOT NULL
);

CREATE TABLE group_members (
    group_id TEXT   NOT NULL REFERENCES groups (id),
    user_id  TEXT   NOT NULL REFERENCES users (id),
    is_owner BIGINT NOT NULL,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_members_of_user ON group_members (user_id, group_id, is_owner);

CREATE TABLE sites (
    id           TEXT NOT NULL PRIMARY KEY,
    tenant_id    TEXT NOT NULL REFERENCES tenants (id),
    name         TEXT NOT NULL,
    display_name TEXT NOT NULL,
    UNIQUE (tenant_id, name)
);

CREATE TABLE applications (
    id           TEXT   NOT NULL PRIMARY KEY,
    display_name TEXT   NOT NULL,
    secret_hash  TEXT,
    enabled      BIGINT NOT NULL
);

-- root_item_id can't be a foreign key: the root refers to its drive.
CREATE TABLE drives (
    id           TEXT   NOT NULL PRIMARY KEY,
    tenant_id    TEXT   NOT NULL REFERENCES tenants (id),
    kind         TEXT   NOT NULL,
    owner_kind   TEXT   NOT NULL,
    owner_id     TEXT   NOT NULL,
    root_item_id TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    quota_bytes  BIGINT NOT NULL,
    created_at   BIGINT NOT NULL
);
CREATE INDEX drives_of_owner ON drives (owner_kind, owner_id, created_at);

-- A row says that the bytes are there, unless they are going away (collecting_since) or about to be put again (claimed).
CREATE TABLE blobs (
    sha256           TEXT   NOT NULL PRIMARY KEY,
    size             BIGINT NOT NULL,
    claimed          BIGINT NOT NULL,
    created_at       BIGINT NOT NULL,
    collecting_since BIGINT
);

-- For a folder, size is the sum of its live children's and child_count their number.
CREATE TABLE items (
    id                      TEXT   NOT NULL PRIMARY KEY,
    drive_id                TEXT   NOT NULL REFERENCES drives (id),
    parent_id               TEXT   REFERENCES items (id),
    name                    TEXT   NOT NULL,
    name_key                TEXT   NOT NULL,
    is_folder               BIGINT NOT NULL,
    mime_type               TEXT,
    file_sha256             TEXT   REFERENCES blobs (sha256),
    quick_xor               TEXT,
    size                    BIGINT NOT NULL,
    child_count             BIGINT NOT NULL DEFAULT 0,
    inherits                BIGINT NOT NULL DEFAULT 1,
    description             TEXT,
    revision                BIGINT NOT NULL DEFAULT 1,
    content_revision        BIGINT NOT NULL DEFAULT 1,
    created_at              BIGINT NOT NULL,
    modified_at             BIGINT NOT NULL,
    file_system_created_at  BIGINT NOT NULL,
    file_system_modified_at BIGINT NOT NULL,
    created_by_user         TEXT,
    created_by_application  TEXT,
    modified_by_user        TEXT,
    modified_by_application TEXT,
    deleted_at              BIGINT
);
CREATE UNIQUE INDEX items_live_names ON items (parent_id, name_key) WHERE deleted_at IS NULL;
CREATE INDEX items_of_blob ON items (file_sha256);
CREATE INDEX items_cut_off ON items (drive_id) WHERE inherits = 0;

CREATE TABLE permissions (
    id               TEXT   NOT NULL PRIMARY KEY,
    item_id          TEXT   NOT NULL REFERENCES items (id),
    kind             TEXT   NOT NULL,
    role             TEXT   NOT NULL,
    grantee_kind     TEXT,
    grantee_id       TEXT,
    link_type        TEXT,
    link_scope       TEXT,
    application_id   TEXT,
    created_by_user  TEXT,
    password_hash    TEXT,
    password_version BIGINT,
    expires_at       BIGINT,
    created_at       BIGINT NOT NULL,
    slot             TEXT,
    UNIQUE (item_id, slot)
);

CREATE TABLE link_grantees (
    permission_id TEXT NOT NULL REFERENCES permissions (id) ON DELETE CASCADE,
    user_id       TEXT NOT NULL REFERENCES users (id),
    PRIMARY KEY (permission_id, user_id)
);

CREATE TABLE sharing_policies (
    tenant_id TEXT NOT NULL PRIMARY KEY REFERENCES tenants (id),
    json      TEXT NOT NULL
);

CREATE TABLE password_failures (
    link_id           TEXT   NOT NULL,
    address           TEXT   NOT NULL,
    window_started_at BIGINT NOT NULL,
    failures          BIGINT NOT NULL,
    PRIMARY KEY (link_id, address)
);
CREATE INDEX password_failures_by_age ON password_failures (window_started_at);

-- Files that come in parts. The right is a ticket without its seal: it names by whose right something is written, and opens
-- nothing. received counts bytes without a gap from the first one on; a session that has ended stays for a while, so that a
-- client that repeats its last fragment is told what became of it.

CREATE TABLE upload_sessions (
    id           TEXT   NOT NULL PRIMARY KEY,
    caller       TEXT   NOT NULL,
    drive_id     TEXT   NOT NULL,
    target_right TEXT   NOT NULL,
    request      TEXT   NOT NULL,
    defer_commit BIGINT NOT NULL,
    total        BIGINT,
    received     BIGINT NOT NULL,
    fragments    BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    finished_at  BIGINT,
    item_id      TEXT
);
CREATE INDEX upload_sessions_of_caller ON upload_sessions (caller, expires_at) WHERE finished_at IS NULL;
CREATE INDEX upload_sessions_of_drive ON upload_sessions (drive_id, received) WHERE finished_at IS NULL;
CREATE INDEX upload_sessions_over ON upload_sessions (expires_at);

-- The parts that are there, each an object of the blob store. The last one of a session that has ended has none.
CREATE TABLE upload_fragments (
    session_id TEXT   NOT NULL REFERENCES upload_sessions (id) ON DELETE CASCADE,
    start      BIGINT NOT NULL,
    length     BIGINT NOT NULL,
    sha256     TEXT   NOT NULL,
    object     TEXT,
    PRIMARY KEY (session_id, start)
);
CREATE UNIQUE INDEX upload_fragments_of_object ON upload_fragments (object) WHERE object IS NOT NULL;

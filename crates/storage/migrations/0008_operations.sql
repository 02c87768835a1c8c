-- Copies that go on after their request was answered. The rights are tickets without their seal: they name by whose right
-- something is read and written, and open nothing.

CREATE TABLE operations (
    id           TEXT   NOT NULL PRIMARY KEY,
    caller       TEXT   NOT NULL,
    status       TEXT   NOT NULL,
    source_right TEXT   NOT NULL,
    target_right TEXT   NOT NULL,
    conflict     TEXT   NOT NULL,
    versions     BIGINT NOT NULL,
    drive_id     TEXT   NOT NULL,
    result_id    TEXT   NOT NULL,
    total        BIGINT NOT NULL,
    done         BIGINT NOT NULL,
    error_code   TEXT,
    error        TEXT,
    created_at   BIGINT NOT NULL,
    ended_at     BIGINT
);
CREATE INDEX operations_under_way ON operations (created_at, id) WHERE ended_at IS NULL;
CREATE INDEX operations_over ON operations (ended_at) WHERE ended_at IS NOT NULL;

-- Folders whose items are still to be copied: from where, to where, and behind which name it goes on.
CREATE TABLE operation_folders (
    operation_id TEXT   NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
    number       BIGINT NOT NULL,
    source_id    TEXT   NOT NULL,
    target_id    TEXT   NOT NULL,
    after_key    TEXT   NOT NULL,
    PRIMARY KEY (operation_id, number)
);

-- What a file's content was before (item_versions), what somebody is at work on (working_copies), and what the recycle bin
-- is emptied by. The current content stays in the item's own row; its number is content_revision.

ALTER TABLE items ADD COLUMN content_modified_at BIGINT;
ALTER TABLE items ADD COLUMN content_modified_by_user TEXT;
ALTER TABLE items ADD COLUMN content_modified_by_application TEXT;
ALTER TABLE items ADD COLUMN content_comment TEXT;
UPDATE items SET content_modified_at = modified_at, content_modified_by_user = modified_by_user,
                 content_modified_by_application = modified_by_application WHERE is_folder = 0;

CREATE TABLE item_versions (
    item_id                 TEXT   NOT NULL REFERENCES items (id),
    number                  BIGINT NOT NULL,
    mime_type               TEXT   NOT NULL,
    file_sha256             TEXT   NOT NULL REFERENCES blobs (sha256),
    quick_xor               TEXT   NOT NULL,
    size                    BIGINT NOT NULL,
    comment                 TEXT,
    modified_at             BIGINT NOT NULL,
    modified_by_user        TEXT,
    modified_by_application TEXT,
    PRIMARY KEY (item_id, number)
);
CREATE INDEX item_versions_of_blob ON item_versions (file_sha256);

-- An item's row says what everybody sees. Who has it checked out works on a copy of their own until they check it in.
-- drafts counts what was ever put into a working copy, so that no tag comes twice.
ALTER TABLE items ADD COLUMN checked_out_by TEXT;
ALTER TABLE items ADD COLUMN drafts BIGINT NOT NULL DEFAULT 0;
CREATE INDEX items_checked_out ON items (drive_id) WHERE checked_out_by IS NOT NULL;
CREATE TABLE working_copies (
    item_id     TEXT   NOT NULL PRIMARY KEY REFERENCES items (id),
    mime_type   TEXT   NOT NULL,
    file_sha256 TEXT   NOT NULL REFERENCES blobs (sha256),
    quick_xor   TEXT   NOT NULL,
    size        BIGINT NOT NULL,
    modified_at BIGINT NOT NULL
);
CREATE INDEX working_copies_of_blob ON working_copies (file_sha256);

-- What is purging is gone for everybody, and its rows go a few at a time, leaves first.
ALTER TABLE items ADD COLUMN purging BIGINT NOT NULL DEFAULT 0;
CREATE INDEX items_purging ON items (id) WHERE purging = 1;
CREATE INDEX items_of_parent ON items (parent_id);
CREATE INDEX items_in_bin ON items (drive_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX items_by_deletion ON items (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX link_redemptions_of_item ON link_redemptions (item_id);

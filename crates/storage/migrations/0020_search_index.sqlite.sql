-- The index of words, for SQLite. Another database has a file of its own in the place of this one, and its own
-- search_index.rs. The server cuts texts into words (driveway_core::search), so that all databases find the same: what comes
-- here is words with spaces between them, and no character of a word parts it.

-- The items of all drives under a number that never changes while they are there, greater for what came later. name_due and
-- text_due say that the index doesn't know the item's name, or its content, as it is now; a job looks after them. The row of
-- an item that is gone stays without it until the job has taken its words away.
CREATE TABLE search_items (
    number        INTEGER NOT NULL PRIMARY KEY,
    item_id       TEXT    UNIQUE,
    drive_id      TEXT    NOT NULL,
    name_due      BIGINT  NOT NULL,
    text_due      BIGINT  NOT NULL,
    text_revision BIGINT
);
CREATE INDEX search_items_of_drive ON search_items (drive_id, number);
CREATE INDEX search_names_due ON search_items (drive_id, number) WHERE name_due = 1;
CREATE INDEX search_texts_due ON search_items (number) WHERE text_due = 1;

INSERT INTO search_items (number, item_id, drive_id, name_due, text_due)
    SELECT ROW_NUMBER() OVER (ORDER BY created_at, id), id, drive_id, 1, 1 - is_folder
    FROM items WHERE parent_id IS NOT NULL;

-- The first word of a row stands for its drive, so that a search in one walks past no other's. Each beginning of up to eight
-- letters has a list of its own, which is read from the newest on for as far as a page needs.
CREATE VIRTUAL TABLE search_names USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3 4 5 6 7 8',
    tokenize = "ascii tokenchars '_'"
);

-- The same of contents, with where each word stands, for phrases. Beginnings of up to six letters.
CREATE VIRTUAL TABLE search_texts USING fts5 (
    words, content = '', contentless_delete = 1, prefix = '1 2 3 4 5 6', tokenize = "ascii tokenchars '_'"
);

-- Two lists of about the same length are merged into one, when the job has time for it: a word is in few lists, and each is
-- written again only when as much has come to it.
INSERT INTO search_names (search_names, rank) VALUES ('usermerge', 2);
INSERT INTO search_texts (search_texts, rank) VALUES ('usermerge', 2);

-- What changed in a drive, in order: whatever follows a drive (delta, notifications) reads this. Several changes of one item and
-- kind are one row, which goes to the end each time, so that the table has as many rows as items changed, not as changes.
--
-- kind is content (the item itself: made, changed, renamed, moved, deleted, taken back), moved (it left the folder in place),
-- restored (it came back with all that lies below it) or sharing. place is empty unless kind is moved. item_id is no foreign key:
-- a row outlives its item. What the item was called, what it was, where it lay and whether it inherited nothing there is written
-- down when it leaves a folder and when it loses its row, and nowhere else.
--
-- What was there before this table has no rows and needs none: whoever begins to follow lists the items themselves.
CREATE TABLE changes (
    drive_id  TEXT   NOT NULL REFERENCES drives (id),
    sequence  BIGINT NOT NULL,
    item_id   TEXT   NOT NULL,
    kind      TEXT   NOT NULL,
    place     TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    name      TEXT,
    is_folder BIGINT,
    parent_id TEXT,
    cut_off   BIGINT,
    PRIMARY KEY (drive_id, sequence),
    UNIQUE (item_id, kind, place)
);
-- The greatest sequence that pruning took: who follows from before it has to begin anew.
ALTER TABLE drives ADD COLUMN change_horizon BIGINT NOT NULL DEFAULT 0;

-- Listings of all that lies below a folder go by id, which no rename changes.
DROP INDEX items_of_parent;
CREATE INDEX items_of_parent ON items (parent_id, id);

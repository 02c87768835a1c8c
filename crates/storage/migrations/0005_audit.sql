-- The audit trail of links: a chain of events each. It outlives the link's row, so nothing refers to that.
--
-- mac covers the event and the mac before it, under a key that isn't here. head is on a chain's newest event and says that
-- the chain goes to it; anchor is on what pruning left in the place of all older events. drive_id is none of what the mac
-- covers: it says who may read the trail once the item is gone.
CREATE TABLE link_events (
    link_id        TEXT   NOT NULL,
    sequence       BIGINT NOT NULL,
    item_id        TEXT   NOT NULL,
    drive_id       TEXT,
    at             BIGINT NOT NULL,
    kind           TEXT   NOT NULL,
    user_id        TEXT,
    application_id TEXT,
    address        TEXT,
    through        TEXT   NOT NULL,
    details        TEXT   NOT NULL,
    mac            TEXT   NOT NULL,
    head           TEXT,
    anchor         TEXT,
    PRIMARY KEY (link_id, sequence)
);
-- What can be pruned. Events come in order of time, so a new one goes to the index's end.
CREATE INDEX link_events_by_age ON link_events (at) WHERE anchor IS NULL;

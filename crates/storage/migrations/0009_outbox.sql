-- What is to be sent after the transaction that wrote it: mails now, other kinds later. subject_id is the permission that
-- it speaks of; it isn't a foreign key, because what was taken back in the meantime is found out when the row is due.
-- No secret stands here: what is sent is made of the subject when it is sent.
CREATE TABLE outbox (
    id         TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL,
    subject_id TEXT   NOT NULL,
    recipient  TEXT   NOT NULL,
    sender     TEXT   NOT NULL,
    message    TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    state      TEXT   NOT NULL,
    attempts   BIGINT NOT NULL DEFAULT 0,
    due_at     BIGINT NOT NULL,
    settled_at BIGINT
);
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state = 'waiting';
CREATE INDEX outbox_of_sender ON outbox (sender, created_at);
CREATE INDEX outbox_settled ON outbox (settled_at) WHERE settled_at IS NOT NULL;

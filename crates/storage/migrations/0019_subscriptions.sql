-- Who is told by a webhook that something changed below a folder. notified_change is the last change of the drive that the
-- receiver knows of: while the drive has a later one a notification is due. The drive's changes are durable with what they
-- tell of, so that nothing is written here when a file changes, and none gets lost. An attempt is counted before it is made;
-- due_at then says when the next one may be, so that a server that dies in its midst leaves nothing to clean up.
-- event is what is to be told of the subscription itself, with attempts of its own. One that is removed is kept for that only.

CREATE TABLE subscriptions (
    id               TEXT   NOT NULL PRIMARY KEY,
    application_id   TEXT   NOT NULL,
    user_id          TEXT,
    tenant_id        TEXT   NOT NULL,
    drive_id         TEXT   NOT NULL,
    folder_id        TEXT   NOT NULL,
    resource         TEXT   NOT NULL,
    notification_url TEXT   NOT NULL,
    lifecycle_url    TEXT,
    client_state     TEXT,
    tls              TEXT   NOT NULL,
    with_sharing     BIGINT NOT NULL,
    created_at       BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,
    removed          BIGINT NOT NULL DEFAULT 0,
    notified_change  BIGINT NOT NULL,
    attempts         BIGINT NOT NULL DEFAULT 0,
    tried_since      BIGINT,
    due_at           BIGINT NOT NULL,
    event            TEXT,
    event_attempts   BIGINT NOT NULL DEFAULT 0,
    event_since      BIGINT,
    event_due_at     BIGINT NOT NULL
);
CREATE INDEX subscriptions_of_caller ON subscriptions (application_id, id);
CREATE INDEX subscriptions_of_drive ON subscriptions (drive_id);
CREATE INDEX subscriptions_over ON subscriptions (expires_at);
CREATE INDEX subscriptions_with_event ON subscriptions (event_due_at) WHERE event IS NOT NULL;

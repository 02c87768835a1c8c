-- Who made a link's right their own (AMB-34). The right hangs on the link: it goes with the link's row, and is asked for by way
-- of the link each time. item_id repeats the link's, which never changes, so that one index finds a person's links on a chain.

CREATE TABLE link_redemptions (
    permission_id    TEXT   NOT NULL REFERENCES permissions (id) ON DELETE CASCADE,
    user_id          TEXT   NOT NULL REFERENCES users (id),
    item_id          TEXT   NOT NULL REFERENCES items (id),
    password_version BIGINT,
    redeemed_at      BIGINT NOT NULL,
    PRIMARY KEY (permission_id, user_id)
);
CREATE INDEX link_redemptions_of_user ON link_redemptions (user_id, item_id);

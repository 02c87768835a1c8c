-- What people changed last, and what they follow. The index of words is in 0020_search_index: it is each database's own.

-- For GET /me/drive/recent.
CREATE INDEX items_changed_by ON items (modified_by_user, modified_at) WHERE is_folder = 0 AND modified_by_user IS NOT NULL;

CREATE TABLE follows (
    user_id     TEXT   NOT NULL REFERENCES users (id),
    item_id     TEXT   NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    followed_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, item_id)
);
CREATE INDEX follows_of_item ON follows (item_id);

-- A folder is listed by name, by when its items were made and by when they were changed, each by an index. The first of these
-- takes the place of the index that finds what lies in a folder, the recycle bin included.
DROP INDEX items_of_parent;
CREATE INDEX items_of_parent ON items (parent_id, created_at, id);
CREATE INDEX items_by_change ON items (parent_id, modified_at, id) WHERE deleted_at IS NULL;

-- How much lies in a recycle bin is added up from the index alone.
DROP INDEX items_in_bin;
CREATE INDEX items_in_bin ON items (drive_id, purging, deleted_at, id, size) WHERE deleted_at IS NOT NULL;

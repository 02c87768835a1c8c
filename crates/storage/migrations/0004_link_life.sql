-- What a link's maker and the item's owners can say of it beyond Graph, and what "all my links" is found by.

ALTER TABLE permissions ADD COLUMN name TEXT;
ALTER TABLE permissions ADD COLUMN enabled BIGINT NOT NULL DEFAULT 1;
ALTER TABLE permissions ADD COLUMN not_before BIGINT;
ALTER TABLE permissions ADD COLUMN maximum_downloads BIGINT;
-- Those that are completed and those that are under way.
ALTER TABLE permissions ADD COLUMN downloads BIGINT NOT NULL DEFAULT 0;
ALTER TABLE permissions ADD COLUMN last_opened_at BIGINT;

-- A link stays in the drive of its item, so these two can't go stale. Grants have none.
ALTER TABLE permissions ADD COLUMN drive_id TEXT;
ALTER TABLE permissions ADD COLUMN tenant_id TEXT;
UPDATE permissions SET drive_id = (SELECT i.drive_id FROM items i WHERE i.id = item_id) WHERE kind = 'link';
UPDATE permissions SET tenant_id = (SELECT d.tenant_id FROM drives d WHERE d.id = drive_id) WHERE kind = 'link';
CREATE INDEX links_of_maker ON permissions (created_by_user, created_at, id) WHERE kind = 'link';
CREATE INDEX links_of_drive ON permissions (drive_id, created_at, id) WHERE kind = 'link';
CREATE INDEX links_of_tenant ON permissions (tenant_id, created_at, id) WHERE kind = 'link';

-- Downloads under way of links that are good for so many, by the run of the server that delivers them. What a run that
-- ended left behind is given back by the next one.
CREATE TABLE download_reservations (
    id            TEXT NOT NULL PRIMARY KEY,
    permission_id TEXT NOT NULL REFERENCES permissions (id) ON DELETE CASCADE,
    run           TEXT NOT NULL
);
CREATE INDEX download_reservations_of_link ON download_reservations (permission_id);

-- The drives that a person owns are found by the grants on their roots.
CREATE INDEX drives_of_root ON drives (root_item_id);

-- Folders that have a name of their own besides where they lie. The application is empty for those of all applications.

CREATE TABLE special_folders (
    drive_id       TEXT NOT NULL REFERENCES drives (id),
    name           TEXT NOT NULL,
    application_id TEXT NOT NULL,
    item_id        TEXT NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    PRIMARY KEY (drive_id, name, application_id)
);
CREATE INDEX special_folders_of_item ON special_folders (item_id);

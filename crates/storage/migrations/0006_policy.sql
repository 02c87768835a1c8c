-- What narrows an organization's sharing policy in a site ('site') or a drive ('drive'). The words are those of drives.owner_kind,
-- so that one join finds a drive's limits and those of its site.
CREATE TABLE sharing_limits (
    place_kind TEXT NOT NULL,
    place_id   TEXT NOT NULL,
    tenant_id  TEXT NOT NULL REFERENCES tenants (id),
    json       TEXT NOT NULL,
    PRIMARY KEY (place_kind, place_id)
);
CREATE INDEX sharing_limits_of_tenant ON sharing_limits (tenant_id);

-- An invitation is a permission of its own kind: a grant that knows who was invited, by whom and until when. Without a
-- grantee it waits for an account with that address, compared without regard to case.
ALTER TABLE permissions ADD COLUMN invitation_email TEXT;
ALTER TABLE permissions ADD COLUMN invitation_email_key TEXT;
-- Links have neither, and aren't to pay for these.
CREATE INDEX permissions_awaited ON permissions (invitation_email_key) WHERE invitation_email_key IS NOT NULL;
CREATE INDEX permissions_of_grantee ON permissions (grantee_id, grantee_kind) WHERE grantee_id IS NOT NULL;
CREATE INDEX link_grantees_of_user ON link_grantees (user_id, permission_id);

-- Who deleted for good what is purging, for the trails of the links that go with it. Nobody: its time in the recycle bin was over.
ALTER TABLE items ADD COLUMN purged_by_user TEXT;
ALTER TABLE items ADD COLUMN purged_by_application TEXT;

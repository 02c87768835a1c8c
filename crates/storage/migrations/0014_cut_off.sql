-- What is cut off in a folder is counted for each folder of a listing.
CREATE INDEX items_cut_off_in ON items (parent_id) WHERE inherits = 0;

-- Who ended inheritance at an item and isn't an owner: what they have from above goes on past the break.
ALTER TABLE items ADD COLUMN kept_for TEXT;

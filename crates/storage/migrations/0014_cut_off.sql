-- What is cut off in a folder is counted for each folder of a listing.
CREATE INDEX items_cut_off_in ON items (parent_id) WHERE inherits = 0;

-- Who may do what is decided by grants alone, on every request and for every folder above the item. They are found without
-- passing the links that lie beside them, of which there may be thousands.
CREATE INDEX permissions_granted ON permissions (item_id) WHERE kind <> 'link';

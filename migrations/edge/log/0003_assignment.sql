-- Where central has this node stand and what it is called, if not as it was enrolled (wire::assignment, CBOR).
ALTER TABLE contact ADD COLUMN assignment BLOB;

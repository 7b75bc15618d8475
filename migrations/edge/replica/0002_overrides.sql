-- Who let in by a scan where a gate had asked or refused. No verdict asks for it and no manifest covers it: it names
-- somebody in the list of conflicts.
CREATE TABLE overrides (
    node BLOB NOT NULL,
    seq INTEGER NOT NULL,
    operator BLOB NOT NULL,
    PRIMARY KEY (node, seq)
) STRICT, WITHOUT ROWID;

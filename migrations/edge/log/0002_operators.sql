-- A supervisor's decision, or an undoing, names the earlier row that it speaks of.
ALTER TABLE scans ADD COLUMN answers INTEGER;

CREATE INDEX scans_answering ON scans (answers) WHERE answers IS NOT NULL;

-- Wrong gate secrets since the last right one, per operator, and when the next may be tried by the clock of that boot:
-- neither another program nor a restart forgets a wait.
CREATE TABLE operator_failures (
    operator BLOB PRIMARY KEY,
    failures INTEGER NOT NULL,
    boot BLOB NOT NULL,
    not_before_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

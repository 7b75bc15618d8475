-- What was decided: a decision holds for the kind of conflict that a person saw. A scan that becomes a conflict of
-- another kind is open again. null = its scan was in no conflict then, or it is about no scan.
ALTER TABLE conflict_decisions ADD COLUMN kind VARCHAR(20);
-- the record or the node, where it is about one
ALTER TABLE conflict_decisions ADD COLUMN about BINARY(16);

UPDATE conflict_decisions SET kind = (SELECT s.conflict FROM scans s
    WHERE s.node_id = conflict_decisions.node_id AND s.seq = conflict_decisions.seq)
    WHERE node_id IS NOT NULL;
UPDATE conflict_decisions SET about = UNHEX(REPLACE(SUBSTR(conflict, 8), '-', ''))
    WHERE conflict LIKE 'record.%';
UPDATE conflict_decisions SET about = UNHEX(REPLACE(SUBSTR(conflict, 6), '-', ''))
    WHERE conflict LIKE 'node.%';

CREATE INDEX conflict_decisions_by_about ON conflict_decisions (about);

-- The gates as people watch them: what nodes tell of themselves, a list of scans, conflicts that people decide, checks
-- of the logs, and logs that came as files.

-- From the node's last round (wire::report); null = a program that does not say.
ALTER TABLE nodes ADD COLUMN protocol BIGINT;
-- its wall clock against central's, milliseconds
ALTER TABLE nodes ADD COLUMN clock_offset_ms BIGINT;
-- its replica was proven to equal central's at this revision; null = it is not proven now
ALTER TABLE nodes ADD COLUMN proven_revision BIGINT;
-- its gate or name was changed since it was taken in, so it is told both at every round
ALTER TABLE nodes ADD COLUMN is_assigned BOOLEAN NOT NULL DEFAULT FALSE;

CREATE INDEX node_enrolments_by_event ON node_enrolments (event_id, created_at);

-- What kind of conflict a scan is, made of its ruling and its flag whenever those are written; null = none. Open
-- conflicts are counted and listed without reading any other scan.
ALTER TABLE scans ADD COLUMN conflict VARCHAR(20);

UPDATE scans SET conflict = CASE WHEN ruling IN ('double', 'double_undecidable') THEN 'double'
    WHEN ruling = 'unbound' THEN 'unbound' ELSE flag END
    WHERE revision > 0 AND (ruling IN ('double', 'double_undecidable', 'unbound') OR flag IS NOT NULL);

CREATE INDEX scans_by_conflict ON scans (conflict, event_id, at_ms);
CREATE INDEX scans_by_moment ON scans (event_id, at_ms, node_id, seq);

-- How a person closed a conflict. Rulings stay as they are; a conflict that is opened again has no row.
CREATE TABLE conflict_decisions (
    event_id BINARY(16) NOT NULL,
    conflict VARCHAR(80) NOT NULL,
    -- the scan, where it is about one
    node_id BINARY(16),
    seq BIGINT,
    -- fraud, mistake, rightful, technical
    outcome VARCHAR(20) NOT NULL,
    author VARCHAR(200) NOT NULL,
    decided_at BIGINT NOT NULL,
    PRIMARY KEY (event_id, conflict),
    CONSTRAINT conflict_decisions_event FOREIGN KEY (event_id) REFERENCES events (id)
);

CREATE INDEX conflict_decisions_by_scan ON
    conflict_decisions (node_id, seq);

-- Checks of what is stored, asked for by people: of one node's log, of one event, or (neither) of everything.
CREATE TABLE audit_runs (
    id BINARY(16) NOT NULL PRIMARY KEY,
    event_id BINARY(16),
    node_id BINARY(16),
    author VARCHAR(200) NOT NULL,
    started_at BIGINT NOT NULL,
    -- the last sign of life
    beat_at BIGINT NOT NULL,
    finished_at BIGINT,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    -- null until it is finished, and where it failed
    holds BOOLEAN,
    -- what was found, JSON
    findings LONGBLOB
);

CREATE INDEX audit_runs_by_moment ON audit_runs (started_at);

-- One check runs at a time, on whichever server: who holds this row.
CREATE TABLE audit_turns (
    id BIGINT NOT NULL PRIMARY KEY,
    run_id BINARY(16),
    beat_at BIGINT NOT NULL
);

INSERT INTO audit_turns (id, beat_at) VALUES (1, 0);

-- Logs that came as files, and by what an answer for the way back is made.
CREATE TABLE bundle_imports (
    id BINARY(16) NOT NULL PRIMARY KEY,
    event_id BINARY(16) NOT NULL,
    node_id BINARY(16) NOT NULL,
    author VARCHAR(200) NOT NULL,
    imported_at BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    records BIGINT NOT NULL,
    fresh BIGINT NOT NULL,
    -- records that were set aside, and where the replica stands: CBOR
    parked LONGBLOB NOT NULL,
    stands LONGBLOB NOT NULL
);

CREATE INDEX bundle_imports_by_event ON bundle_imports (event_id, imported_at);

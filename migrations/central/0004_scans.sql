-- What happened at the gates: every record of every log, with its true time and its ruling.
-- Records name tickets, gates and nodes without foreign keys: a fact is kept even when what it names is gone.

CREATE TABLE scans (
    node_id BINARY(16) NOT NULL,
    seq BIGINT NOT NULL,
    event_id BINARY(16) NOT NULL,
    gate_id BINARY(16) NOT NULL,
    ticket_id BINARY(16),
    wristband_id BINARY(16),
    operator_id BINARY(16),
    -- the numbers of sync_protocol::scan::Action, verdict::Decision, verdict::Reason
    action BIGINT NOT NULL,
    decision BIGINT NOT NULL,
    reason BIGINT NOT NULL,
    provisional BOOLEAN NOT NULL,
    -- corrected time, in central's
    lo_ms BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    hi_ms BIGINT NOT NULL,
    day BIGINT NOT NULL,
    -- the ticket that it counts for: the one shown, or the one that the wristband was bound to
    counted_ticket_id BINARY(16),
    -- null for a scan that admitted nobody; counted, double, double_undecidable, stray, unbound
    ruling VARCHAR(20),
    winner_node BINARY(16),
    winner_seq BIGINT,
    -- what else must be said of it: after_revocation, not_valid
    flag VARCHAR(40),
    -- revision at which the ruling last changed; 0 for a scan that admitted nobody
    revision BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    -- the record's own canonical bytes, from which the chain is checked
    record VARBINARY(1000) NOT NULL,
    PRIMARY KEY (node_id, seq)
);

CREATE INDEX scans_by_revision ON scans (event_id, revision, node_id, seq);
CREATE INDEX scans_by_ticket ON scans (ticket_id);
CREATE INDEX scans_by_wristband ON scans (wristband_id);

-- The audit trail of rulings: what was said before, what is said now, and which log changed it.
CREATE TABLE ruling_changes (
    id BINARY(16) NOT NULL PRIMARY KEY,
    event_id BINARY(16) NOT NULL,
    ticket_id BINARY(16),
    node_id BINARY(16) NOT NULL,
    seq BIGINT NOT NULL,
    old_ruling VARCHAR(20),
    old_winner_node BINARY(16),
    old_winner_seq BIGINT,
    new_ruling VARCHAR(20) NOT NULL,
    new_winner_node BINARY(16),
    new_winner_seq BIGINT,
    caused_by_node BINARY(16) NOT NULL,
    -- late_log, clock_sample, binding
    cause VARCHAR(20) NOT NULL,
    revision BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE INDEX ruling_changes_by_event ON ruling_changes (event_id, changed_at);
CREATE INDEX ruling_changes_by_scan ON ruling_changes (node_id, seq);

-- What a node sent and central could not take: kept as it came, and shown.
CREATE TABLE parked_records (
    id BINARY(16) NOT NULL PRIMARY KEY,
    node_id BINARY(16) NOT NULL,
    seq BIGINT NOT NULL,
    code VARCHAR(40) NOT NULL,
    digest BINARY(32) NOT NULL,
    body LONGBLOB NOT NULL,
    received_at BIGINT NOT NULL,
    UNIQUE (node_id, seq, digest)
);

-- What people decided or remarked about a conflict. conflict names a scan, a node or a parked record.
CREATE TABLE conflict_notes (
    id BINARY(16) NOT NULL PRIMARY KEY,
    event_id BINARY(16) NOT NULL,
    conflict VARCHAR(80) NOT NULL,
    author VARCHAR(200) NOT NULL,
    note VARCHAR(1000) NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX conflict_notes_by_conflict ON
    conflict_notes (event_id, conflict, created_at);

-- Scanning devices: how they came in, how they prove themselves, where their logs stand.

CREATE TABLE nodes (
    id BINARY(16) NOT NULL PRIMARY KEY,
    event_id BINARY(16) NOT NULL,
    gate_id BINARY(16) NOT NULL,
    name VARCHAR(100) NOT NULL,
    public_key BINARY(32) NOT NULL,
    -- active, revoked, quarantined
    status VARCHAR(20) NOT NULL,
    quarantine_reason VARCHAR(200),
    program VARCHAR(50) NOT NULL,
    enrolled_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    last_contact_at BIGINT,
    -- all records up to here are durable; and the hash of that record
    log_seq BIGINT NOT NULL,
    log_hash BINARY(32) NOT NULL,
    -- what the node said it has
    claimed_seq BIGINT NOT NULL,
    round BIGINT NOT NULL,
    -- what it may do, as bits
    rights BIGINT NOT NULL,
    UNIQUE (event_id, name),
    CONSTRAINT nodes_event FOREIGN KEY (event_id) REFERENCES events (id),
    CONSTRAINT nodes_gate FOREIGN KEY (gate_id) REFERENCES gates (id)
);

CREATE TABLE node_enrolments (
    id BINARY(16) NOT NULL PRIMARY KEY,
    event_id BINARY(16) NOT NULL,
    gate_id BINARY(16) NOT NULL,
    node_name VARCHAR(100) NOT NULL,
    rights BIGINT NOT NULL,
    code_digest BINARY(32) NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    node_id BINARY(16),
    CONSTRAINT node_enrolments_gate FOREIGN KEY (gate_id) REFERENCES gates (id)
);

CREATE TABLE node_challenges (
    nonce BINARY(32) NOT NULL PRIMARY KEY,
    node_id BINARY(16) NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE node_sessions (
    token_digest BINARY(32) NOT NULL PRIMARY KEY,
    node_id BINARY(16) NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT node_sessions_node FOREIGN KEY (node_id) REFERENCES nodes (id)
);

-- One row per sync round: the facts from which true times are made (sync_protocol::moment::Mark). carried: the log came
-- on a stick, so the row bounds only what was in it.
CREATE TABLE node_rounds (
    node_id BINARY(16) NOT NULL,
    round BIGINT NOT NULL,
    head_seq BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    answered_at BIGINT NOT NULL,
    trip_boot BINARY(16),
    trip_sent_ms BIGINT,
    trip_got_ms BIGINT,
    carried BOOLEAN NOT NULL,
    PRIMARY KEY (node_id, round)
);

CREATE INDEX node_rounds_by_head ON node_rounds (node_id, head_seq, round);

-- Events that bind wristbands to tickets. unbound: what gates answer to a genuine wristband whose exchange they have not
-- heard of (admit, ask, refuse).
CREATE TABLE event_wristbands (
    event_id BINARY(16) NOT NULL PRIMARY KEY,
    unbound VARCHAR(20) NOT NULL,
    CONSTRAINT event_wristbands_event FOREIGN KEY (event_id) REFERENCES events (id)
);

-- Rolls: printed by central (serials; their codes are made from the key again) or imported from elsewhere (rows below).
CREATE TABLE wristband_rolls (
    id BINARY(16) NOT NULL PRIMARY KEY,
    event_id BINARY(16) NOT NULL,
    name VARCHAR(100) NOT NULL,
    -- printed, imported
    kind VARCHAR(20) NOT NULL,
    first_serial BIGINT NOT NULL,
    last_serial BIGINT NOT NULL,
    -- good, void
    status VARCHAR(20) NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (event_id, name),
    CONSTRAINT wristband_rolls_event FOREIGN KEY (event_id) REFERENCES events (id)
);

-- Wristbands that need a row: imported ones, and those that are void. Bound to a ticket by the exchange that is a scan
-- record. The id follows from the code, so no code is stored.
CREATE TABLE wristbands (
    id BINARY(16) NOT NULL,
    event_id BINARY(16) NOT NULL,
    roll_id BINARY(16),
    -- good, void
    status VARCHAR(20) NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (event_id, id),
    CONSTRAINT wristbands_event FOREIGN KEY (event_id) REFERENCES events (id)
);

CREATE INDEX wristbands_by_revision ON wristbands (event_id, revision, id);

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
    UNIQUE (event_id, name),
    CONSTRAINT nodes_event FOREIGN KEY (event_id) REFERENCES events (id),
    CONSTRAINT nodes_gate FOREIGN KEY (gate_id) REFERENCES gates (id)
);

CREATE TABLE node_enrolments (
    id BINARY(16) NOT NULL PRIMARY KEY,
    event_id BINARY(16) NOT NULL,
    gate_id BINARY(16) NOT NULL,
    node_name VARCHAR(100) NOT NULL,
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

-- One row per sync round: the facts from which true times are made (sync_protocol::moment::Mark).
CREATE TABLE node_rounds (
    node_id BINARY(16) NOT NULL,
    round BIGINT NOT NULL,
    head_seq BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    answered_at BIGINT NOT NULL,
    trip_boot BINARY(16),
    trip_sent_ms BIGINT,
    trip_got_ms BIGINT,
    PRIMARY KEY (node_id, round)
);

CREATE INDEX node_rounds_by_head ON node_rounds (node_id, head_seq, round);

-- Wristbands of an event; bound to a ticket by the exchange that is a scan record.
CREATE TABLE wristbands (
    id BINARY(16) NOT NULL PRIMARY KEY,
    event_id BINARY(16) NOT NULL,
    serial BIGINT NOT NULL,
    code_digest BINARY(32) NOT NULL,
    status VARCHAR(20) NOT NULL,
    revision BIGINT NOT NULL,
    UNIQUE (event_id, serial),
    UNIQUE (event_id, code_digest)
);

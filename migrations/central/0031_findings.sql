-- Wishes that an event be opened, gates that nodes left, and names that cannot be sealed.

-- Who sets an event up may ask those who may open it: the last such wish of each event. What came before it stands in
-- the audit trail.

CREATE TABLE openings (
    event_id BINARY(16) NOT NULL PRIMARY KEY,
    status VARCHAR(16) NOT NULL,
    asked_by BINARY(16) NOT NULL,
    asked_at BIGINT NOT NULL,
    -- When letters were written of it last, so that asking again and again writes none.
    told_at BIGINT NOT NULL,
    ended_at BIGINT,
    CONSTRAINT openings_event FOREIGN KEY (event_id) REFERENCES events (id),
    CONSTRAINT openings_user FOREIGN KEY (asked_by) REFERENCES users (id)
);

CREATE INDEX openings_by_status ON openings (status, asked_at);

-- A node was moved to the gate, or away from it: it may hold scans of it that nobody has heard of, wherever it stands now.
ALTER TABLE gates ADD COLUMN had_node BOOLEAN NOT NULL DEFAULT FALSE;

UPDATE gates SET had_node = TRUE WHERE id IN (SELECT gate_id FROM nodes);

-- Since when the event's names cannot be sealed; null = they can.
ALTER TABLE search_runs ADD COLUMN stuck_at BIGINT;

-- Tickets as sold. The code in the QR is not stored: it is signed again, to the same characters, when it is
-- printed, so a stolen copy of this table opens no gate.

CREATE TABLE tickets (
    id BINARY(16) NOT NULL PRIMARY KEY,
    event_id BINARY(16) NOT NULL,
    order_id BINARY(16) NOT NULL,
    order_item_id BINARY(16) NOT NULL,
    ticket_type_id BINARY(16) NOT NULL,
    -- the typed ticket number, 55 bits
    number BIGINT NOT NULL UNIQUE,
    type_number BIGINT NOT NULL,
    day_mask BIGINT NOT NULL,
    -- valid, unpaid, revoked, refunded, transferred
    status VARCHAR(20) NOT NULL,
    attendee_name VARCHAR(200) NOT NULL,
    key_slot BIGINT NOT NULL,
    -- unix seconds, as signed
    issued_at BIGINT NOT NULL,
    -- the attendee line for replicas, readable only with the ticket itself
    sealed VARBINARY(400) NOT NULL,
    -- the same on the tickets of one person in one order; null = the only one
    holder BIGINT,
    -- the name for the search by passphrase; empty where the event has none
    search VARBINARY(400) NOT NULL,
    -- the event's revision at which this row last changed
    revision BIGINT NOT NULL,
    CONSTRAINT tickets_event FOREIGN KEY (event_id) REFERENCES events (id),
    CONSTRAINT tickets_order FOREIGN KEY (order_id) REFERENCES orders (id)
);

CREATE INDEX tickets_by_revision ON tickets (event_id, revision, id);
CREATE INDEX tickets_by_order ON tickets (order_id);

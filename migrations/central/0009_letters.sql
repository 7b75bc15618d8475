-- What buyers and organisers are sent: receipt numbers, letters to many, and the way back to an order.

-- One row per numbering, locked by taking its next number in the transaction that makes the receipt: no gap, no double.
CREATE TABLE receipt_counters (
    event_id BINARY(16) NOT NULL,
    -- sale, refund
    kind VARCHAR(20) NOT NULL,
    -- such as INV/{event}/{year}/{number:05}
    pattern VARCHAR(80) NOT NULL,
    last_number BIGINT NOT NULL,
    PRIMARY KEY (event_id, kind),
    CONSTRAINT receipt_counters_event FOREIGN KEY (event_id) REFERENCES events (id)
);

CREATE TABLE receipts (
    -- the order of a sale, the refund of a credit note
    subject_id BINARY(16) NOT NULL PRIMARY KEY,
    event_id BINARY(16) NOT NULL,
    order_id BINARY(16) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    number BIGINT NOT NULL,
    -- the number as the pattern of that day wrote it
    shown VARCHAR(200) NOT NULL,
    issued_at BIGINT NOT NULL,
    UNIQUE (event_id, kind, number),
    CONSTRAINT receipts_order FOREIGN KEY (order_id) REFERENCES orders (id)
);

-- Given up after its last try: a person must look, and may have it tried again.
ALTER TABLE outbox ADD COLUMN failed_at BIGINT;
CREATE INDEX outbox_failed ON outbox (failed_at);

-- One letter to every paid order of an event, put into the outbox piece by piece.
CREATE TABLE mailings (
    id BINARY(16) NOT NULL PRIMARY KEY,
    event_id BINARY(16) NOT NULL,
    -- event_reminder, event_cancelled, event_postponed
    kind VARCHAR(40) NOT NULL,
    -- the moment that it is about: a day's opening, the event's beginning
    occurrence BIGINT NOT NULL,
    -- only orders with a valid ticket of one of these days; 0 = all
    day_mask BIGINT NOT NULL,
    -- how far it has come, by order id
    last_order_id BINARY(16) NOT NULL,
    created_at BIGINT NOT NULL,
    done_at BIGINT,
    UNIQUE (event_id, kind, occurrence),
    CONSTRAINT mailings_event FOREIGN KEY (event_id) REFERENCES events (id)
);

CREATE INDEX mailings_open ON mailings (done_at);

-- Up to where an organiser was told of sales.
CREATE TABLE sale_digests (
    event_id BINARY(16) NOT NULL PRIMARY KEY,
    told_until BIGINT NOT NULL,
    CONSTRAINT sale_digests_event FOREIGN KEY (event_id) REFERENCES events (id)
);

CREATE INDEX orders_paid ON orders (event_id, paid_at);

-- Somebody asked for the orders of an identity number. Written alike whether there are any.
CREATE TABLE tracking_asks (
    id BINARY(16) NOT NULL PRIMARY KEY,
    identity_digest BINARY(32) NOT NULL,
    address_digest BINARY(32) NOT NULL,
    language VARCHAR(5) NOT NULL,
    -- codes tried
    tries BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX tracking_asks_by_identity ON tracking_asks (identity_digest, created_at);
CREATE INDEX tracking_asks_by_address ON tracking_asks (address_digest, created_at);

-- What was sent to one of the orders' own addresses: opens the orders of that identity and address, once.
CREATE TABLE tracking_grants (
    id BINARY(16) NOT NULL PRIMARY KEY,
    ask_id BINARY(16) NOT NULL,
    identity_digest BINARY(32) NOT NULL,
    email VARCHAR(254) NOT NULL,
    email_digest BINARY(32) NOT NULL,
    code_digest BINARY(32) NOT NULL,
    link_digest BINARY(32) NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    CONSTRAINT tracking_grants_ask FOREIGN KEY (ask_id) REFERENCES tracking_asks (id)
);

CREATE INDEX tracking_grants_by_ask ON tracking_grants (ask_id);
CREATE INDEX tracking_grants_by_contact ON tracking_grants (email_digest, created_at);

-- Who buys: orders, their items and attendees, holds on capacity, payments, promo codes.

CREATE TABLE orders (
    id BINARY(16) NOT NULL PRIMARY KEY,
    -- what people see and the provider gets, e.g. GRB-7K2QF9M4XD
    number VARCHAR(32) NOT NULL UNIQUE,
    event_id BINARY(16) NOT NULL,
    -- pending, paid, partly_refunded, refunded, expired, cancelled, failed
    status VARCHAR(20) NOT NULL,
    buyer_name VARCHAR(200) NOT NULL,
    -- ktp, sim, student_card, passport
    identity_kind VARCHAR(20) NOT NULL,
    -- the number, encrypted; and its keyed digest, for finding the order again
    identity_sealed VARBINARY(200) NOT NULL,
    identity_digest BINARY(32) NOT NULL,
    email VARCHAR(254) NOT NULL,
    phone VARCHAR(20) NOT NULL,
    language VARCHAR(5) NOT NULL,
    currency VARCHAR(3) NOT NULL,
    subtotal_minor BIGINT NOT NULL,
    discount_minor BIGINT NOT NULL,
    fee_minor BIGINT NOT NULL,
    tax_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    hold_until BIGINT NOT NULL,
    -- the buyer's own key for a repeated POST, and a digest of what was asked with it
    idempotency_key VARCHAR(64) NOT NULL UNIQUE,
    request_digest BINARY(32) NOT NULL,
    -- digest of the secret in the buyer's own link
    access_digest BINARY(32) NOT NULL,
    created_at BIGINT NOT NULL,
    paid_at BIGINT,
    closed_at BIGINT,
    -- why an admin must look, the gravest reason so far: paid_after_release, amount_differs, …
    attention VARCHAR(40),
    CONSTRAINT orders_event FOREIGN KEY (event_id) REFERENCES events (id)
);

CREATE INDEX orders_by_event ON orders (event_id, created_at);
CREATE INDEX orders_by_identity ON orders (identity_digest);
CREATE INDEX orders_due ON orders (status, hold_until);

CREATE TABLE order_items (
    id BINARY(16) NOT NULL PRIMARY KEY,
    order_id BINARY(16) NOT NULL,
    ticket_type_id BINARY(16) NOT NULL,
    quantity BIGINT NOT NULL,
    unit_price_minor BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    CONSTRAINT order_items_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT order_items_type FOREIGN KEY (ticket_type_id) REFERENCES ticket_types (id)
);

CREATE INDEX order_items_by_order ON order_items (order_id);

-- One row per ticket wanted: whose name goes on it.
CREATE TABLE order_attendees (
    order_id BINARY(16) NOT NULL,
    place BIGINT NOT NULL,
    order_item_id BINARY(16) NOT NULL,
    name VARCHAR(200) NOT NULL,
    PRIMARY KEY (order_id, place),
    CONSTRAINT order_attendees_item FOREIGN KEY (order_item_id) REFERENCES order_items (id)
);

-- A claim on capacity with an end. Given back exactly once: by the move out of 'held'.
CREATE TABLE holds (
    order_id BINARY(16) NOT NULL,
    ticket_type_id BINARY(16) NOT NULL,
    quantity BIGINT NOT NULL,
    hold_until BIGINT NOT NULL,
    -- held, sold, released
    status VARCHAR(20) NOT NULL,
    PRIMARY KEY (order_id, ticket_type_id),
    CONSTRAINT holds_order FOREIGN KEY (order_id) REFERENCES orders (id)
);

CREATE TABLE payments (
    id BINARY(16) NOT NULL PRIMARY KEY,
    order_id BINARY(16) NOT NULL,
    provider VARCHAR(20) NOT NULL,
    -- ours, as the provider knows it
    reference VARCHAR(50) NOT NULL,
    -- theirs, known once a channel is chosen
    transaction_ref VARCHAR(100),
    -- pending, success, failed, expired, partly_refunded, refunded, disputed, review
    status VARCHAR(20) NOT NULL,
    channel VARCHAR(50),
    currency VARCHAR(3) NOT NULL,
    amount_minor BIGINT NOT NULL,
    token VARCHAR(100),
    redirect_url VARCHAR(500),
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (provider, reference),
    CONSTRAINT payments_order FOREIGN KEY (order_id) REFERENCES orders (id)
);

CREATE INDEX payments_by_order ON payments (order_id);
CREATE INDEX payments_open ON payments (status, updated_at);

-- Every webhook, raw, before anything else is done with it; of those without a valid proof a bounded number.
CREATE TABLE payment_notices (
    id BINARY(16) NOT NULL PRIMARY KEY,
    provider VARCHAR(20) NOT NULL,
    -- of the body: the same notice twice is one row
    digest BINARY(32) NOT NULL,
    reference VARCHAR(50),
    authentic BOOLEAN NOT NULL,
    body LONGBLOB NOT NULL,
    times_received BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    -- stable name of what came of it; null = not yet handled
    outcome VARCHAR(40),
    handled_at BIGINT,
    UNIQUE (provider, digest)
);

CREATE INDEX payment_notices_by_reference ON payment_notices (reference);
CREATE INDEX payment_notices_by_proof ON payment_notices (authentic);

CREATE TABLE promo_codes (
    id BINARY(16) NOT NULL PRIMARY KEY,
    event_id BINARY(16) NOT NULL,
    ticket_type_id BINARY(16),
    code VARCHAR(40) NOT NULL,
    -- fixed, percent
    kind VARCHAR(20) NOT NULL,
    -- minor units, or hundredths of a percent
    value BIGINT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    quota BIGINT NOT NULL,
    used BIGINT NOT NULL,
    per_buyer BIGINT NOT NULL,
    min_spend_minor BIGINT NOT NULL,
    stackable BOOLEAN NOT NULL,
    status VARCHAR(20) NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (event_id, code),
    CONSTRAINT promo_codes_event FOREIGN KEY (event_id) REFERENCES events (id)
);

CREATE TABLE promo_usages (
    promo_code_id BINARY(16) NOT NULL,
    order_id BINARY(16) NOT NULL,
    buyer_digest BINARY(32) NOT NULL,
    discount_minor BIGINT NOT NULL,
    -- held, used, given_back
    status VARCHAR(20) NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (promo_code_id, order_id),
    CONSTRAINT promo_usages_code FOREIGN KEY (promo_code_id) REFERENCES promo_codes (id),
    CONSTRAINT promo_usages_order FOREIGN KEY (order_id) REFERENCES orders (id)
);

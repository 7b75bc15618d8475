-- Money that goes back: refunds, what each gives back of which ticket, tickets that are frozen while a payment is
-- disputed, and events whose orders are all refunded.

-- What refunds have laid claim to; changed only by conditional updates that keep it within the amount.
ALTER TABLE payments ADD COLUMN claimed_minor BIGINT NOT NULL DEFAULT 0;
-- The payment that this one came beside (an order that was paid twice, or by hand); null = the order's own.
ALTER TABLE payments ADD COLUMN beside_id BINARY(16);

CREATE TABLE refunds (
    id BINARY(16) NOT NULL PRIMARY KEY,
    order_id BINARY(16) NOT NULL,
    -- null = nothing was paid: only the tickets go
    payment_id BINARY(16),
    -- what the provider knows it by: asked for under the same key, it is made once
    refund_key VARCHAR(50) NOT NULL,
    -- requested, declined, approved, sent, done, failed, manual
    status VARCHAR(20) NOT NULL,
    -- buyer_request, staff, event_cancelled, paid_without_stock, paid_twice, refunded_elsewhere, dispute_lost
    reason VARCHAR(40) NOT NULL,
    -- in the words of who asked
    note VARCHAR(500) NOT NULL,
    currency VARCHAR(3) NOT NULL,
    amount_minor BIGINT NOT NULL,
    asked_by VARCHAR(100) NOT NULL,
    decided_by VARCHAR(100),
    -- under what number the money went back by hand
    hand_reference VARCHAR(100),
    -- stable name of what stopped the last try
    last_error VARCHAR(40),
    requested_at BIGINT NOT NULL,
    decided_at BIGINT,
    done_at BIGINT,
    UNIQUE (payment_id, refund_key),
    CONSTRAINT refunds_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT refunds_payment FOREIGN KEY (payment_id) REFERENCES payments (id)
);

CREATE INDEX refunds_by_order ON refunds (order_id);
CREATE INDEX refunds_by_status ON refunds (status, requested_at);

-- Which tickets go with a refund, and their share of it; none = an amount alone.
CREATE TABLE refund_items (
    refund_id BINARY(16) NOT NULL,
    ticket_id BINARY(16) NOT NULL,
    amount_minor BIGINT NOT NULL,
    PRIMARY KEY (refund_id, ticket_id),
    CONSTRAINT refund_items_refund FOREIGN KEY (refund_id) REFERENCES refunds (id),
    CONSTRAINT refund_items_ticket FOREIGN KEY (ticket_id) REFERENCES tickets (id)
);

-- Tickets that are revoked only while their payment is disputed.
CREATE TABLE frozen_tickets (
    ticket_id BINARY(16) NOT NULL PRIMARY KEY,
    order_id BINARY(16) NOT NULL,
    frozen_at BIGINT NOT NULL,
    CONSTRAINT frozen_tickets_ticket FOREIGN KEY (ticket_id) REFERENCES tickets (id)
);

CREATE INDEX frozen_tickets_by_order ON frozen_tickets (order_id);

-- What an event says about refunds; no row = capacity is sold again, and buyers may ask until it begins.
CREATE TABLE event_refund_rules (
    event_id BINARY(16) NOT NULL PRIMARY KEY,
    gives_back BOOLEAN NOT NULL,
    ask_until BIGINT,
    CONSTRAINT event_refund_rules_event FOREIGN KEY (event_id) REFERENCES events (id)
);

-- A cancelled event whose orders are refunded, one after the other by id; where it ended is where it goes on.
CREATE TABLE refund_runs (
    event_id BINARY(16) NOT NULL PRIMARY KEY,
    after_id BINARY(16) NOT NULL,
    orders BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    asked_by VARCHAR(100) NOT NULL,
    started_at BIGINT NOT NULL,
    done_at BIGINT,
    CONSTRAINT refund_runs_event FOREIGN KEY (event_id) REFERENCES events (id)
);

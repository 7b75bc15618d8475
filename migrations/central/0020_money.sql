-- What people decide about money, and the lists in which they find it.

-- The account that asked for a refund; null = its buyer, or the command line.
ALTER TABLE refunds ADD COLUMN asked_by_id BINARY(16);
-- Why it was declined, in the words of who declined it.
ALTER TABLE refunds ADD COLUMN answer VARCHAR(500);

-- A payment that its buyer's bank holds, or held.
CREATE TABLE disputes (
    payment_id BINARY(16) NOT NULL PRIMARY KEY,
    order_id BINARY(16) NOT NULL,
    event_id BINARY(16) NOT NULL,
    -- open, won, lost
    status VARCHAR(20) NOT NULL,
    opened_at BIGINT NOT NULL,
    -- until when the bank wants an answer; null = nobody has said
    due_at BIGINT,
    ended_at BIGINT,
    CONSTRAINT disputes_payment FOREIGN KEY (payment_id) REFERENCES payments (id),
    CONSTRAINT disputes_order FOREIGN KEY (order_id) REFERENCES orders (id)
);

CREATE INDEX disputes_by_status ON disputes (status, opened_at);
CREATE INDEX disputes_by_order ON disputes (order_id);

-- What people found out about one.
CREATE TABLE dispute_notes (
    id BINARY(16) NOT NULL PRIMARY KEY,
    payment_id BINARY(16) NOT NULL,
    author VARCHAR(100) NOT NULL,
    text VARCHAR(1000) NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT dispute_notes_dispute FOREIGN KEY (payment_id) REFERENCES disputes (payment_id)
);

CREATE INDEX dispute_notes_by_dispute ON dispute_notes (payment_id, created_at);

-- Those of before this table.
INSERT INTO disputes (payment_id, order_id, event_id, status, opened_at, ended_at)
    SELECT p.id, p.order_id, o.event_id, 'open', p.updated_at, NULL
    FROM payments p JOIN orders o ON o.id = p.order_id WHERE p.status = 'disputed';
INSERT INTO disputes (payment_id, order_id, event_id, status, opened_at, ended_at)
    SELECT p.id, p.order_id, o.event_id, 'won', p.dispute_won_at, p.dispute_won_at
    FROM payments p JOIN orders o ON o.id = p.order_id
    WHERE p.status <> 'disputed' AND p.dispute_won_at IS NOT NULL;
INSERT INTO disputes (payment_id, order_id, event_id, status, opened_at, ended_at)
    SELECT p.id, p.order_id, o.event_id, 'lost', r.requested_at, r.done_at
    FROM payments p JOIN orders o ON o.id = p.order_id JOIN refunds r ON r.payment_id = p.id
    WHERE p.status <> 'disputed' AND p.dispute_won_at IS NULL AND r.reason = 'dispute_lost';

CREATE INDEX payments_by_transaction ON payments (transaction_ref);
CREATE INDEX payments_by_channel ON payments (channel, created_at);
CREATE INDEX refunds_by_moment ON refunds (requested_at, id);
CREATE INDEX receipts_by_order ON receipts (order_id);

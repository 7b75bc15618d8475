-- Lists of disputes, receipts and letters.

CREATE INDEX disputes_by_moment ON disputes (opened_at, payment_id);
CREATE INDEX disputes_by_event ON disputes (event_id, status, opened_at, payment_id);
CREATE INDEX receipts_by_moment ON receipts (event_id, kind, issued_at, number);

-- The order that a letter is about; null where it is about none. A server that does not know the column leaves it null, and
-- its letters are found by their kind and their time alone.
ALTER TABLE outbox ADD COLUMN order_id BINARY(16);

UPDATE outbox SET order_id = subject_id
    WHERE done_at IS NULL AND kind IN ('tickets_mail', 'payment_pending', 'payment_expired');
UPDATE outbox SET order_id = (SELECT refunds.order_id FROM refunds WHERE refunds.id = outbox.subject_id)
    WHERE done_at IS NULL AND kind = 'refund_mail';
-- The first word of what these hold is the order's id.
UPDATE outbox SET order_id = UNHEX(REPLACE(SUBSTR(payload, 1, 36), '-', ''))
    WHERE done_at IS NULL AND kind IN ('tickets_again', 'event_reminder', 'event_cancelled', 'event_postponed', 'event_moved',
        'payment_reversed', 'payment_disputed', 'dispute_won', 'address_changed');

CREATE INDEX outbox_by_order ON outbox (order_id);
CREATE INDEX outbox_unsent ON outbox (done_at, created_at, id);

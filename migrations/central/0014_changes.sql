-- What is told when an event changes after it was sold: a count for calendars, and what letters say it was before.

-- Counts changes of an event's days, texts, place and status: SEQUENCE of its calendar entries.
ALTER TABLE events ADD COLUMN calendar_sequence BIGINT NOT NULL DEFAULT 0;
-- What calendar_sequence was after the last move of the status; names the letters about that move.
ALTER TABLE events ADD COLUMN status_sequence BIGINT NOT NULL DEFAULT 0;

-- Letters about these moves were named by the event's beginning, and their calendar files counted like this.
UPDATE events SET calendar_sequence = 1, status_sequence = starts_at WHERE status = 'postponed';
UPDATE events SET calendar_sequence = 2, status_sequence = starts_at WHERE status = 'cancelled';

-- JSON of what was before, for letters about a change. From now on mailings.occurrence is the opening of the day of which
-- they remind, and of all others the sequence of the change that they tell.
ALTER TABLE mailings ADD COLUMN was TEXT;

-- Refunds that programs asked for, by the key of the request.
CREATE TABLE refund_asks (
    order_id BINARY(16) NOT NULL,
    idempotency_key VARCHAR(64) NOT NULL,
    -- of what was asked with the key
    request_digest BINARY(32) NOT NULL,
    refund_id BINARY(16) NOT NULL,
    PRIMARY KEY (order_id, idempotency_key),
    CONSTRAINT refund_asks_refund FOREIGN KEY (refund_id) REFERENCES refunds (id)
);

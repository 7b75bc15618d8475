-- What is still to be done outside the database: mail, provider calls. Written in the transaction that
-- makes it necessary, carried out afterwards, tried again until done.

CREATE TABLE outbox (
    id BINARY(16) NOT NULL PRIMARY KEY,
    -- tickets_mail, payment_cancel, …
    kind VARCHAR(40) NOT NULL,
    subject_id BINARY(16) NOT NULL,
    payload TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    last_error VARCHAR(500),
    done_at BIGINT,
    UNIQUE (kind, subject_id)
);

CREATE INDEX outbox_due ON outbox (kind, done_at, due_at);

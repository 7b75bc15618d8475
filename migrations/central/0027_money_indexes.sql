-- Lists about money end after a page, whatever they are limited to.

CREATE INDEX payments_by_status ON payments (status, created_at, id);
CREATE INDEX payments_by_channel_status ON payments (channel, status, created_at, id);
CREATE INDEX refunds_waiting ON refunds (status, requested_at, id);

-- Whose refunds they are, so that the list of an organiser is a range of an index; payments of a status by their sum;
-- orders whose buyer has another address.

-- What a server of the release before writes meanwhile has none, until the worker says it.
ALTER TABLE refunds ADD COLUMN event_id BINARY(16);

UPDATE refunds SET event_id = (SELECT orders.event_id FROM orders WHERE orders.id = refunds.order_id);

CREATE INDEX refunds_by_event ON refunds (event_id, status, requested_at, id);
CREATE INDEX payments_by_sum ON payments (status, amount_minor, id);

-- How often the buyer's address was changed here; each change makes another link, and the old one opens nothing.
ALTER TABLE orders ADD COLUMN address_changes BIGINT NOT NULL DEFAULT 0;

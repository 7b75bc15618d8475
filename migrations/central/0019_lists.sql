-- Working lists: filters that somebody keeps, orders that a person flags, and the indexes by which lists are turned.

CREATE TABLE saved_filters (
    id BINARY(16) NOT NULL PRIMARY KEY,
    user_id BINARY(16) NOT NULL,
    -- which list, such as orders
    list VARCHAR(40) NOT NULL,
    name VARCHAR(60) NOT NULL,
    -- as it stands in the address after the question mark
    query VARCHAR(1000) NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (user_id, list, name),
    CONSTRAINT saved_filters_user FOREIGN KEY (user_id) REFERENCES users (id)
);

-- Somebody wants an order looked at, and says why. What central itself found stands in orders.attention.
CREATE TABLE order_flags (
    order_id BINARY(16) NOT NULL PRIMARY KEY,
    author VARCHAR(200) NOT NULL,
    note VARCHAR(500) NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT order_flags_order FOREIGN KEY (order_id) REFERENCES orders (id)
);

-- When; null = it is not flagged.
ALTER TABLE orders ADD COLUMN flagged_at BIGINT;

CREATE INDEX orders_by_flag ON orders (flagged_at);
-- With the id: of many orders of one sum a page begins in the middle.
CREATE INDEX orders_by_sum ON orders (event_id, total_minor, id);

CREATE INDEX tickets_by_status ON tickets (event_id, status, id);
CREATE INDEX tickets_by_name ON tickets (event_id, attendee_name, id);
-- What became of a ticket at the gates, also by its wristband.
CREATE INDEX scans_by_counted ON scans (counted_ticket_id, action);

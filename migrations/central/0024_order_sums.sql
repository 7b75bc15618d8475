-- Orders by their sum over all events, for whoever sees all of them.

CREATE INDEX orders_by_amount ON orders (total_minor, id);

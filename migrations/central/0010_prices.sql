-- Prices: shared quotas, versions of ticket types, fees and taxes, group discounts, and what an order was sold at.

-- Counts every change of what buyers are offered, so that a copy in memory knows that it is old.
ALTER TABLE events ADD COLUMN catalog_revision BIGINT NOT NULL DEFAULT 0;

-- One capacity that several types draw on, each beside its own quota.
CREATE TABLE shared_quotas (
    id BINARY(16) NOT NULL PRIMARY KEY,
    event_id BINARY(16) NOT NULL,
    name VARCHAR(100) NOT NULL,
    quota BIGINT NOT NULL,
    -- held and sold; changed only by conditional updates that keep 0 <= taken <= quota
    taken BIGINT NOT NULL,
    UNIQUE (event_id, name),
    CONSTRAINT shared_quotas_event FOREIGN KEY (event_id) REFERENCES events (id)
);

-- null = its own quota alone; never changed while anything is taken
ALTER TABLE ticket_types ADD COLUMN shared_quota_id BINARY(16);
-- opens a hidden type to who has it; null = a promo code of the type alone opens it
ALTER TABLE ticket_types ADD COLUMN access_code VARCHAR(40);
-- of ticket_type_versions; what stands in ticket_types is a copy of it
ALTER TABLE ticket_types ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

-- What a type was offered as, and since when. Rows are only ever added.
CREATE TABLE ticket_type_versions (
    ticket_type_id BINARY(16) NOT NULL,
    version BIGINT NOT NULL,
    name VARCHAR(100) NOT NULL,
    description VARCHAR(500) NOT NULL,
    price_minor BIGINT NOT NULL,
    sale_from BIGINT NOT NULL,
    sale_until BIGINT NOT NULL,
    min_per_order BIGINT NOT NULL,
    max_per_order BIGINT NOT NULL,
    visibility VARCHAR(20) NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (ticket_type_id, version),
    CONSTRAINT ticket_type_versions_type FOREIGN KEY (ticket_type_id) REFERENCES ticket_types (id)
);

INSERT INTO ticket_type_versions (ticket_type_id, version, name, description, price_minor, sale_from, sale_until,
    min_per_order, max_per_order, visibility, created_at)
    SELECT id, 1, name, description, price_minor, sale_from, sale_until, min_per_order, max_per_order, visibility, 0
    FROM ticket_types;

-- Fees and taxes of an event, applied by place.
CREATE TABLE event_charges (
    event_id BINARY(16) NOT NULL,
    place BIGINT NOT NULL,
    -- fee, tax
    kind VARCHAR(20) NOT NULL,
    name VARCHAR(100) NOT NULL,
    -- percent, per_ticket, per_order
    rate_kind VARCHAR(20) NOT NULL,
    -- hundredths of a percent, or minor units
    rate_value BIGINT NOT NULL,
    -- tickets, fees, everything
    base VARCHAR(20) NOT NULL,
    -- part of the price as shown, or on top of it
    included BOOLEAN NOT NULL,
    PRIMARY KEY (event_id, place),
    CONSTRAINT event_charges_event FOREIGN KEY (event_id) REFERENCES events (id)
);

-- So many of a type in one order cost less.
CREATE TABLE group_discounts (
    event_id BINARY(16) NOT NULL,
    place BIGINT NOT NULL,
    name VARCHAR(100) NOT NULL,
    -- null = any type
    ticket_type_id BINARY(16),
    min_quantity BIGINT NOT NULL,
    -- fixed (off each ticket), percent
    kind VARCHAR(20) NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (event_id, place),
    CONSTRAINT group_discounts_event FOREIGN KEY (event_id) REFERENCES events (id)
);

-- What the type was called and which version of it was sold.
ALTER TABLE order_items ADD COLUMN name VARCHAR(100) NOT NULL DEFAULT '';
ALTER TABLE order_items ADD COLUMN type_version BIGINT NOT NULL DEFAULT 1;

UPDATE order_items SET name = (SELECT t.name FROM ticket_types t WHERE t.id = order_items.ticket_type_id);

-- What stands between the sum of an order's lines and its total, in the order applied.
CREATE TABLE order_adjustments (
    order_id BINARY(16) NOT NULL,
    place BIGINT NOT NULL,
    -- group_discount, promo, fee, tax
    kind VARCHAR(20) NOT NULL,
    name VARCHAR(100) NOT NULL,
    promo_code_id BINARY(16),
    -- never negative: discounts are taken off, fees and taxes put on
    amount_minor BIGINT NOT NULL,
    -- part of the price already: told, not added
    included BOOLEAN NOT NULL,
    PRIMARY KEY (order_id, place),
    CONSTRAINT order_adjustments_order FOREIGN KEY (order_id) REFERENCES orders (id)
);

-- Uses of a code by one buyer, by keyed digest of the identity number and of the address, each counted.
CREATE TABLE promo_buyers (
    promo_code_id BINARY(16) NOT NULL,
    buyer_digest BINARY(32) NOT NULL,
    -- changed only by conditional updates that keep 0 <= used <= per_buyer of the code
    used BIGINT NOT NULL,
    PRIMARY KEY (promo_code_id, buyer_digest),
    CONSTRAINT promo_buyers_code FOREIGN KEY (promo_code_id) REFERENCES promo_codes (id)
);

-- buyer_digest is of the identity number; this one of the address. A later migration may demand it.
ALTER TABLE promo_usages ADD COLUMN mail_digest BINARY(32);
CREATE INDEX promo_usages_by_order ON promo_usages (order_id);

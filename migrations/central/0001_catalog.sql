-- What is sold: clients (organisers), events, their days, gates, keys, and ticket types.
-- Moments are UTC milliseconds in BIGINT; ids are UUIDs in BINARY(16); money is integer minor units.

CREATE TABLE clients (
    id BINARY(16) NOT NULL PRIMARY KEY,
    slug VARCHAR(80) NOT NULL UNIQUE,
    name VARCHAR(200) NOT NULL,
    email VARCHAR(254) NOT NULL,
    phone VARCHAR(20),
    status VARCHAR(20) NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE events (
    id BINARY(16) NOT NULL PRIMARY KEY,
    client_id BINARY(16) NOT NULL,
    slug VARCHAR(80) NOT NULL UNIQUE,
    name VARCHAR(200) NOT NULL,
    summary VARCHAR(500) NOT NULL,
    description TEXT NOT NULL,
    terms TEXT NOT NULL,
    venue VARCHAR(200) NOT NULL,
    address VARCHAR(500) NOT NULL,
    city VARCHAR(100) NOT NULL,
    time_zone VARCHAR(50) NOT NULL,
    currency VARCHAR(3) NOT NULL,
    -- draft, published, closed, cancelled, postponed, completed
    status VARCHAR(20) NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    hold_ms BIGINT NOT NULL,
    -- single, once_per_day, times, times_per_gate, re_entry; entry_limit counts for the two with times
    entry_rule VARCHAR(20) NOT NULL,
    entry_limit BIGINT NOT NULL,
    exchange_required BOOLEAN NOT NULL,
    -- admit, ask, refuse
    sold_after_sync VARCHAR(20) NOT NULL,
    repeat_ms BIGINT NOT NULL,
    lease_ms BIGINT NOT NULL,
    -- how many people a node lets through in a minute at most, as far as counts of silent nodes assume
    most_per_minute BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT events_client FOREIGN KEY (client_id) REFERENCES clients (id)
);

CREATE INDEX events_listed ON events (status, starts_at);

-- The one row of an event that every gate-visible change locks first: revisions are gapless and become
-- visible in order. It stands apart from events so that reading an event never waits for it.
CREATE TABLE event_revisions (
    event_id BINARY(16) NOT NULL PRIMARY KEY,
    revision BIGINT NOT NULL,
    config_revision BIGINT NOT NULL,
    count_valid BIGINT NOT NULL,
    count_unpaid BIGINT NOT NULL,
    count_revoked BIGINT NOT NULL,
    count_refunded BIGINT NOT NULL,
    count_transferred BIGINT NOT NULL,
    manifest_sum BINARY(32) NOT NULL,
    -- admitted scans and wristbands: how many rows, and the sum of their digests
    passages BIGINT NOT NULL,
    passages_sum BINARY(32) NOT NULL,
    wristbands BIGINT NOT NULL,
    wristbands_sum BINARY(32) NOT NULL,
    CONSTRAINT event_revisions_event FOREIGN KEY (event_id) REFERENCES events (id)
);

CREATE TABLE event_days (
    event_id BINARY(16) NOT NULL,
    number BIGINT NOT NULL,
    label VARCHAR(100) NOT NULL,
    -- the calendar day, ISO 8601, in the event's time zone
    local_date VARCHAR(10) NOT NULL,
    -- tolerance included: a ticket of this day is good from opens_at until closes_at
    opens_at BIGINT NOT NULL,
    closes_at BIGINT NOT NULL,
    PRIMARY KEY (event_id, number),
    CONSTRAINT event_days_event FOREIGN KEY (event_id) REFERENCES events (id)
);

-- Moments at which everybody counts as outside again.
CREATE TABLE event_check_outs (
    event_id BINARY(16) NOT NULL,
    happens_at BIGINT NOT NULL,
    PRIMARY KEY (event_id, happens_at),
    CONSTRAINT event_check_outs_event FOREIGN KEY (event_id) REFERENCES events (id)
);

-- The search by name at gates: the event's index key under the key that the passphrase makes. No row = no search.
CREATE TABLE event_search (
    event_id BINARY(16) NOT NULL PRIMARY KEY,
    salt BINARY(16) NOT NULL,
    memory_kib BIGINT NOT NULL,
    rounds BIGINT NOT NULL,
    sealed_key VARBINARY(200) NOT NULL,
    -- the same key under the master key: new tickets are sealed, and the passphrase is changed, without the old one
    sealed_index_key VARBINARY(200) NOT NULL,
    CONSTRAINT event_search_event FOREIGN KEY (event_id) REFERENCES events (id)
);

CREATE TABLE event_keys (
    event_id BINARY(16) NOT NULL,
    slot BIGINT NOT NULL,
    public_key BINARY(32) NOT NULL,
    -- XChaCha20-Poly1305 under the master key; the private half never leaves central
    sealed_private_key VARBINARY(200) NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT,
    PRIMARY KEY (event_id, slot),
    CONSTRAINT event_keys_event FOREIGN KEY (event_id) REFERENCES events (id)
);

CREATE TABLE gates (
    id BINARY(16) NOT NULL PRIMARY KEY,
    event_id BINARY(16) NOT NULL,
    name VARCHAR(100) NOT NULL,
    UNIQUE (event_id, name),
    CONSTRAINT gates_event FOREIGN KEY (event_id) REFERENCES events (id)
);

CREATE TABLE ticket_categories (
    id BINARY(16) NOT NULL PRIMARY KEY,
    event_id BINARY(16) NOT NULL,
    parent_id BINARY(16),
    name VARCHAR(100) NOT NULL,
    place BIGINT NOT NULL,
    CONSTRAINT ticket_categories_event FOREIGN KEY (event_id) REFERENCES events (id),
    CONSTRAINT ticket_categories_parent FOREIGN KEY (parent_id) REFERENCES ticket_categories (id)
);

CREATE TABLE ticket_types (
    id BINARY(16) NOT NULL PRIMARY KEY,
    event_id BINARY(16) NOT NULL,
    category_id BINARY(16) NOT NULL,
    -- the number in ticket codes; never reused within an event
    number BIGINT NOT NULL,
    name VARCHAR(100) NOT NULL,
    description VARCHAR(500) NOT NULL,
    price_minor BIGINT NOT NULL,
    quota BIGINT NOT NULL,
    -- held and sold; changed only by conditional updates that keep 0 <= taken <= quota
    taken BIGINT NOT NULL,
    sale_from BIGINT NOT NULL,
    sale_until BIGINT NOT NULL,
    min_per_order BIGINT NOT NULL,
    max_per_order BIGINT NOT NULL,
    -- public, hidden
    visibility VARCHAR(20) NOT NULL,
    day_mask BIGINT NOT NULL,
    place BIGINT NOT NULL,
    -- goes with another ticket of the same person, which may be shown for it at this type's gates
    addon BOOLEAN NOT NULL,
    UNIQUE (event_id, number),
    CONSTRAINT ticket_types_event FOREIGN KEY (event_id) REFERENCES events (id),
    CONSTRAINT ticket_types_category FOREIGN KEY (category_id) REFERENCES ticket_categories (id)
);

-- Gates at which a type is taken; no row = all gates.
CREATE TABLE ticket_type_gates (
    ticket_type_id BINARY(16) NOT NULL,
    gate_id BINARY(16) NOT NULL,
    PRIMARY KEY (ticket_type_id, gate_id),
    CONSTRAINT ticket_type_gates_type FOREIGN KEY (ticket_type_id) REFERENCES ticket_types (id),
    CONSTRAINT ticket_type_gates_gate FOREIGN KEY (gate_id) REFERENCES gates (id)
);

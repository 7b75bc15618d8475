-- What central knows, as far as this gate needs it. Everything here can be fetched again.
-- `pass` is the number of the full fetch that last saw a row; see `state`.
CREATE TABLE tickets (
    id BLOB PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    type_number INTEGER NOT NULL,
    day_mask INTEGER NOT NULL,
    status INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    -- the same on other tickets of one person
    holder INTEGER,
    -- the name under the event's search key
    search BLOB NOT NULL,
    pass INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The search by name follows central's changes without reading all tickets.
CREATE INDEX tickets_by_revision ON tickets (revision, id);
CREATE INDEX tickets_of_holder ON tickets (holder) WHERE holder IS NOT NULL;

-- Admitted scans of all nodes as central rules them now.
--   ticket     the one that it counts for; NULL = a wristband that belongs to none
--   ruling     0 counted, 1 double, 2 double that the clocks cannot decide, 3 stray, 4 unbound
--   winner_*   set for doubles only
CREATE TABLE passages (
    node BLOB NOT NULL,
    seq INTEGER NOT NULL,
    ticket BLOB,
    wristband BLOB,
    action INTEGER NOT NULL,
    gate BLOB NOT NULL,
    lo_ms INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    hi_ms INTEGER NOT NULL,
    day INTEGER NOT NULL,
    ruling INTEGER NOT NULL,
    winner_node BLOB,
    winner_seq INTEGER,
    flag INTEGER,
    revision INTEGER NOT NULL,
    pass INTEGER NOT NULL,
    PRIMARY KEY (node, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX passages_of_ticket ON passages (ticket);
CREATE INDEX passages_of_wristband ON passages (wristband) WHERE wristband IS NOT NULL;
-- What the screen tells: few rows, whatever the event's size.
CREATE INDEX passages_told ON passages (at_ms) WHERE ruling IN (1, 2, 4) OR flag IS NOT NULL;

-- Wristbands that were printed elsewhere, and those that are void (status 2).
CREATE TABLE wristbands (
    id BLOB PRIMARY KEY,
    status INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    pass INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE event_config (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    config BLOB NOT NULL
) STRICT;

-- How far the replica has come: one row, written with the rows it speaks of.
--   position   place in central's changes; NULL = the next fetch begins from the start
--   pass       number of the last full fetch that was begun
--   is_whole   that fetch has not reached its last page
--   running    manifest of the rows of this pass
--   revision, as_of_ms, is_complete   the last proof: equal to central's at that revision and time
--   gap        what was wrong at the last page, when it was not equal
CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    position BLOB,
    pass INTEGER NOT NULL,
    is_whole INTEGER NOT NULL,
    running BLOB,
    revision INTEGER NOT NULL,
    as_of_ms INTEGER,
    is_complete INTEGER NOT NULL,
    gap TEXT
) STRICT;

INSERT INTO state (id, pass, is_whole, revision, is_complete) VALUES (1, 0, 0, 0, 0);

-- What this node did: one row per attempt, never edited. `record` is the canonical CBOR; the columns before it
-- repeat what the history of a ticket is asked for, so that a scan reads no CBOR.
CREATE TABLE scans (
    seq INTEGER PRIMARY KEY,
    -- the ticket that it counts for, as far as this gate knew; and the wristband that was shown, bound or taken away
    ticket BLOB,
    wristband BLOB,
    action INTEGER NOT NULL,
    decision INTEGER NOT NULL,
    reason INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    day INTEGER NOT NULL,
    gate BLOB NOT NULL,
    record BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;

-- Admitted scans alone bear on the next verdict, so refused ones cost no second page.
CREATE INDEX scans_admitted ON scans (ticket) WHERE decision = 1 AND ticket IS NOT NULL;
CREATE INDEX scans_worn ON scans (wristband) WHERE decision = 1 AND wristband IS NOT NULL;

CREATE TRIGGER scans_are_never_edited BEFORE UPDATE ON scans
BEGIN
    SELECT RAISE(ABORT, 'the scan log is append-only: no row is ever edited');
END;

CREATE TRIGGER scans_are_never_deleted BEFORE DELETE ON scans
BEGIN
    SELECT RAISE(ABORT, 'the scan log is append-only: no row is ever deleted');
END;

-- Also keeps out INSERT OR REPLACE, which would delete without asking the trigger above.
CREATE TRIGGER scans_follow_each_other BEFORE INSERT ON scans
WHEN NEW.seq <> coalesce((SELECT max(seq) FROM scans), 0) + 1
BEGIN
    SELECT RAISE(ABORT, 'the scan log is append-only: a row follows the last one');
END;

-- This node's dealings with central: one row. They outlive the replica, as the log does.
--   is_copy   central holds other or more scans of this node than the log: this disk is an old copy
--   is_over   a scan met the end of the lease: only central can end that, whatever the clock says later
--   rights    what this node may do, as bits
--   receipt   central's signed word for what it has
CREATE TABLE contact (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    acknowledged INTEGER NOT NULL,
    round INTEGER,
    trip_boot BLOB,
    trip_sent_ms INTEGER,
    trip_got_ms INTEGER,
    sample_boot BLOB,
    sample_mono_ms INTEGER,
    sample_central_ms INTEGER,
    sample_error_ms INTEGER,
    central_seen_ms INTEGER,
    lease_until_ms INTEGER,
    is_erased INTEGER NOT NULL,
    is_copy INTEGER NOT NULL,
    is_over INTEGER NOT NULL,
    rights INTEGER NOT NULL,
    receipt BLOB
) STRICT;

INSERT INTO contact (id, acknowledged, is_erased, is_copy, is_over, rights) VALUES (1, 0, 0, 0, 0, 4294967295);

-- Records that central put aside, for the status page. Central has them; nothing is lost.
CREATE TABLE parked (
    seq INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    message TEXT NOT NULL
) STRICT;

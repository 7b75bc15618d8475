-- Lists of scans, attendees and deeds end after a page, whatever they are limited to; long work at the gates goes on
-- beside the pages that ask for it, and files that were refused leave a row.

CREATE INDEX scans_by_node ON scans (node_id, at_ms, seq);
-- Who came: covers the question whether a ticket is inside.
CREATE INDEX scans_by_action ON scans (event_id, action, ruling, counted_ticket_id);
CREATE INDEX ruling_changes_of_event ON ruling_changes (event_id, node_id, seq);
CREATE INDEX audit_log_by_action ON audit_log (action, happened_at, id);
-- Tickets that are good on a day are counted from it alone.
CREATE INDEX tickets_by_day ON tickets (event_id, status, day_mask);

-- Names of an event that are being sealed for its search, or taken away where it has none any more.
CREATE TABLE search_runs (
    event_id BINARY(16) NOT NULL PRIMARY KEY,
    asked_by VARCHAR(200) NOT NULL,
    started_at BIGINT NOT NULL,
    -- names that it was about when it began, and those that are done
    total BIGINT NOT NULL,
    done BIGINT NOT NULL,
    done_at BIGINT,
    CONSTRAINT search_runs_event FOREIGN KEY (event_id) REFERENCES events (id)
);

CREATE INDEX search_runs_open ON search_runs (done_at, started_at);

-- What was interrupted before this table was made goes on: turning on, and turning off.
INSERT INTO search_runs (event_id, asked_by, started_at, total, done)
    SELECT event_id, 'system', 0, 0, 0 FROM event_search;
INSERT INTO search_runs (event_id, asked_by, started_at, total, done)
    SELECT DISTINCT event_id, 'system', 0, 0, 0 FROM tickets
    WHERE LENGTH(search) > 0 AND event_id NOT IN (SELECT event_id FROM event_search);

-- Files with logs that were not taken in, or not to their end.
CREATE TABLE bundle_refusals (
    id BINARY(16) NOT NULL PRIMARY KEY,
    event_id BINARY(16) NOT NULL,
    -- whose log it is, where a node of the event is named
    node_id BINARY(16),
    author VARCHAR(200) NOT NULL,
    refused_at BIGINT NOT NULL,
    -- the stable name of why
    code VARCHAR(60) NOT NULL,
    -- new records of it that were kept before that
    taken BIGINT NOT NULL,
    CONSTRAINT bundle_refusals_event FOREIGN KEY (event_id) REFERENCES events (id)
);

CREATE INDEX bundle_refusals_by_event ON bundle_refusals (event_id, refused_at);

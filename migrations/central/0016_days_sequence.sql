-- What calendar_sequence was after the last change of an event's days or beginning: a postponed event whose days did not
-- move since it was postponed still waits for them, whatever is written about it meanwhile.
ALTER TABLE events ADD COLUMN days_sequence BIGINT NOT NULL DEFAULT 0;

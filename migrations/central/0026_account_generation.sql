-- Raised by a new password or second factor and by the end of all sessions: what browsers were known by before is void.
ALTER TABLE users ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;

-- What one account did, the latest first.
CREATE INDEX audit_log_by_actor ON audit_log (actor_id, happened_at, id);

-- Every notice asks which payments came beside the one that it speaks of.
CREATE INDEX payments_beside ON payments (beside_id);

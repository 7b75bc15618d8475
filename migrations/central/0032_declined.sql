-- Whoever may open an event may decline to: the wish ends, and whoever asked reads why, where that was said.
ALTER TABLE openings ADD COLUMN reason VARCHAR(500);

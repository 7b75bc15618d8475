-- Setting events up in the panel: an organiser sets up their own, and opening them to the public is a right of its own,
-- because it begins to take money in the installation's name.

INSERT INTO permissions (name, description) VALUES
    ('events.publish', 'Open events to the public, close their sale, postpone and cancel them');

INSERT INTO role_permissions (role_name, permission_name) VALUES
    ('super_admin', 'events.publish'),
    ('client', 'events.manage');

-- Lists of codes over all events, by code.
CREATE INDEX promo_codes_by_code ON promo_codes (code, id);

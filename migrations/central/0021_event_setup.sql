-- Setting events up in the panel: an organiser sets up their own, and opening them to the public is a right of its own,
-- because it begins to take money in the installation's name. Roles may have been edited: what is there stays.

INSERT INTO permissions (name, description) VALUES
    ('events.publish', 'Open events to the public, close their sale, postpone and cancel them, set their fees');

-- Whoever could open events can still, except an organiser.
INSERT INTO role_permissions (role_name, permission_name)
    SELECT r.name, 'events.publish' FROM roles r JOIN role_permissions p ON p.role_name = r.name
    WHERE p.permission_name = 'events.manage' AND r.reach <> 'client';

INSERT INTO role_permissions (role_name, permission_name)
    SELECT r.name, 'events.manage' FROM roles r WHERE r.name = 'client' AND NOT EXISTS (
        SELECT 1 FROM role_permissions p WHERE p.role_name = r.name AND p.permission_name = 'events.manage'
    );

-- Lists of codes over all events, by code.
CREATE INDEX promo_codes_by_code ON promo_codes (code, id);

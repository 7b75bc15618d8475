-- What the rest of the panel asks for: to flag orders and ask for refunds without giving money back, and to see reports.

INSERT INTO permissions (name, description) VALUES
    ('orders.manage', 'Flag orders, send their papers again, ask for refunds'),
    ('reports.view', 'See reports of sales, money and attendance');

INSERT INTO role_permissions (role_name, permission_name) VALUES
    ('super_admin', 'orders.manage'),
    ('super_admin', 'reports.view'),
    ('client', 'orders.manage'),
    ('client', 'reports.view'),
    ('venue_manager', 'reports.view');

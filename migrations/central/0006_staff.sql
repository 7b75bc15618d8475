-- Who works here: accounts, roles and permissions as data, sessions, and the audit trail.

CREATE TABLE users (
    id BINARY(16) NOT NULL PRIMARY KEY,
    email VARCHAR(254) NOT NULL UNIQUE,
    name VARCHAR(200) NOT NULL,
    password_hash VARCHAR(200) NOT NULL,
    client_id BINARY(16),
    status VARCHAR(20) NOT NULL,
    must_change_password BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT users_client FOREIGN KEY (client_id) REFERENCES clients (id)
);

CREATE TABLE roles (
    name VARCHAR(50) NOT NULL PRIMARY KEY,
    description VARCHAR(200) NOT NULL
);

CREATE TABLE permissions (
    name VARCHAR(50) NOT NULL PRIMARY KEY,
    description VARCHAR(200) NOT NULL
);

CREATE TABLE role_permissions (
    role_name VARCHAR(50) NOT NULL,
    permission_name VARCHAR(50) NOT NULL,
    PRIMARY KEY (role_name, permission_name),
    CONSTRAINT role_permissions_role FOREIGN KEY (role_name) REFERENCES roles (name),
    CONSTRAINT role_permissions_permission FOREIGN KEY (permission_name) REFERENCES permissions (name)
);

-- A role may be held for all events (no row in user_role_events) or for some.
CREATE TABLE user_roles (
    user_id BINARY(16) NOT NULL,
    role_name VARCHAR(50) NOT NULL,
    PRIMARY KEY (user_id, role_name),
    CONSTRAINT user_roles_user FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT user_roles_role FOREIGN KEY (role_name) REFERENCES roles (name)
);

CREATE TABLE user_role_events (
    user_id BINARY(16) NOT NULL,
    role_name VARCHAR(50) NOT NULL,
    event_id BINARY(16) NOT NULL,
    PRIMARY KEY (user_id, role_name, event_id),
    CONSTRAINT user_role_events_event FOREIGN KEY (event_id) REFERENCES events (id)
);

CREATE TABLE user_sessions (
    token_digest BINARY(32) NOT NULL PRIMARY KEY,
    user_id BINARY(16) NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT user_sessions_user FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE TABLE audit_log (
    id BINARY(16) NOT NULL PRIMARY KEY,
    happened_at BIGINT NOT NULL,
    -- staff, node, provider, system, buyer
    actor_kind VARCHAR(20) NOT NULL,
    actor_id BINARY(16),
    action VARCHAR(60) NOT NULL,
    subject_kind VARCHAR(40) NOT NULL,
    subject_id BINARY(16),
    -- JSON without secrets or identity numbers
    detail TEXT NOT NULL
);

CREATE INDEX audit_log_by_subject ON audit_log (subject_kind, subject_id, happened_at);

-- What this installation made for itself once, such as its certificate authority; secrets are sealed.
CREATE TABLE settings (
    name VARCHAR(50) NOT NULL PRIMARY KEY,
    value LONGBLOB NOT NULL
);

INSERT INTO roles (name, description) VALUES
    ('super_admin', 'Everything'),
    ('client', 'Its own events only'),
    ('venue_manager', 'Gates, nodes, conflicts and counts of the events given to it'),
    ('wristband_exchange_officer', 'Exchanges tickets for wristbands at a node'),
    ('wristband_validator', 'Lets wristbands in at a node');

INSERT INTO permissions (name, description) VALUES
    ('events.manage', 'Set up events, types and prices'),
    ('events.view', 'See events and sales'),
    ('orders.view', 'See orders and attendees'),
    ('orders.refund', 'Refund and cancel orders'),
    ('nodes.manage', 'Enrol, assign and revoke nodes'),
    ('scans.view', 'See scan logs, rulings and conflicts'),
    ('scans.decide', 'Decide and annotate conflicts'),
    ('staff.manage', 'Accounts, roles and permissions'),
    ('audit.view', 'Read the audit trail'),
    ('gate.exchange', 'Exchange tickets for wristbands'),
    ('gate.validate', 'Let in and out');

INSERT INTO role_permissions (role_name, permission_name)
    SELECT 'super_admin', name FROM permissions;

INSERT INTO role_permissions (role_name, permission_name) VALUES
    ('client', 'events.view'),
    ('client', 'orders.view'),
    ('client', 'scans.view'),
    ('venue_manager', 'events.view'),
    ('venue_manager', 'nodes.manage'),
    ('venue_manager', 'scans.view'),
    ('venue_manager', 'scans.decide'),
    ('wristband_exchange_officer', 'gate.exchange'),
    ('wristband_validator', 'gate.validate');

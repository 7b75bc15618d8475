-- Who may work the gates, and what their supervisors decided.

-- Gate secrets: made by central, printed once, kept as Argon2id hashes (sync_protocol::operator) and sent to the nodes of
-- the events at which the account has a gate role. They open no panel; a panel's password is users.password_hash, and an
-- account that has none there holds '!', which no password hashes to.
CREATE TABLE gate_credentials (
    user_id BINARY(16) NOT NULL PRIMARY KEY,
    login VARCHAR(40) NOT NULL UNIQUE,
    salt BINARY(16) NOT NULL,
    memory_kib BIGINT NOT NULL,
    rounds BIGINT NOT NULL,
    hash BINARY(32) NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT gate_credentials_user FOREIGN KEY (user_id) REFERENCES users (id)
);

-- Events whose gates decide nothing without an operator, and after how long a gate that is left alone locks. The row
-- stays when the last operator is disabled.
CREATE TABLE event_operators (
    event_id BINARY(16) NOT NULL PRIMARY KEY,
    idle_ms BIGINT NOT NULL,
    CONSTRAINT event_operators_event FOREIGN KEY (event_id) REFERENCES events (id)
);

CREATE INDEX user_role_events_by_event ON user_role_events (event_id, user_id);

-- The earlier record of the same log that a supervisor decided about, or took back.
ALTER TABLE scans ADD COLUMN answers BIGINT;

INSERT INTO roles (name, description) VALUES
    ('gate_supervisor', 'Works gates, decides where they ask, and takes scans back');

INSERT INTO permissions (name, description) VALUES
    ('gate.supervise', 'Decide where a gate asks or refuses, and take scans back');

INSERT INTO role_permissions (role_name, permission_name) VALUES
    ('super_admin', 'gate.supervise'),
    ('gate_supervisor', 'gate.exchange'),
    ('gate_supervisor', 'gate.validate'),
    ('gate_supervisor', 'gate.supervise');

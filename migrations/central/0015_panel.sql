-- The web panel: sessions, second factors, password resets, throttled sign-ins, and how far a role reaches.

-- Never used: the panel's sessions say more.
DROP TABLE user_sessions;

CREATE TABLE panel_sessions (
    id BINARY(16) NOT NULL PRIMARY KEY,
    -- keyed digest of what the cookie holds
    token_digest BINARY(32) NOT NULL UNIQUE,
    user_id BINARY(16) NOT NULL,
    -- second_factor (only the password was right so far), full
    stage VARCHAR(20) NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- for the list of one's own sessions
    address VARCHAR(45) NOT NULL,
    agent VARCHAR(200) NOT NULL,
    CONSTRAINT panel_sessions_user FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX panel_sessions_by_user ON panel_sessions (user_id, created_at);
CREATE INDEX panel_sessions_ended ON panel_sessions (expires_at);

CREATE TABLE second_factors (
    user_id BINARY(16) NOT NULL PRIMARY KEY,
    sealed_secret VARBINARY(200) NOT NULL,
    -- null = set up and not yet proven
    confirmed_at BIGINT,
    -- the last step whose code was used; a code is good once
    last_step BIGINT NOT NULL,
    CONSTRAINT second_factors_user FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE TABLE recovery_codes (
    user_id BINARY(16) NOT NULL,
    digest BINARY(32) NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (user_id, digest),
    CONSTRAINT recovery_codes_user FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE TABLE password_resets (
    id BINARY(16) NOT NULL PRIMARY KEY,
    user_id BINARY(16) NOT NULL,
    digest BINARY(32) NOT NULL UNIQUE,
    language VARCHAR(5) NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    CONSTRAINT password_resets_user FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX password_resets_by_user ON password_resets (user_id, created_at);

-- Guesses by what they were counted for: an account, an address, or both together, each as a keyed digest.
CREATE TABLE panel_guesses (
    digest BINARY(32) NOT NULL PRIMARY KEY,
    guesses BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);

CREATE INDEX panel_guesses_old ON panel_guesses (last_at);

-- Until when a password that somebody else made is good; null = it is the person's own.
ALTER TABLE users ADD COLUMN one_time_until BIGINT;

-- all, client (the account's own organiser), events (those in user_role_events and no other), gates (no panel)
ALTER TABLE roles ADD COLUMN reach VARCHAR(20) NOT NULL DEFAULT 'gates';

UPDATE roles SET reach = 'all' WHERE name = 'super_admin';
UPDATE roles SET reach = 'client' WHERE name = 'client';
UPDATE roles SET reach = 'events' WHERE name = 'venue_manager';

INSERT INTO permissions (name, description) VALUES
    ('orders.export', 'Take lists of orders away as files'),
    ('clients.manage', 'Organisers and their accounts'),
    ('roles.manage', 'What each role may do');

INSERT INTO role_permissions (role_name, permission_name) VALUES
    ('super_admin', 'orders.export'),
    ('super_admin', 'clients.manage'),
    ('super_admin', 'roles.manage'),
    ('client', 'orders.export');

-- Whoever uses the panel works no gate, and the other way round.
DELETE FROM role_permissions WHERE role_name = 'super_admin'
    AND permission_name IN ('gate.exchange', 'gate.validate', 'gate.supervise');

-- The lists of the panel, newest first.
CREATE INDEX audit_log_by_moment ON audit_log (happened_at, id);
CREATE INDEX orders_by_moment ON orders (created_at, id);
CREATE INDEX orders_by_status ON orders (event_id, status, created_at);
CREATE INDEX orders_by_total ON orders (event_id, total_minor);
CREATE INDEX orders_by_email ON orders (email);
CREATE INDEX orders_by_buyer ON orders (buyer_name);
CREATE INDEX orders_by_attention ON orders (attention, created_at);

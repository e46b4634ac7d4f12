-- Times are milliseconds since 1970 by the client's clock, but for revocations. Secrets are present as SHA-256 only.

CREATE TABLE IF NOT EXISTS secrets (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password TEXT NOT NULL -- PHC string
) STRICT;
CREATE TABLE IF NOT EXISTS login_failures (
    client TEXT NOT NULL,
    address BLOB NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS login_failures_of_address ON login_failures (client, address);
CREATE TABLE IF NOT EXISTS sessions (
    hash BLOB PRIMARY KEY,
    client TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    csrf_nonce BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS sessions_of_user ON sessions (client, user_id);
CREATE INDEX IF NOT EXISTS sessions_by_use ON sessions (client, seen_at);
CREATE INDEX IF NOT EXISTS sessions_by_start ON sessions (client, created_at);
CREATE TABLE IF NOT EXISTS families (
    id TEXT PRIMARY KEY,
    client TEXT NOT NULL,
    mode TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users,
    csrf_nonce BLOB NOT NULL,
    ends_at INTEGER NOT NULL,
    must_end_at INTEGER NOT NULL,
    revoked INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS families_of_user ON families (client, user_id);
CREATE INDEX IF NOT EXISTS families_by_end ON families (client, ends_at);
CREATE INDEX IF NOT EXISTS families_revoked ON families (client) WHERE revoked;
CREATE TABLE IF NOT EXISTS refresh_tokens (
    hash BLOB PRIMARY KEY,
    family TEXT NOT NULL REFERENCES families ON DELETE CASCADE,
    expires_at INTEGER NOT NULL,
    rotated_at INTEGER,
    sealed_answer BLOB
) STRICT;
CREATE INDEX IF NOT EXISTS refresh_tokens_of_family ON refresh_tokens (family);
CREATE INDEX IF NOT EXISTS refresh_tokens_with_answer ON refresh_tokens (rotated_at) WHERE sealed_answer IS NOT NULL;
CREATE TABLE IF NOT EXISTS opaque_tokens (
    hash BLOB PRIMARY KEY,
    family TEXT NOT NULL REFERENCES families ON DELETE CASCADE,
    expires_at INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS opaque_tokens_of_family ON opaque_tokens (family);
CREATE INDEX IF NOT EXISTS opaque_tokens_by_end ON opaque_tokens (expires_at);
CREATE TABLE IF NOT EXISTS revocations (
    client TEXT NOT NULL,
    id TEXT NOT NULL,        -- of a family, or the jti of a token
    until INTEGER NOT NULL,  -- by the machine's clock
    PRIMARY KEY (client, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS revocations_by_end ON revocations (until);
CREATE TABLE IF NOT EXISTS signing_keys (
    client TEXT NOT NULL,
    position INTEGER NOT NULL,
    key TEXT NOT NULL, -- JSON
    PRIMARY KEY (client, position)
) STRICT, WITHOUT ROWID;

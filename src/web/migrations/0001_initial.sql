-- Who is signed in. Only the token's hash is kept: a stolen copy of the database opens no session.
CREATE TABLE session (
    commune_id BIGINT NOT NULL,
    token_hash BLOB NOT NULL,
    account_id BLOB NOT NULL,
    created_at_us BIGINT NOT NULL,
    seen_at_us BIGINT NOT NULL,
    expires_at_us BIGINT NOT NULL,
    PRIMARY KEY (commune_id, token_hash)
) STRICT, WITHOUT ROWID;
-- Ending every session of an account.
CREATE INDEX session_by_account ON session (commune_id, account_id);
-- Sweeping what has expired.
CREATE INDEX session_by_end ON session (commune_id, expires_at_us);

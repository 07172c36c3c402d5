-- What every commune sets for itself.
CREATE TABLE setting (
    commune_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (commune_id, key)
) STRICT, WITHOUT ROWID;

-- Numbers drawn in order: dossier codes, certificate books.
CREATE TABLE counter (
    commune_id BIGINT NOT NULL,
    series TEXT NOT NULL,
    last_value BIGINT NOT NULL CHECK (last_value > 0),
    PRIMARY KEY (commune_id, series)
) STRICT, WITHOUT ROWID;

-- Answers already given, so that a repeated request is answered and not done again.
CREATE TABLE once (
    commune_id BIGINT NOT NULL,
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash BLOB NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at_us BIGINT NOT NULL,
    PRIMARY KEY (commune_id, scope, key)
) STRICT;

CREATE INDEX once_by_age ON once (commune_id, created_at_us);

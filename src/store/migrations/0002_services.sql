-- The audit chain: each entry's hash covers its fields and the hash before it.
CREATE TABLE audit (
    commune_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_account_id BLOB,
    actor_name TEXT NOT NULL,
    address TEXT NOT NULL,
    request_id BLOB,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BLOB,
    person_id BLOB,
    detail TEXT NOT NULL,
    prev_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (commune_id, seq)
) STRICT, WITHOUT ROWID;
-- The page where a person sees who looked at their record.
CREATE INDEX audit_by_person ON audit (commune_id, person_id, seq) WHERE person_id IS NOT NULL;

-- The end of each chain, so that nothing can be cut off it unseen.
CREATE TABLE audit_head (
    commune_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (commune_id)
) STRICT, WITHOUT ROWID;

-- Domain events, as they were published.
CREATE TABLE event (
    commune_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    subject_id BLOB,
    payload TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    PRIMARY KEY (commune_id, id)
) STRICT, WITHOUT ROWID;

-- The outbox: what must still happen outside the transaction that asked for it.
CREATE TABLE job (
    commune_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    run_at_us BIGINT NOT NULL,
    created_at_us BIGINT NOT NULL,
    last_error TEXT NOT NULL,
    PRIMARY KEY (commune_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX job_by_key ON job (commune_id, kind, key);
-- What the runner takes next: waiting ones that are due, running ones whose lease is over.
CREATE INDEX job_by_time ON job (state, run_at_us);
-- The page of what failed.
CREATE INDEX job_by_state ON job (commune_id, state, id);

-- Files that records hold; their bytes lie in files/ under their hash.
CREATE TABLE file (
    commune_id BIGINT NOT NULL,
    sha256 BLOB NOT NULL,
    size_bytes BIGINT NOT NULL,
    type TEXT NOT NULL,
    created_at_us BIGINT NOT NULL,
    PRIMARY KEY (commune_id, sha256)
) STRICT, WITHOUT ROWID;

-- Search: one row a document; the text index hangs on `number`, which grows with time.
CREATE TABLE search_doc (
    commune_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    id BLOB NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (commune_id, kind, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX search_doc_by_number ON search_doc (number);
-- sqlite:
CREATE VIRTUAL TABLE search_text USING fts5(scope, exact, folded, tokenize = "unicode61 remove_diacritics 0", prefix = '2 3');
-- postgresql:
CREATE TABLE search_text (
    number BIGINT PRIMARY KEY,
    scope TEXT NOT NULL,
    exact TSVECTOR NOT NULL,
    folded TSVECTOR NOT NULL
);
CREATE INDEX search_text_exact ON search_text USING gin (exact);
CREATE INDEX search_text_folded ON search_text USING gin (folded);
-- both:

-- The catalogue in versions: a dossier keeps the version of its reception day.
CREATE TABLE procedure (
    commune_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    code TEXT NOT NULL,
    version BIGINT NOT NULL,
    valid_from_day BIGINT NOT NULL,
    valid_to_day BIGINT,
    name TEXT NOT NULL,
    field TEXT NOT NULL,
    term TEXT NOT NULL,
    supplement_mode TEXT NOT NULL,
    cutoff_15h BIGINT NOT NULL,
    fee_vnd BIGINT,
    fee_text TEXT NOT NULL,
    online TEXT NOT NULL,
    agency TEXT NOT NULL,
    result_name TEXT NOT NULL,
    form_id TEXT NOT NULL,
    details TEXT NOT NULL,
    content_hash BLOB NOT NULL,
    PRIMARY KEY (commune_id, id)
) STRICT, WITHOUT ROWID;
-- The version in force on a day; the catalogue by code, a page at a time.
CREATE UNIQUE INDEX procedure_by_code ON procedure (commune_id, code, valid_from_day);
CREATE INDEX procedure_by_field ON procedure (commune_id, field, code) WHERE valid_to_day IS NULL;
CREATE INDEX procedure_current ON procedure (commune_id, code, name, field, term, online, form_id, fee_text, valid_to_day) WHERE valid_to_day IS NULL;

-- A dossier: the latest state of its event log.
CREATE TABLE dossier (
    commune_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    code TEXT NOT NULL,
    provisional_code TEXT NOT NULL,
    procedure_id BLOB NOT NULL,
    procedure_code TEXT NOT NULL,
    field TEXT NOT NULL,
    state BIGINT NOT NULL,
    channel BIGINT NOT NULL,
    source_of_truth TEXT NOT NULL,
    org_id BLOB NOT NULL,
    applicant_id BLOB NOT NULL,
    applicant_name TEXT NOT NULL,
    applicant_phone TEXT NOT NULL,
    applicant_id_number TEXT NOT NULL,
    hamlet_id BLOB,
    filed_by BLOB,
    handler_id BLOB,
    answers TEXT NOT NULL,
    filed_at_us BIGINT NOT NULL,
    received_at_us BIGINT,
    due_at_us BIGINT NOT NULL,
    finished_at_us BIGINT,
    supplements BIGINT NOT NULL,
    result_sha256 BLOB,
    version BIGINT NOT NULL,
    PRIMARY KEY (commune_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX dossier_by_code ON dossier (commune_id, code) WHERE code <> '';
CREATE UNIQUE INDEX dossier_by_provisional ON dossier (commune_id, provisional_code) WHERE provisional_code <> '';
-- The desk's queue: what is open, the most urgent first.
CREATE INDEX dossier_queue ON dossier (commune_id, state, due_at_us, id) WHERE state IN (1, 2, 4, 5, 6, 9);
-- A resident's own.
CREATE INDEX dossier_by_applicant ON dossier (commune_id, applicant_id, id);
-- Figures: received in a period.
CREATE INDEX dossier_by_reception ON dossier (commune_id, received_at_us, channel, state, due_at_us, finished_at_us, field, procedure_code, hamlet_id) WHERE received_at_us IS NOT NULL;

-- What happened to it: everything else is a view of this.
CREATE TABLE dossier_event (
    commune_id BIGINT NOT NULL,
    dossier_id BLOB NOT NULL,
    seq BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    move TEXT NOT NULL,
    from_state BIGINT NOT NULL,
    to_state BIGINT NOT NULL,
    by_account BLOB,
    by_name TEXT NOT NULL,
    note TEXT NOT NULL,
    form_number TEXT NOT NULL,
    PRIMARY KEY (commune_id, dossier_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE dossier_paper (
    commune_id BIGINT NOT NULL,
    dossier_id BLOB NOT NULL,
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    filename TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    size_bytes BIGINT NOT NULL,
    type TEXT NOT NULL,
    added_at_us BIGINT NOT NULL,
    PRIMARY KEY (commune_id, dossier_id, id)
) STRICT, WITHOUT ROWID;

-- Each print of a numbered form.
CREATE TABLE dossier_print (
    commune_id BIGINT NOT NULL,
    dossier_id BLOB NOT NULL,
    form TEXT NOT NULL,
    times BIGINT NOT NULL,
    PRIMARY KEY (commune_id, dossier_id, form)
) STRICT, WITHOUT ROWID;

-- What a resident has typed and not sent yet.
CREATE TABLE draft (
    commune_id BIGINT NOT NULL,
    account_id BLOB NOT NULL,
    procedure_code TEXT NOT NULL,
    answers TEXT NOT NULL,
    saved_at_us BIGINT NOT NULL,
    PRIMARY KEY (commune_id, account_id, procedure_code)
) STRICT, WITHOUT ROWID;

-- The commune itself: one row in a village, one each in a province.
CREATE TABLE commune (
    commune_id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    district TEXT NOT NULL,
    province TEXT NOT NULL,
    org_code TEXT NOT NULL
) STRICT;

-- What a place was called and numbered, and when: papers issued before 1/7/2025 stay valid.
CREATE TABLE place_name (
    commune_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    full_name TEXT NOT NULL,
    from_day BIGINT NOT NULL,
    to_day BIGINT,
    successor_code TEXT NOT NULL,
    PRIMARY KEY (commune_id, code, from_day)
) STRICT, WITHOUT ROWID;

CREATE TABLE hamlet (
    commune_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (commune_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX hamlet_by_code ON hamlet (commune_id, code);

CREATE TABLE organisation (
    commune_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    agency_code TEXT NOT NULL,
    address TEXT NOT NULL,
    phone TEXT NOT NULL,
    PRIMARY KEY (commune_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX organisation_by_code ON organisation (commune_id, code);

-- Community digital teams (tổ công nghệ số cộng đồng).
CREATE TABLE team (
    commune_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    hamlet_id BLOB NOT NULL,
    PRIMARY KEY (commune_id, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE team_member (
    commune_id BIGINT NOT NULL,
    team_id BLOB NOT NULL,
    resident_id BLOB NOT NULL,
    is_leader BIGINT NOT NULL,
    PRIMARY KEY (commune_id, team_id, resident_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE household (
    commune_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    code TEXT NOT NULL,
    hamlet_id BLOB NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (commune_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX household_by_code ON household (commune_id, code);

CREATE TABLE resident (
    commune_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    id_number TEXT NOT NULL,
    sex BIGINT NOT NULL,
    born_day BIGINT,
    born_year BIGINT,
    phone TEXT NOT NULL,
    ethnic TEXT NOT NULL,
    nationality TEXT NOT NULL,
    address TEXT NOT NULL,
    hamlet_id BLOB,
    household_id BLOB,
    relation TEXT NOT NULL,
    merged_into BLOB,
    version BIGINT NOT NULL,
    PRIMARY KEY (commune_id, id)
) STRICT, WITHOUT ROWID;
-- Two living records never hold the same number.
CREATE UNIQUE INDEX resident_by_number ON resident (commune_id, id_number) WHERE id_number <> '' AND merged_into IS NULL;
-- Sign-in by phone; a phone often serves a household.
CREATE INDEX resident_by_phone ON resident (commune_id, phone) WHERE phone <> '';
-- The list of residents in Vietnamese order, by page.
CREATE INDEX resident_by_name ON resident (commune_id, name_key, id) WHERE merged_into IS NULL;
CREATE INDEX resident_by_household ON resident (commune_id, household_id);

-- Numbers a person has had: CMND of nine digits, numbers before a correction.
CREATE TABLE identifier (
    commune_id BIGINT NOT NULL,
    resident_id BLOB NOT NULL,
    number TEXT NOT NULL,
    from_us BIGINT NOT NULL,
    to_us BIGINT,
    PRIMARY KEY (commune_id, resident_id, number)
) STRICT, WITHOUT ROWID;

-- Doubles that were made one, and by whom.
CREATE TABLE resident_merge (
    commune_id BIGINT NOT NULL,
    from_id BLOB NOT NULL,
    into_id BLOB NOT NULL,
    reason TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    by_name TEXT NOT NULL,
    PRIMARY KEY (commune_id, from_id)
) STRICT, WITHOUT ROWID;

-- Consent, given and taken back, per purpose (Luật 91/2025/QH15).
CREATE TABLE consent (
    commune_id BIGINT NOT NULL,
    resident_id BLOB NOT NULL,
    purpose TEXT NOT NULL,
    to_resident_id BLOB NOT NULL,
    given_us BIGINT NOT NULL,
    withdrawn_us BIGINT,
    PRIMARY KEY (commune_id, resident_id, purpose, to_resident_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
    commune_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    login TEXT,
    display_name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    totp_secret BLOB,
    totp_step BIGINT NOT NULL,
    resident_id BLOB,
    failures BIGINT NOT NULL,
    locked_until_us BIGINT NOT NULL,
    PRIMARY KEY (commune_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX account_by_login ON account (commune_id, login) WHERE login IS NOT NULL;
CREATE UNIQUE INDEX account_by_resident ON account (commune_id, resident_id) WHERE resident_id IS NOT NULL;

CREATE TABLE account_role (
    commune_id BIGINT NOT NULL,
    account_id BLOB NOT NULL,
    role TEXT NOT NULL,
    org_id BLOB,
    hamlet_id BLOB,
    PRIMARY KEY (commune_id, account_id, role)
) STRICT, WITHOUT ROWID;

-- One-time codes sent to phones; only their hash is kept.
CREATE TABLE login_code (
    commune_id BIGINT NOT NULL,
    phone TEXT NOT NULL,
    code_hash BLOB NOT NULL,
    sent_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    sent_today BIGINT NOT NULL,
    day BIGINT NOT NULL,
    PRIMARY KEY (commune_id, phone)
) STRICT, WITHOUT ROWID;

-- Bearer tokens of the machine interface.
CREATE TABLE token (
    commune_id BIGINT NOT NULL,
    token_hash BLOB NOT NULL,
    id BLOB NOT NULL,
    role TEXT NOT NULL,
    org_id BLOB,
    label TEXT NOT NULL,
    created_at_us BIGINT NOT NULL,
    PRIMARY KEY (commune_id, token_hash)
) STRICT, WITHOUT ROWID;

-- Messages to phones, as they were handed to the gateway.
CREATE TABLE sms (
    commune_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    key TEXT NOT NULL,
    phone TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at_us BIGINT NOT NULL,
    sent_at_us BIGINT,
    PRIMARY KEY (commune_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sms_by_key ON sms (commune_id, key);

-- The inbox of a resident (hộp thư).
CREATE TABLE inbox (
    commune_id BIGINT NOT NULL,
    resident_id BLOB NOT NULL,
    id BLOB NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    link TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    read_us BIGINT,
    PRIMARY KEY (commune_id, resident_id, id)
) STRICT, WITHOUT ROWID;

-- name: commune_row :one
-- out: name text, district text, province text, org_code text
SELECT name, district, province, org_code FROM commune WHERE commune_id = :commune

-- name: commune_first :maybe
-- The commune of a village's installation.
-- out: commune_id i64
SELECT commune_id FROM commune ORDER BY commune_id LIMIT 1

-- name: commune_add :exec
-- in: name text, district text, province text, org_code text
INSERT INTO commune (commune_id, name, district, province, org_code)
VALUES (:commune, :name, :district, :province, :org_code)

-- name: place_name_add :exec
-- in: code text, full_name text, from_day i64, to_day i64?, successor_code text
INSERT INTO place_name (commune_id, code, full_name, from_day, to_day, successor_code)
VALUES (:commune, :code, :full_name, :from_day, :to_day, :successor_code)

-- name: hamlet_add :exec
-- in: id id, code text, name text, position i64
INSERT INTO hamlet (commune_id, id, code, name, position) VALUES (:commune, :id, :code, :name, :position)

-- name: hamlet_list :many
-- out: id id, code text, name text
SELECT id, code, name FROM hamlet WHERE commune_id = :commune ORDER BY position LIMIT 500

-- name: organisation_add :exec
-- in: id id, code text, name text, kind text, agency_code text, address text, phone text
INSERT INTO organisation (commune_id, id, code, name, kind, agency_code, address, phone)
VALUES (:commune, :id, :code, :name, :kind, :agency_code, :address, :phone)

-- name: organisation_row :one
-- in: code text
-- out: id id, code text, name text, kind text, agency_code text, address text, phone text
SELECT id, code, name, kind, agency_code, address, phone FROM organisation
WHERE commune_id = :commune AND code = :code

-- name: team_add :exec
-- in: id id, name text, hamlet_id id
INSERT INTO team (commune_id, id, name, hamlet_id) VALUES (:commune, :id, :name, :hamlet_id)

-- name: team_member_add :exec
-- in: team_id id, resident_id id, is_leader bool
INSERT INTO team_member (commune_id, team_id, resident_id, is_leader)
VALUES (:commune, :team_id, :resident_id, :is_leader)

-- name: household_add :exec
-- in: id id, code text, hamlet_id id, address text
INSERT INTO household (commune_id, id, code, hamlet_id, address)
VALUES (:commune, :id, :code, :hamlet_id, :address)

-- name: household_by_code :maybe
-- in: code text
-- out: id id, hamlet_id id
SELECT id, hamlet_id FROM household WHERE commune_id = :commune AND code = :code

-- name: resident_row :maybe
-- in: id id
-- out: id id, name text, id_number text, sex i64, born_day i64?, born_year i64?, phone text, ethnic text, nationality text, address text, hamlet_id id, household_id id, relation text, merged_into id, version i64
SELECT id, name, id_number, sex, born_day, born_year, phone, ethnic, nationality, address, hamlet_id,
    household_id, relation, merged_into, version
FROM resident WHERE commune_id = :commune AND id = :id

-- name: resident_id_by_number :maybe
-- in: id_number text
-- out: id id
SELECT id FROM resident WHERE commune_id = :commune AND id_number = :id_number AND id_number <> '' AND merged_into IS NULL

-- name: resident_ids_by_phone :many
-- in: phone text
-- out: id id, name text, born_year i64?
SELECT id, name, born_year FROM resident
WHERE commune_id = :commune AND phone = :phone AND phone <> '' AND merged_into IS NULL
ORDER BY born_year LIMIT 20

-- name: resident_add :exec
-- in: id id, name text, name_key text, id_number text, sex i64, born_day i64?, born_year i64?, phone text, ethnic text, nationality text, address text, hamlet_id id?, household_id id?, relation text
INSERT INTO resident (commune_id, id, name, name_key, id_number, sex, born_day, born_year, phone, ethnic,
    nationality, address, hamlet_id, household_id, relation, merged_into, version)
VALUES (:commune, :id, :name, :name_key, :id_number, :sex, :born_day, :born_year, :phone, :ethnic,
    :nationality, :address, :hamlet_id, :household_id, :relation, NULL, 1)

-- name: resident_change :exec
-- in: id id, version i64, name text, name_key text, id_number text, sex i64, born_day i64?, born_year i64?, phone text, ethnic text, nationality text, address text, hamlet_id id?, household_id id?, relation text
UPDATE resident SET name = :name, name_key = :name_key, id_number = :id_number, sex = :sex,
    born_day = :born_day, born_year = :born_year, phone = :phone, ethnic = :ethnic,
    nationality = :nationality, address = :address, hamlet_id = :hamlet_id,
    household_id = :household_id, relation = :relation, version = version + 1
WHERE commune_id = :commune AND id = :id AND version = :version AND merged_into IS NULL

-- name: resident_page :many
-- in: after_key text, after_id id, n i64
-- out: id id, name text, name_key text, born_year i64?, hamlet_id id, phone text
SELECT id, name, name_key, born_year, hamlet_id, phone FROM resident
WHERE commune_id = :commune AND merged_into IS NULL AND (name_key, id) > (:after_key, :after_id)
ORDER BY name_key, id LIMIT :n

-- name: household_members :many
-- in: household_id id
-- out: id id, name text, relation text, born_year i64?, born_day i64?
SELECT id, name, relation, born_year, born_day FROM resident
WHERE commune_id = :commune AND household_id = :household_id AND merged_into IS NULL
ORDER BY born_year, id LIMIT 50

-- name: resident_merge_mark :exec
-- in: id id, into_id id
UPDATE resident SET merged_into = :into_id, version = version + 1
WHERE commune_id = :commune AND id = :id AND merged_into IS NULL

-- name: resident_merge_add :exec
-- in: from_id id, into_id id, reason text, at_us time, by_name text
INSERT INTO resident_merge (commune_id, from_id, into_id, reason, at_us, by_name)
VALUES (:commune, :from_id, :into_id, :reason, :at_us, :by_name)

-- name: identifier_add :exec
-- in: resident_id id, number text, from_us time, to_us time?
INSERT INTO identifier (commune_id, resident_id, number, from_us, to_us)
VALUES (:commune, :resident_id, :number, :from_us, :to_us)
ON CONFLICT (commune_id, resident_id, number) DO UPDATE SET to_us = excluded.to_us

-- name: consent_give :exec
-- in: resident_id id, purpose text, to_resident_id id, given_us time
INSERT INTO consent (commune_id, resident_id, purpose, to_resident_id, given_us, withdrawn_us)
VALUES (:commune, :resident_id, :purpose, :to_resident_id, :given_us, NULL)
ON CONFLICT (commune_id, resident_id, purpose, to_resident_id)
DO UPDATE SET given_us = excluded.given_us, withdrawn_us = NULL

-- name: consent_withdraw :exec
-- in: resident_id id, purpose text, to_resident_id id, now_us time
UPDATE consent SET withdrawn_us = :now_us
WHERE commune_id = :commune AND resident_id = :resident_id AND purpose = :purpose
  AND to_resident_id = :to_resident_id AND withdrawn_us IS NULL

-- name: consent_row :maybe
-- in: resident_id id, purpose text, to_resident_id id
-- out: given_us time
SELECT given_us FROM consent
WHERE commune_id = :commune AND resident_id = :resident_id AND purpose = :purpose
  AND to_resident_id = :to_resident_id AND withdrawn_us IS NULL

-- name: account_add :exec
-- in: id id, login text?, display_name text, password_hash text, totp_secret blob?, resident_id id?
INSERT INTO account (commune_id, id, login, display_name, password_hash, totp_secret, totp_step,
    resident_id, failures, locked_until_us)
VALUES (:commune, :id, :login, :display_name, :password_hash, :totp_secret, 0, :resident_id, 0, 0)

-- name: account_row :maybe
-- in: id id
-- out: id id, login text, display_name text, password_hash text, totp_secret blob, totp_step i64, resident_id id, failures i64, locked_until_us i64
SELECT id, login, display_name, password_hash, totp_secret, totp_step, resident_id, failures, locked_until_us
FROM account WHERE commune_id = :commune AND id = :id

-- name: account_id_by_login :maybe
-- in: login text
-- out: id id
SELECT id FROM account WHERE commune_id = :commune AND login = :login AND login IS NOT NULL

-- name: account_id_by_resident :maybe
-- in: resident_id id
-- out: id id
SELECT id FROM account WHERE commune_id = :commune AND resident_id = :resident_id AND resident_id IS NOT NULL

-- name: account_tries :one
-- Counted here, so that guesses made at once all count.
-- in: id id
-- out: failures i64
UPDATE account SET failures = failures + 1 WHERE commune_id = :commune AND id = :id RETURNING failures

-- name: account_lock :exec
-- in: id id, locked_until_us i64
UPDATE account SET locked_until_us = :locked_until_us WHERE commune_id = :commune AND id = :id

-- name: account_totp_used :exec
-- in: id id, step i64
UPDATE account SET totp_step = :step, failures = 0, locked_until_us = 0
WHERE commune_id = :commune AND id = :id AND totp_step < :step

-- name: account_password :exec
-- in: id id, password_hash text
UPDATE account SET password_hash = :password_hash WHERE commune_id = :commune AND id = :id

-- name: account_staff :many
-- out: id id, login text, display_name text
SELECT id, login, display_name FROM account WHERE commune_id = :commune AND login IS NOT NULL
ORDER BY login LIMIT 500

-- name: account_role_add :exec
-- in: account_id id, role text, org_id id?, hamlet_id id?
INSERT INTO account_role (commune_id, account_id, role, org_id, hamlet_id)
VALUES (:commune, :account_id, :role, :org_id, :hamlet_id)
ON CONFLICT (commune_id, account_id, role) DO UPDATE SET org_id = excluded.org_id, hamlet_id = excluded.hamlet_id

-- name: account_role_remove :exec
-- in: account_id id, role text
DELETE FROM account_role WHERE commune_id = :commune AND account_id = :account_id AND role = :role

-- name: account_roles :many
-- in: account_id id
-- out: role text, org_id id, hamlet_id id
SELECT role, org_id, hamlet_id FROM account_role WHERE commune_id = :commune AND account_id = :account_id
ORDER BY role LIMIT 50

-- name: login_code_row :maybe
-- in: phone text
-- out: code_hash sha256, sent_us time, expires_us time, tries i64, sent_today i64, day i64
SELECT code_hash, sent_us, expires_us, tries, sent_today, day FROM login_code
WHERE commune_id = :commune AND phone = :phone

-- name: login_code_put :exec
-- in: phone text, code_hash sha256, sent_us time, expires_us time, tries i64, sent_today i64, day i64
INSERT INTO login_code (commune_id, phone, code_hash, sent_us, expires_us, tries, sent_today, day)
VALUES (:commune, :phone, :code_hash, :sent_us, :expires_us, :tries, :sent_today, :day)
ON CONFLICT (commune_id, phone) DO UPDATE SET code_hash = excluded.code_hash, sent_us = excluded.sent_us,
    expires_us = excluded.expires_us, tries = excluded.tries, sent_today = excluded.sent_today,
    day = excluded.day

-- name: token_add :exec
-- in: token_hash sha256, id id, role text, org_id id?, label text, created_at_us time
INSERT INTO token (commune_id, token_hash, id, role, org_id, label, created_at_us)
VALUES (:commune, :token_hash, :id, :role, :org_id, :label, :created_at_us)

-- name: token_row :maybe
-- in: token_hash sha256
-- out: id id, role text, org_id id, label text
SELECT id, role, org_id, label FROM token WHERE commune_id = :commune AND token_hash = :token_hash

-- name: sms_add :exec
-- in: id id, key text, phone text, text text, created_at_us time
INSERT INTO sms (commune_id, id, key, phone, text, created_at_us, sent_at_us)
VALUES (:commune, :id, :key, :phone, :text, :created_at_us, NULL)
ON CONFLICT (commune_id, key) DO NOTHING

-- name: sms_sent :exec
-- in: key text, sent_at_us time
UPDATE sms SET sent_at_us = :sent_at_us WHERE commune_id = :commune AND key = :key AND sent_at_us IS NULL

-- name: sms_blank :exec
-- A code that was sent opens accounts no longer than it must: its text goes.
-- in: key text
UPDATE sms SET text = '' WHERE commune_id = :commune AND key = :key

-- name: sms_page :many
-- in: before id, n i64
-- out: id id, phone text, text text, created_at_us time, sent_at_us time
SELECT id, phone, text, created_at_us, sent_at_us FROM sms
WHERE commune_id = :commune AND id < :before ORDER BY id DESC LIMIT :n

-- name: inbox_add :exec
-- in: resident_id id, id id, title text, body text, link text, at_us time
INSERT INTO inbox (commune_id, resident_id, id, title, body, link, at_us, read_us)
VALUES (:commune, :resident_id, :id, :title, :body, :link, :at_us, NULL)

-- name: inbox_page :many
-- in: resident_id id, before id, n i64
-- out: id id, title text, body text, link text, at_us time, read_us time
SELECT id, title, body, link, at_us, read_us FROM inbox
WHERE commune_id = :commune AND resident_id = :resident_id AND id < :before ORDER BY id DESC LIMIT :n

-- name: inbox_read_all :exec
-- in: resident_id id, now_us time
UPDATE inbox SET read_us = :now_us
WHERE commune_id = :commune AND resident_id = :resident_id AND read_us IS NULL

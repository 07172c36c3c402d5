-- name: session_add :exec
-- in: token_hash sha256, account_id id, created_at_us time, expires_at_us time
INSERT INTO session (commune_id, token_hash, account_id, created_at_us, seen_at_us, expires_at_us)
VALUES (:commune, :token_hash, :account_id, :created_at_us, :created_at_us, :expires_at_us)

-- name: session_find :maybe
-- in: token_hash sha256, now_us time
-- out: account_id id, seen_at_us time
SELECT account_id, seen_at_us FROM session
WHERE commune_id = :commune AND token_hash = :token_hash AND expires_at_us > :now_us

-- name: session_touch :exec
-- in: token_hash sha256, seen_at_us time
UPDATE session SET seen_at_us = :seen_at_us WHERE commune_id = :commune AND token_hash = :token_hash

-- name: session_end :exec
-- in: token_hash sha256
DELETE FROM session WHERE commune_id = :commune AND token_hash = :token_hash

-- name: session_end_all :exec
-- in: account_id id
DELETE FROM session WHERE commune_id = :commune AND account_id = :account_id

-- name: session_sweep :exec
-- in: now_us time
DELETE FROM session WHERE commune_id = :commune AND expires_at_us < :now_us

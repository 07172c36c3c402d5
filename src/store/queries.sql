-- name: setting_read :maybe
-- in: key text
-- out: value text
SELECT value FROM setting WHERE commune_id = :commune AND key = :key

-- name: setting_write :exec
-- in: key text, value text
INSERT INTO setting (commune_id, key, value) VALUES (:commune, :key, :value)
ON CONFLICT (commune_id, key) DO UPDATE SET value = excluded.value

-- name: counter_draw :one
-- in: series text
-- out: last_value i64
INSERT INTO counter (commune_id, series, last_value) VALUES (:commune, :series, 1)
ON CONFLICT (commune_id, series) DO UPDATE SET last_value = counter.last_value + 1
RETURNING last_value

-- name: once_read :maybe
-- in: scope text, key text
-- out: request_hash sha256, status i64, body text
SELECT request_hash, status, body FROM once
WHERE commune_id = :commune AND scope = :scope AND key = :key

-- name: once_write :exec
-- in: scope text, key text, request_hash sha256, status i64, body text, created_at_us time
INSERT INTO once (commune_id, scope, key, request_hash, status, body, created_at_us)
VALUES (:commune, :scope, :key, :request_hash, :status, :body, :created_at_us)

-- name: once_sweep :exec
-- Answers older than `before_us` are forgotten, a few at a time, by those who store new ones.
-- in: before_us time, n i64
DELETE FROM once WHERE commune_id = :commune AND (scope, key) IN (
    SELECT scope, key FROM once WHERE commune_id = :commune AND created_at_us < :before_us
    ORDER BY created_at_us LIMIT :n)

-- name: migration_list :many
-- out: room text, number i64, name text, sha256 sha256
SELECT room, number, name, sha256 FROM migration ORDER BY room, number LIMIT 10000

-- name: migration_add :exec
-- in: room text, number i64, name text, sha256 sha256, applied_at_us time
INSERT INTO migration (room, number, name, sha256, applied_at_us)
VALUES (:room, :number, :name, :sha256, :applied_at_us)

-- name: migration_table :maybe
-- Is the table of migrations there?
-- out: there i64
-- sqlite:
SELECT 1 FROM sqlite_schema WHERE name = 'migration'
-- postgresql:
SELECT 1 FROM pg_catalog.pg_class WHERE relname = 'migration'
  AND relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = current_schema())

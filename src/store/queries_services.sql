-- name: audit_head_read :maybe
-- The row is locked where several processes write.
-- out: seq i64, hash sha256
-- sqlite:
SELECT seq, hash FROM audit_head WHERE commune_id = :commune
-- postgresql:
SELECT seq, hash FROM audit_head WHERE commune_id = :commune FOR UPDATE

-- name: audit_head_write :exec
-- in: seq i64, hash sha256
INSERT INTO audit_head (commune_id, seq, hash) VALUES (:commune, :seq, :hash)
ON CONFLICT (commune_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash

-- name: audit_add :exec
-- in: seq i64, at_us time, actor_kind text, actor_account_id id?, actor_name text, address text, request_id id?, action text, subject_kind text, subject_id id?, person_id id?, detail text, prev_hash sha256, hash sha256
INSERT INTO audit (commune_id, seq, at_us, actor_kind, actor_account_id, actor_name, address, request_id,
    action, subject_kind, subject_id, person_id, detail, prev_hash, hash)
VALUES (:commune, :seq, :at_us, :actor_kind, :actor_account_id, :actor_name, :address, :request_id,
    :action, :subject_kind, :subject_id, :person_id, :detail, :prev_hash, :hash)

-- name: audit_all :each
-- The whole of every chain, in order.
-- out: commune_id i64, seq i64, at_us time, actor_kind text, actor_account_id id, actor_name text, address text, request_id id, action text, subject_kind text, subject_id id, person_id id, detail text, prev_hash sha256, hash sha256
SELECT commune_id, seq, at_us, actor_kind, actor_account_id, actor_name, address, request_id, action,
    subject_kind, subject_id, person_id, detail, prev_hash, hash
FROM audit ORDER BY commune_id, seq

-- name: audit_heads :many
-- out: commune_id i64, seq i64, hash sha256
SELECT commune_id, seq, hash FROM audit_head ORDER BY commune_id LIMIT 20000

-- name: audit_person_rows :many
-- in: person_id id, before_seq i64, n i64
-- out: seq i64, at_us time, actor_kind text, actor_account_id id, actor_name text, action text, subject_kind text, subject_id id, detail text
SELECT seq, at_us, actor_kind, actor_account_id, actor_name, action, subject_kind, subject_id, detail
FROM audit WHERE commune_id = :commune AND person_id = :person_id AND seq < :before_seq
ORDER BY seq DESC LIMIT :n

-- name: audit_rows :many
-- in: before_seq i64, n i64
-- out: seq i64, at_us time, actor_kind text, actor_account_id id, actor_name text, action text, subject_kind text, subject_id id, detail text
SELECT seq, at_us, actor_kind, actor_account_id, actor_name, action, subject_kind, subject_id, detail
FROM audit WHERE commune_id = :commune AND seq < :before_seq ORDER BY seq DESC LIMIT :n

-- name: event_add :exec
-- in: id id, name text, subject_id id?, payload text, at_us time
INSERT INTO event (commune_id, id, name, subject_id, payload, at_us)
VALUES (:commune, :id, :name, :subject_id, :payload, :at_us)

-- name: job_add :exec
-- in: id id, kind text, key text, payload text, run_at_us time, created_at_us time
INSERT INTO job (commune_id, id, kind, key, payload, state, tries, run_at_us, created_at_us, last_error)
VALUES (:commune, :id, :kind, :key, :payload, 'waiting', 0, :run_at_us, :created_at_us, '')
ON CONFLICT (commune_id, kind, key) DO NOTHING

-- name: job_due :maybe
-- The next one that is due: waiting, or running with its lease over. Any commune's.
-- in: now_us time
-- out: commune_id i64, id id, kind text, key text, payload text, tries i64
-- sqlite:
SELECT commune_id, id, kind, key, payload, tries FROM job
WHERE state IN ('waiting', 'running') AND run_at_us <= :now_us ORDER BY run_at_us LIMIT 1
-- postgresql:
SELECT commune_id, id, kind, key, payload, tries FROM job
WHERE state IN ('waiting', 'running') AND run_at_us <= :now_us ORDER BY run_at_us LIMIT 1
FOR UPDATE SKIP LOCKED

-- name: job_next_time :maybe
-- out: run_at_us time
SELECT run_at_us FROM job WHERE state IN ('waiting', 'running') ORDER BY run_at_us LIMIT 1

-- name: job_set :exec
-- in: id id, state text, tries i64, run_at_us time, last_error text
UPDATE job SET state = :state, tries = :tries, run_at_us = :run_at_us, last_error = :last_error
WHERE commune_id = :commune AND id = :id

-- name: job_sweep :exec
-- Done ones older than `before_us`, a few at a time.
-- in: before_us time
DELETE FROM job WHERE commune_id = :commune AND id IN (
    SELECT id FROM job WHERE commune_id = :commune AND state = 'done' AND run_at_us < :before_us LIMIT 10)

-- name: job_rows :many
-- in: state text, before id, n i64
-- out: id id, kind text, key text, state text, last_error text, tries i64, run_at_us time, created_at_us time
SELECT id, kind, key, state, last_error, tries, run_at_us, created_at_us FROM job
WHERE commune_id = :commune AND state = :state AND id < :before ORDER BY id DESC LIMIT :n

-- name: job_revive :exec
-- in: id id, run_at_us time
UPDATE job SET state = 'waiting', tries = 0, run_at_us = :run_at_us
WHERE commune_id = :commune AND id = :id AND state IN ('failed', 'given_up')

-- name: job_drop :exec
-- in: id id
UPDATE job SET state = 'given_up' WHERE commune_id = :commune AND id = :id AND state = 'failed'

-- name: file_add :exec
-- in: sha256 sha256, size_bytes i64, type text, created_at_us time
INSERT INTO file (commune_id, sha256, size_bytes, type, created_at_us)
VALUES (:commune, :sha256, :size_bytes, :type, :created_at_us)
ON CONFLICT (commune_id, sha256) DO NOTHING

-- name: file_known :maybe
-- Does any commune hold it?
-- in: sha256 sha256
-- out: size_bytes i64
SELECT size_bytes FROM file WHERE sha256 = :sha256 LIMIT 1

-- name: file_all :each
-- out: sha256 sha256, size_bytes i64
SELECT DISTINCT sha256, size_bytes FROM file ORDER BY sha256

-- name: search_number :maybe
-- in: kind text, id id
-- out: number i64
SELECT number FROM search_doc WHERE commune_id = :commune AND kind = :kind AND id = :id

-- name: search_number_next :one
-- out: number i64
SELECT COALESCE(MAX(number), 0) + 1 FROM search_doc

-- name: search_doc_add :exec
-- in: kind text, id id, number i64
INSERT INTO search_doc (commune_id, kind, id, number) VALUES (:commune, :kind, :id, :number)

-- name: search_doc_remove :exec
-- in: number i64
DELETE FROM search_doc WHERE number = :number

-- name: search_text_add :exec
-- in: number i64, scope text, exact text, folded text
-- sqlite:
INSERT INTO search_text (rowid, scope, exact, folded) VALUES (:number, :scope, :exact, :folded)
-- postgresql:
INSERT INTO search_text (number, scope, exact, folded)
VALUES (:number, :scope, to_tsvector('simple', :exact), to_tsvector('simple', :folded))

-- name: search_text_remove :exec
-- in: number i64
-- sqlite:
DELETE FROM search_text WHERE rowid = :number
-- postgresql:
DELETE FROM search_text WHERE number = :number

-- name: search_match :many
-- `query` is made by search.c: FTS5 syntax or a tsquery. The newest first.
-- in: query text, scope text, n i64
-- out: number i64, id id
-- sqlite:
SELECT t.number, d.id FROM (
    SELECT rowid AS number FROM search_text WHERE search_text MATCH :query ORDER BY rowid DESC LIMIT :n) t
JOIN search_doc d ON d.number = t.number
WHERE :scope <> '' ORDER BY t.number DESC LIMIT :n
-- postgresql:
SELECT t.number, d.id FROM search_text t JOIN search_doc d ON d.number = t.number
WHERE t.folded @@ CAST(:query AS tsquery) AND t.scope = :scope ORDER BY t.number DESC LIMIT :n

-- name: search_match_exact :many
-- in: query text, scope text, n i64
-- out: number i64, id id
-- sqlite:
SELECT t.number, d.id FROM (
    SELECT rowid AS number FROM search_text WHERE search_text MATCH :query ORDER BY rowid DESC LIMIT :n) t
JOIN search_doc d ON d.number = t.number
WHERE :scope <> '' ORDER BY t.number DESC LIMIT :n
-- postgresql:
SELECT t.number, d.id FROM search_text t JOIN search_doc d ON d.number = t.number
WHERE t.exact @@ CAST(:query AS tsquery) AND t.scope = :scope ORDER BY t.number DESC LIMIT :n

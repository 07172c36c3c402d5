-- name: procedure_row :maybe
-- in: code text, day i64
-- out: id id, code text, version i64, valid_from_day i64, valid_to_day i64?, name text, field text, term text, supplement_mode text, cutoff_15h bool, fee_vnd i64?, fee_text text, online text, agency text, result_name text, form_id text, details text, content_hash sha256
SELECT id, code, version, valid_from_day, valid_to_day, name, field, term, supplement_mode, cutoff_15h, fee_vnd,
    fee_text, online, agency, result_name, form_id, details, content_hash
FROM procedure WHERE commune_id = :commune AND code = :code AND valid_from_day <= :day
ORDER BY valid_from_day DESC LIMIT 1

-- name: procedure_by_id :one
-- in: id id
-- out: id id, code text, version i64, valid_from_day i64, valid_to_day i64?, name text, field text, term text, supplement_mode text, cutoff_15h bool, fee_vnd i64?, fee_text text, online text, agency text, result_name text, form_id text, details text, content_hash sha256
SELECT id, code, version, valid_from_day, valid_to_day, name, field, term, supplement_mode, cutoff_15h, fee_vnd,
    fee_text, online, agency, result_name, form_id, details, content_hash
FROM procedure WHERE commune_id = :commune AND id = :id

-- name: procedure_add :exec
-- in: id id, code text, version i64, valid_from_day i64, name text, field text, term text, supplement_mode text, cutoff_15h bool, fee_vnd i64?, fee_text text, online text, agency text, result_name text, form_id text, details text, content_hash sha256
INSERT INTO procedure (commune_id, id, code, version, valid_from_day, valid_to_day, name, field, term,
    supplement_mode, cutoff_15h, fee_vnd, fee_text, online, agency, result_name, form_id, details, content_hash)
VALUES (:commune, :id, :code, :version, :valid_from_day, NULL, :name, :field, :term, :supplement_mode,
    :cutoff_15h, :fee_vnd, :fee_text, :online, :agency, :result_name, :form_id, :details, :content_hash)

-- name: procedure_close :exec
-- in: id id, valid_to_day i64
UPDATE procedure SET valid_to_day = :valid_to_day WHERE commune_id = :commune AND id = :id

-- name: procedure_page :many
-- in: after text, n i64
-- out: code text, name text, field text, term text, online text, form_id text, fee_text text
SELECT code, name, field, term, online, form_id, fee_text FROM procedure
WHERE commune_id = :commune AND valid_to_day IS NULL AND code > :after ORDER BY code LIMIT :n

-- name: procedure_field_page :many
-- in: field text, after text, n i64
-- out: code text, name text, field text, term text, online text, form_id text, fee_text text
SELECT code, name, field, term, online, form_id, fee_text FROM procedure
WHERE commune_id = :commune AND valid_to_day IS NULL AND field = :field AND code > :after ORDER BY code LIMIT :n

-- name: procedure_fields :many
-- out: field text, n i64
SELECT field, COUNT(*) FROM procedure WHERE commune_id = :commune AND valid_to_day IS NULL
GROUP BY field ORDER BY COUNT(*) DESC, field LIMIT 200

-- name: dossier_add :exec
-- in: id id, provisional_code text, procedure_id id, procedure_code text, field text, channel i64, org_id id, applicant_id id, applicant_name text, applicant_phone text, applicant_id_number text, hamlet_id id?, filed_by id?, answers text, filed_at_us time
INSERT INTO dossier (commune_id, id, code, provisional_code, procedure_id, procedure_code, field, state, channel,
    source_of_truth, org_id, applicant_id, applicant_name, applicant_phone, applicant_id_number, hamlet_id,
    filed_by, handler_id, answers, filed_at_us, received_at_us, due_at_us, finished_at_us, supplements,
    result_sha256, version)
VALUES (:commune, :id, '', :provisional_code, :procedure_id, :procedure_code, :field, 1, :channel, 'own',
    :org_id, :applicant_id, :applicant_name, :applicant_phone, :applicant_id_number, :hamlet_id, :filed_by,
    NULL, :answers, :filed_at_us, NULL, 0, NULL, 0, NULL, 1)

-- name: dossier_row :maybe
-- in: id id
-- out: id id, code text, provisional_code text, procedure_id id, procedure_code text, field text, state i64, channel i64, org_id id, applicant_id id, applicant_name text, applicant_phone text, applicant_id_number text, hamlet_id id, filed_by id, handler_id id, answers text, filed_at_us time, received_at_us time, due_at_us time, finished_at_us time, supplements i64, result_sha256 sha256, version i64
SELECT id, code, provisional_code, procedure_id, procedure_code, field, state, channel, org_id, applicant_id,
    applicant_name, applicant_phone, applicant_id_number, hamlet_id, filed_by, handler_id, answers, filed_at_us,
    received_at_us, due_at_us, finished_at_us, supplements, result_sha256, version
FROM dossier WHERE commune_id = :commune AND id = :id

-- name: dossier_id_by_code :maybe
-- in: code text
-- out: id id
SELECT id FROM dossier WHERE commune_id = :commune AND code = :code AND code <> ''

-- name: dossier_id_by_provisional :maybe
-- in: code text
-- out: id id
SELECT id FROM dossier WHERE commune_id = :commune AND provisional_code = :code AND provisional_code <> ''

-- name: dossier_change :exec
-- in: id id, version i64, code text, state i64, handler_id id?, received_at_us time?, due_at_us time, finished_at_us time?, supplements i64, result_sha256 blob?, procedure_id id
UPDATE dossier SET code = :code, state = :state, handler_id = :handler_id, received_at_us = :received_at_us,
    due_at_us = :due_at_us, finished_at_us = :finished_at_us, supplements = :supplements,
    result_sha256 = :result_sha256, procedure_id = :procedure_id, version = version + 1
WHERE commune_id = :commune AND id = :id AND version = :version

-- name: dossier_queue_page :many
-- One state of the queue, the most urgent first.
-- in: state i64, after_due time, after_id id, n i64
-- out: id id, code text, provisional_code text, procedure_code text, state i64, channel i64, applicant_name text, filed_at_us time, due_at_us time
SELECT id, code, provisional_code, procedure_code, state, channel, applicant_name, filed_at_us, due_at_us
FROM dossier WHERE commune_id = :commune AND state = :state AND state IN (1, 2, 4, 5, 6, 9)
  AND (due_at_us, id) > (:after_due, :after_id)
ORDER BY due_at_us, id LIMIT :n

-- name: dossier_queue_counts :many
-- out: state i64, n i64
SELECT state, COUNT(*) FROM dossier WHERE commune_id = :commune AND state IN (1, 2, 4, 5, 6, 9)
GROUP BY state ORDER BY state LIMIT 10

-- name: dossier_of_applicant :many
-- in: applicant_id id, before id, n i64
-- out: id id, code text, provisional_code text, procedure_code text, state i64, filed_at_us time, due_at_us time
SELECT id, code, provisional_code, procedure_code, state, filed_at_us, due_at_us FROM dossier
WHERE commune_id = :commune AND applicant_id = :applicant_id AND id < :before ORDER BY id DESC LIMIT :n

-- name: dossier_event_add :exec
-- in: dossier_id id, seq i64, at_us time, move text, from_state i64, to_state i64, by_account id?, by_name text, note text, form_number text
INSERT INTO dossier_event (commune_id, dossier_id, seq, at_us, move, from_state, to_state, by_account, by_name,
    note, form_number)
VALUES (:commune, :dossier_id, :seq, :at_us, :move, :from_state, :to_state, :by_account, :by_name, :note,
    :form_number)

-- name: dossier_events :many
-- in: dossier_id id
-- out: seq i64, at_us time, move text, from_state i64, to_state i64, by_name text, note text, form_number text
SELECT seq, at_us, move, from_state, to_state, by_name, note, form_number FROM dossier_event
WHERE commune_id = :commune AND dossier_id = :dossier_id ORDER BY seq LIMIT 500

-- name: dossier_paper_add :exec
-- in: dossier_id id, id id, name text, filename text, sha256 sha256, size_bytes i64, type text, added_at_us time
INSERT INTO dossier_paper (commune_id, dossier_id, id, name, filename, sha256, size_bytes, type, added_at_us)
VALUES (:commune, :dossier_id, :id, :name, :filename, :sha256, :size_bytes, :type, :added_at_us)

-- name: dossier_papers :many
-- in: dossier_id id
-- out: id id, name text, filename text, sha256 sha256, size_bytes i64, type text
SELECT id, name, filename, sha256, size_bytes, type FROM dossier_paper
WHERE commune_id = :commune AND dossier_id = :dossier_id ORDER BY id LIMIT 100

-- name: dossier_print_count :one
-- in: dossier_id id, form text
-- out: times i64
INSERT INTO dossier_print (commune_id, dossier_id, form, times) VALUES (:commune, :dossier_id, :form, 1)
ON CONFLICT (commune_id, dossier_id, form) DO UPDATE SET times = dossier_print.times + 1
RETURNING times

-- name: draft_put :exec
-- in: account_id id, procedure_code text, answers text, saved_at_us time
INSERT INTO draft (commune_id, account_id, procedure_code, answers, saved_at_us)
VALUES (:commune, :account_id, :procedure_code, :answers, :saved_at_us)
ON CONFLICT (commune_id, account_id, procedure_code)
DO UPDATE SET answers = excluded.answers, saved_at_us = excluded.saved_at_us

-- name: draft_row :maybe
-- in: account_id id, procedure_code text
-- out: answers text, saved_at_us time
SELECT answers, saved_at_us FROM draft
WHERE commune_id = :commune AND account_id = :account_id AND procedure_code = :procedure_code

-- name: draft_remove :exec
-- in: account_id id, procedure_code text
DELETE FROM draft WHERE commune_id = :commune AND account_id = :account_id AND procedure_code = :procedure_code

-- name: figures_each :each
-- Every dossier received in the period, from the covering index.
-- in: from_us time, to_us time
-- out: received_at_us time, channel i64, state i64, due_at_us time, finished_at_us time, field text, procedure_code text, hamlet_id id
SELECT received_at_us, channel, state, due_at_us, finished_at_us, field, procedure_code, hamlet_id
FROM dossier WHERE commune_id = :commune AND received_at_us IS NOT NULL
  AND received_at_us >= :from_us AND received_at_us < :to_us

-- name: figures_dossiers :each
-- The same dossiers with what a list shows of them.
-- in: from_us time, to_us time
-- out: id id, code text, procedure_code text, applicant_name text, received_at_us time, channel i64, state i64, due_at_us time, finished_at_us time, field text, hamlet_id id
SELECT id, code, procedure_code, applicant_name, received_at_us, channel, state, due_at_us, finished_at_us, field,
    hamlet_id
FROM dossier WHERE commune_id = :commune AND received_at_us IS NOT NULL
  AND received_at_us >= :from_us AND received_at_us < :to_us
ORDER BY received_at_us DESC

-- name: procedure_name :maybe
-- The current name, from the covering index: lists show many.
-- in: code text
-- out: name text
SELECT name FROM procedure WHERE commune_id = :commune AND code = :code AND valid_to_day IS NULL

-- name: dossier_brief :one
-- What a list shows of a dossier.
-- in: id id
-- out: id id, code text, provisional_code text, procedure_code text, state i64, channel i64, applicant_name text, filed_at_us time, due_at_us time, finished_at_us time
SELECT id, code, provisional_code, procedure_code, state, channel, applicant_name, filed_at_us, due_at_us, finished_at_us
FROM dossier WHERE commune_id = :commune AND id = :id

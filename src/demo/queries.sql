-- name: demo_jobs_done :exec
-- A year played in one transaction: its messages count as sent when it ends.
UPDATE job SET state = 'done' WHERE commune_id = :commune AND state = 'waiting'

-- name: demo_sms_sent :exec
UPDATE sms SET sent_at_us = created_at_us WHERE commune_id = :commune AND sent_at_us IS NULL

-- name: demo_resident :maybe
-- Somebody to sign in as: an adult head of household with a phone of their own and a child.
-- out: name text, phone text
SELECT r.name, r.phone FROM resident r
WHERE r.commune_id = :commune AND r.phone <> '' AND r.relation = 'Chủ hộ' AND r.born_year > 1975 AND r.born_year < 2000
  AND EXISTS (SELECT 1 FROM resident k WHERE k.commune_id = r.commune_id AND k.household_id = r.household_id
              AND k.relation = 'Con' AND k.born_year > 2012)
ORDER BY r.name_key LIMIT 1

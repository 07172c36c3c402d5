-- One million dossiers in an installation that has a demo: names drawn from its residents.
PRAGMA synchronous = OFF;
PRAGMA journal_mode = WAL;
CREATE TEMP TABLE people AS SELECT row_number() OVER (ORDER BY id) AS n, id, name, hamlet_id, commune_id FROM resident;
CREATE TEMP TABLE made AS
WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 1000000)
SELECT i.n AS n, randomblob(16) AS id, p.id AS applicant, p.name AS name, p.hamlet_id AS hamlet, p.commune_id AS commune,
    CASE WHEN i.n % 50 = 0 THEN 4 ELSE 10 END AS state, 1600000000000000 + i.n * 150000000 AS at
FROM i JOIN people p ON p.n = 1 + (i.n * 7919) % (SELECT count(*) FROM people);
INSERT INTO dossier SELECT commune, id, 'H99.14.20-' || printf('%06d', n / 1000) || '-' || printf('%04d', n % 1000), 'M-' || printf('%06d-%08d', n % 999983, n),
    (SELECT id FROM procedure WHERE code = '2.000815' LIMIT 1), '2.000815', 'Chứng thực', state, 1 + n % 2, 'own',
    (SELECT id FROM organisation LIMIT 1), applicant, name, '', '', hamlet, NULL, NULL, '{}', at, at, at + 86400000000,
    CASE WHEN state = 10 THEN at + 3600000000 END, 0, NULL, 1 FROM made ORDER BY id;
INSERT INTO dossier_event SELECT commune, id, 1, at, 'file', 0, 1, NULL, '', '', '' FROM made ORDER BY id;
INSERT INTO search_doc SELECT commune, 'dossier', id, 10000000 + n FROM made;
INSERT INTO search_text (rowid, scope, exact, folded)
    SELECT 10000000 + m.n, 'k' || commune || 'dossier', lower(m.name), t.folded FROM made m
    JOIN (SELECT d.id AS person, (SELECT folded FROM search_text WHERE rowid = d.number) AS folded FROM search_doc d WHERE d.kind = 'resident') t
    ON t.person = m.applicant;
INSERT INTO search_text (search_text) VALUES ('optimize');
ANALYZE;

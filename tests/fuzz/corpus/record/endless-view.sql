DROP VIEW metrics; CREATE VIEW metrics AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS step, 1 AS arm, 'loss' AS name, 1.0 AS value FROM n;

UPDATE meta SET value = '99' WHERE key = 'schema'; PRAGMA user_version = 99;

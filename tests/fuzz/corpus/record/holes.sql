DELETE FROM evaluations WHERE image = 0 AND arm = 1; UPDATE evaluations SET mse = 9e999 WHERE image = 1; UPDATE position_errors SET position = 2147483647;

UPDATE evaluations SET mse = -1; UPDATE metric_values SET value = 'abc';

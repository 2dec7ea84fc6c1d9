UPDATE evaluations SET image = 9223372036854775807, label = -7, hidden = 0, mask = -1, ratio = 1e308, strategy = 'a\b\x1b[31m';

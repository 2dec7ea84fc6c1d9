# Unit tests of stats.

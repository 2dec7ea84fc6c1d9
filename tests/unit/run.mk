# Unit tests of run.

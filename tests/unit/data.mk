# Unit tests of data.

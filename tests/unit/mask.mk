# Unit tests of mask.

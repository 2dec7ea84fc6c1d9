# Unit tests of ui.

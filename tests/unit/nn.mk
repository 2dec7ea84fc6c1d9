# Unit tests of nn.

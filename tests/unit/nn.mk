# Unit tests of nn.
EXTRA_DIST += tests/unit/nn_naive.h
check_PROGRAMS += tests/unit/nn_ops tests/unit/nn_attention tests/unit/nn_adamw tests/unit/nn_shape tests/unit/nn_mae
tests_unit_nn_ops_SOURCES = tests/unit/nn_ops.c tests/unit/nn_naive.c
tests_unit_nn_ops_CFLAGS = $(unit_cflags)
tests_unit_nn_ops_LDADD = $(nn_libraries) $(base_libraries) $(CMOCKA_LIBS)
tests_unit_nn_attention_SOURCES = tests/unit/nn_attention.c tests/unit/nn_naive.c
tests_unit_nn_attention_CFLAGS = $(unit_cflags)
tests_unit_nn_attention_LDADD = $(nn_libraries) $(base_libraries) $(CMOCKA_LIBS)
tests_unit_nn_adamw_CFLAGS = $(unit_cflags)
tests_unit_nn_adamw_LDADD = $(nn_libraries) $(base_libraries) $(CMOCKA_LIBS)
tests_unit_nn_shape_SOURCES = tests/unit/nn_shape.c tests/unit/nn_naive.c
tests_unit_nn_shape_CFLAGS = $(unit_cflags)
tests_unit_nn_shape_LDADD = $(nn_libraries) $(base_libraries) $(CMOCKA_LIBS)
tests_unit_nn_mae_SOURCES = tests/unit/nn_mae.c tests/unit/nn_naive.c
tests_unit_nn_mae_CFLAGS = $(unit_cflags)
tests_unit_nn_mae_LDADD = $(nn_libraries) $(base_libraries) $(CMOCKA_LIBS)

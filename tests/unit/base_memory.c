/* Memory: zeroed and aligned pieces, refused sizes, arenas and blocks. */
#include "tests/unit/test.h"

#include "base/memory.h"

static bool all_zero(const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i])
            return false;
    return true;
}

static void test_new_is_zeroed(void **state)
{
    (void)state;
    struct error error;
    unsigned char *bytes = memory_new(1000, 7, &error);
    assert_non_null(bytes);
    assert_true(all_zero(bytes, 7000));
    free(bytes);
    void *nothing = memory_new(0, 8, &error);
    assert_non_null(nothing);
    free(nothing);
}

static void test_impossible_sizes_are_refused(void **state)
{
    (void)state;
    struct error error = {0};
    struct arena arena = {0};
    assert_null(memory_new(SIZE_MAX / 2, 3, &error));
    assert_int_equal(error.code, ERROR_SYSTEM);
    assert_null(memory_new(SIZE_MAX, 1, &error));
    assert_null(arena_alloc(&arena, SIZE_MAX / 4, 8, &error));
    assert_null(arena_alloc(&arena, SIZE_MAX - 8, 1, &error));
    struct block block;
    assert_false(block_init(&block, SIZE_MAX / 2, &error));
    assert_int_equal(error.code, ERROR_SYSTEM);
    block_release(&block);
}

/* Pieces of many sizes, over many chunks, each filled with its own byte: none may touch another. */
static void test_lists_grow(void **state)
{
    (void)state;
    enum { ITEMS = 1000 };
    struct error error = {0};
    size_t capacity = 0, moves = 0;
    int *items = NULL;
    for (int i = 0; i < ITEMS; i++) {
        size_t before = capacity;
        items = memory_grow(items, (size_t)i, &capacity, sizeof *items, &error);
        assert_non_null(items);
        assert_true(capacity > (size_t)i && (capacity == before || capacity >= 2 * before));
        moves += capacity != before;
        items[i] = i;
    }
    for (int i = 0; i < ITEMS; i++)
        assert_int_equal(items[i], i);
    assert_true(moves < 10);
    size_t full = capacity;
    assert_null(memory_grow(items, full, &capacity, SIZE_MAX / 2, &error));
    assert_int_equal(error.code, ERROR_SYSTEM);
    assert_true(capacity == full && items[ITEMS - 1] == ITEMS - 1);
    free(items);
}

static void test_arena_pieces_are_apart(void **state)
{
    (void)state;
    enum { PIECES = 400 };
    struct arena arena = {0};
    struct error error;
    unsigned char *pieces[PIECES];
    size_t sizes[PIECES];
    for (size_t i = 0; i < PIECES; i++) {
        sizes[i] = i % 97 == 5 ? 200000 : i * 7 % 1500;
        pieces[i] = arena_alloc(&arena, sizes[i], 1, &error);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % 16, 0);
        assert_true(all_zero(pieces[i], sizes[i]));
        memset(pieces[i], (int)(i % 251) + 1, sizes[i]);
    }
    for (size_t i = 0; i < PIECES; i++)
        for (size_t j = 0; j < sizes[i]; j++)
            if (pieces[i][j] != i % 251 + 1)
                fail_msg("piece %zu was overwritten at %zu", i, j);
    arena_release(&arena);
    assert_null(arena.chunks);
    arena_release(&arena);
}

static void test_arena_text_is_terminated(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct error error;
    char *text = arena_text(&arena, "abcdef", 3, &error);
    assert_string_equal(text, "abc");
    assert_string_equal(arena_text(&arena, "", 0, &error), "");
    arena_release(&arena);
}

static void test_block_pieces(void **state)
{
    (void)state;
    struct block block;
    struct error error;
    size_t capacity = block_floats_size(3) + block_floats_size(100) + block_floats_size(16);
    assert_int_equal(capacity, 64 + 448 + 64);
    assert_true(block_init(&block, capacity, &error));
    float *first = block_floats(&block, 3), *second = block_floats(&block, 100);
    float *third = block_floats(&block, 16);
    assert_int_equal((uintptr_t)first % MEMORY_ALIGNMENT, 0);
    assert_int_equal(second - first, 16);
    assert_int_equal(third - second, 112);
    assert_int_equal(block.used, block.capacity);
    third[15] = 2.5f;
    assert_null(block_take(&block, 1));
    block_clear(&block);
    assert_ptr_equal(block_floats(&block, 1), first);
    assert_null(block_take(&block, capacity - 63));
    assert_ptr_equal(block_take(&block, 65), second);
    assert_ptr_equal(block_take(&block, 0), block.base + 3 * 64);
    assert_true(third[15] == 2.5f);
    block_release(&block);
    assert_null(block.base);
}

/* A reservation far beyond the machine's memory costs nothing until it is touched. */
static void test_block_reserves_lazily(void **state)
{
    (void)state;
    struct block block;
    struct error error;
    if (!block_init(&block, (size_t)1 << 40, &error)) {
        print_message("skipped: this system does not overcommit: %s\n", error.message);
        skip();
    }
    float *far_away = block_floats(&block, (size_t)1 << 37) + ((size_t)1 << 37) - 1;
    assert_true(*far_away == 0);
    *far_away = 1;
    block_release(&block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_is_zeroed),
        cmocka_unit_test(test_impossible_sizes_are_refused),
        cmocka_unit_test(test_lists_grow),
        cmocka_unit_test(test_arena_pieces_are_apart),
        cmocka_unit_test(test_arena_text_is_terminated),
        cmocka_unit_test(test_block_pieces),
        cmocka_unit_test(test_block_reserves_lazily),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

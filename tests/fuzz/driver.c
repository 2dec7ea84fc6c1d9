/* Replays files through a fuzz target, and then mutations of them, where there is no libFuzzer:
 *
 *     tests/fuzz/image [-runs=N] [-seed=N] FILE-OR-FOLDER...
 *
 * The same seed makes the same inputs. An input that ends the program is left in ./finding.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/random.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

enum { INPUT_LIMIT = 1 << 20, CORPUS_LIMIT = 1024, MUTATIONS = 6 };

struct input {
    uint8_t *bytes;
    size_t size;
};

struct corpus {
    struct input inputs[CORPUS_LIMIT];
    size_t count;
};

/* What is under way, for the handler alone. */
static struct input current;

static void keep_finding(int signal_number)
{
    int file = open("finding", O_WRONLY | O_CREAT | O_TRUNC, 0666);
    for (size_t written = 0; file >= 0 && written < current.size;) {
        ssize_t more = write(file, current.bytes + written, current.size - written);
        if (more <= 0)
            break;
        written += (size_t)more;
    }
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void run(const struct input *input)
{
    current = *input;
    LLVMFuzzerTestOneInput(input->bytes, input->size);
}

static void add_file(struct corpus *corpus, const char *path)
{
    struct text text = {0};
    struct error error;
    if (corpus->count == CORPUS_LIMIT)
        return;
    if (!file_read(path, INPUT_LIMIT, &text, &error)) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    corpus->inputs[corpus->count++] = (struct input){
        (uint8_t *)fuzz_text((const uint8_t *)text_of(&text), text.length), text.length};
    text_release(&text);
}

static void add(struct corpus *corpus, const char *path)
{
    struct dirent **entries;
    int count = file_is_folder(path) ? scandir(path, &entries, NULL, alphasort) : -1;
    if (count < 0) {
        add_file(corpus, path);
        return;
    }
    for (int i = 0; i < count; i++) {
        char inside[FILE_PATH_SIZE];
        if (entries[i]->d_name[0] != '.' &&
            file_join(inside, sizeof inside, path, entries[i]->d_name, NULL))
            add_file(corpus, inside);
        free(entries[i]);
    }
    free(entries);
}

/* ---- Mutations: small ones, that leave most of what a reader looks for in its place ---- */

static uint32_t below(struct random *random, size_t limit)
{
    return limit > 0 ? random_below(random, (uint32_t)limit) : 0;
}

static void change_byte(struct input *input, struct random *random)
{
    static const uint8_t telling[] = {0, 1, 0x7f, 0x80, 0xff, '\n', '"', '{', '[', ':', '0', '-'};
    if (input->size == 0)
        return;
    uint8_t *byte = &input->bytes[below(random, input->size)];
    switch (below(random, 3)) {
    case 0:
        *byte ^= (uint8_t)(1u << below(random, 8));
        break;
    case 1:
        *byte = (uint8_t)random_bits(random);
        break;
    default:
        *byte = telling[below(random, sizeof telling)];
    }
}

static void remove_some(struct input *input, struct random *random)
{
    size_t from = below(random, input->size + 1), count = below(random, input->size - from + 1);
    count = below(random, 4) > 0 && count > 8 ? 1 + below(random, 8) : count;
    memmove(input->bytes + from, input->bytes + from + count, input->size - from - count);
    input->size -= count;
}

/* A piece of another input, or of the same. */
static void insert_some(struct input *input, const struct input *other, struct random *random)
{
    size_t from = below(random, other->size + 1), count = below(random, other->size - from + 1);
    size_t at = below(random, input->size + 1);
    count = below(random, 4) > 0 && count > 16 ? 1 + below(random, 16) : count;
    count = count > INPUT_LIMIT - input->size ? INPUT_LIMIT - input->size : count;
    memmove(input->bytes + at + count, input->bytes + at, input->size - at);
    memcpy(input->bytes + at, other->bytes + from, count);
    input->size += count;
}

static void mutate(struct input *input, const struct corpus *corpus, struct random *random)
{
    uint32_t changes = 1 + below(random, MUTATIONS);
    const struct input *begin = &corpus->inputs[below(random, corpus->count)];
    memcpy(input->bytes, begin->bytes, begin->size);
    input->size = begin->size;
    for (uint32_t i = 0; i < changes; i++) {
        uint32_t kind = below(random, 8);
        if (kind == 0)
            remove_some(input, random);
        else if (kind == 1)
            insert_some(input, &corpus->inputs[below(random, corpus->count)], random);
        else
            change_byte(input, random);
    }
}

int main(int argc, char **argv)
{
    static struct corpus corpus;
    long runs = 0, seed = 1;
    struct input input = {(uint8_t *)fuzz_text(NULL, 0), 0};
    signal(SIGABRT, keep_finding);
    signal(SIGSEGV, keep_finding);
    for (int i = 1; i < argc; i++)
        if (!strncmp(argv[i], "-runs=", 6))
            runs = strtol(argv[i] + 6, NULL, 10);
        else if (!strncmp(argv[i], "-seed=", 6))
            seed = strtol(argv[i] + 6, NULL, 10);
        else
            add(&corpus, argv[i]);
    run(&input);
    free(input.bytes);
    for (size_t i = 0; i < corpus.count; i++)
        run(&corpus.inputs[i]);
    if (corpus.count == 0)
        return 0;
    input.bytes = calloc(1, INPUT_LIMIT + 1);
    for (long i = 0; input.bytes && i < runs; i++) {
        struct random random = random_begin((uint64_t)seed, RANDOM_SAMPLE, 0, (uint32_t)i);
        mutate(&input, &corpus, &random);
        run(&input);
    }
    free(input.bytes);
    for (size_t i = 0; i < corpus.count; i++)
        free(corpus.inputs[i].bytes);
    printf("%zu files, %ld mutations\n", corpus.count, runs);
    return 0;
}

/* Strategies and ratio laws as typed: what is accepted is written, reads back as the same, and
 * draws masks. The first line is a strategy, the second a law. */
#include <stdlib.h>
#include <string.h>

#include "mask/mask.h"
#include "tests/fuzz/fuzz.h"

enum { HEIGHT = 3, WIDTH = 4, PATCHES = HEIGHT * WIDTH, MASKS = 8 };

static void write_choice(const struct mask_choice *choice, struct text *text)
{
    strategy_choice_write(&choice->strategy, text);
    text_append(text, " ");
    ratio_choice_write(&choice->ratio, text);
}

static void check_round_trip(const struct mask_choice *choice)
{
    struct mask_choice again;
    struct text strategy = {0}, ratio = {0}, first = {0}, second = {0};
    strategy_choice_write(&choice->strategy, &strategy);
    ratio_choice_write(&choice->ratio, &ratio);
    FUZZ_HOLDS(strategy_choice_parse(&again.strategy, text_of(&strategy), NULL));
    FUZZ_HOLDS(ratio_choice_parse(&again.ratio, text_of(&ratio), NULL));
    write_choice(choice, &first);
    write_choice(&again, &second);
    FUZZ_HOLDS(!strcmp(text_of(&first), text_of(&second)));
    text_release(&strategy);
    text_release(&ratio);
    text_release(&first);
    text_release(&second);
}

static void draw(const struct mask_choice *choice)
{
    struct mask_drawer *drawer = mask_drawer_new(HEIGHT, WIDTH, NULL);
    FUZZ_HOLDS(drawer);
    bool ready = mask_drawer_prepare(drawer, choice, NULL);
    for (uint32_t image = 0; ready && image < MASKS; image++) {
        uint8_t mask[PATCHES];
        struct mask_key key = {
            .stream = RANDOM_MASK, .image = image, .batch_images = MASKS, .place = image};
        int hidden = mask_draw(drawer, choice, image / (MASKS - 1.0), &key, mask, NULL),
            counted = 0;
        for (int patch = 0; patch < PATCHES; patch++)
            counted += mask[patch];
        FUZZ_HOLDS(counted == hidden && hidden > 0 && hidden < PATCHES);
    }
    mask_drawer_free(drawer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), *line = strchr(text, '\n');
    struct mask_choice choice;
    struct error error;
    if (line)
        *line++ = '\0';
    if (strategy_choice_parse(&choice.strategy, text, &error) &&
        ratio_choice_parse(&choice.ratio, line ? line : "0.75", &error)) {
        check_round_trip(&choice);
        if (strcmp(choice.strategy.strategy->name, "file"))
            draw(&choice);
    }
    free(text);
    return 0;
}

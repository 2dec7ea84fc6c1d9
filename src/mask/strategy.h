/* Mask strategies: where the hidden patches lie, given how many.
 *
 * Each strategy is one file with one row in the registry (registry.c). A strategy is a pure
 * function of its request: same (grid, hidden, parameters, random) same mask, from any thread. It
 * gives exactly `hidden` hidden patches for every grid from 1x2 up and every 1 <= hidden <= L - 1,
 * and it ends.
 */
#ifndef MASKSCOPE_MASK_STRATEGY_H
#define MASKSCOPE_MASK_STRATEGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/node.h"
#include "base/random.h"
#include "base/setting.h"
#include "mask/schedule.h"

enum {
    MASK_PARAMETER_LIMIT = 8,
    MASK_PATCH_LIMIT = 128 * 128,
    MASK_PART_LIMIT = 6,   /* strategies of one mixture */
    MASK_GIVEN_SIZE = 288, /* of a parameter that is text */
};

/* What a guided strategy ranks the patches by: statistics of the image (mask/saliency.h makes them
 * from its pixels), the class token's attention, the predicted loss. */
enum mask_guide {
    MASK_GUIDE_VARIANCE,
    MASK_GUIDE_GRADIENT,
    MASK_GUIDE_ENTROPY,
    MASK_GUIDE_ATTENTION,
    MASK_GUIDE_LOSS,
    MASK_GUIDES
};
/* The bits of the three statistics of an image, and of the two that take a model. */
enum {
    MASK_GUIDES_OF_IMAGE = (1 << (MASK_GUIDE_ENTROPY + 1)) - 1,
    MASK_GUIDES_OF_MODEL = 1 << MASK_GUIDE_ATTENTION | 1 << MASK_GUIDE_LOSS,
};

/* What is known of one image. maps[guide] [L]: finite numbers; null where it was not made, and then
 * no patch stands out. Borrowed. */
struct mask_guides {
    const float *maps[MASK_GUIDES];
    double learned; /* how far what makes MASK_GUIDE_LOSS has learned to: 0 .. 1 */
};

/* Masks from a file. */
struct mask_rows {
    uint32_t count;
    uint8_t *masks; /* [count, L], owned */
};

struct strategy_choice;

struct mask_request {
    int grid_height, grid_width;
    int hidden;               /* M: how many patches to hide */
    const double *parameters; /* the values of the strategy's rows, schedules already applied */
    struct random *random;    /* at the start of this image's stream */
    uint8_t *scratch; /* strategy->scratch_size(L) bytes, 16-byte aligned, contents undefined */
    /* What only some strategies ask for; others may be given zeros. */
    const struct mask_guides *guides;     /* guided ones; null: none */
    const struct strategy_choice *choice; /* mixture: its parts */
    double progress;                      /* of training; mixture: for its parts' schedules */
    const struct mask_rows *rows;         /* file, painted */
    uint32_t image;                       /* file: which image of the source */
};

struct strategy {
    const char *name, *help, *source;
    /* Rows of type REAL, INT or CHOICE; offset is unused: a parameter is its row's index. Rows of
     * type TEXT are the strategy's own to read and write. */
    struct setting_table parameters;
    size_t (*scratch_size)(int patches); /* null: none */
    /* Writes mask [grid_height * grid_width]: 1 hidden, 0 visible. */
    void (*draw)(const struct mask_request *request, uint8_t *mask);

    /* What few strategies have; null or false in the others. */
    /* Whether the parameters go together (low <= high ...): null, or what is wrong. */
    const char *(*problem)(const double *parameters);
    /* Bits 1 << enum mask_guide that it ranks by; heeds rows of type CHOICE alone. */
    unsigned (*guides)(const double *parameters);
    bool own_count;   /* how many are hidden is its own affair: `hidden` is not heeded */
    bool needs_given; /* its name alone does not do: its first row must be given (a path, a mask) */
    bool (*read)(struct strategy_choice *choice, const struct node *map, struct error *error);
    void (*write)(const struct strategy_choice *choice, const char *separator, struct text *text);
    /* Says of what is given from outside which it is (mask_choice_resolve). */
    bool (*resolve)(struct strategy_choice *choice, int grid_height, int grid_width,
                    struct error *error);
    /* Reads the masks that draw wants as request->rows; the caller frees them. */
    bool (*load)(const struct strategy_choice *choice, int grid_height, int grid_width,
                 struct mask_rows *rows, struct error *error);
};

/* The registry, in the order in which strategies are listed; *count is set. */
const struct strategy *const *strategies(size_t *count);
/* Null with *error set (ERROR_DATA, the nearest name offered). */
const struct strategy *strategy_find(const char *name, struct error *error);

/* One strategy of a mixture. */
struct strategy_part {
    struct schedule weight;
    const struct strategy *strategy;
    struct schedule parameters[MASK_PARAMETER_LIMIT];
};

/* A strategy with its parameters, each a schedule over training progress. Plain data: copy it by
 * assignment. */
struct strategy_choice {
    const struct strategy *strategy;
    struct schedule parameters[MASK_PARAMETER_LIMIT];
    /* Parameters that are no numbers. */
    char given[MASK_GIVEN_SIZE]; /* file: the path; painted: the mask (mask/painted.h) */
    uint64_t digest;             /* file: of the masks; 0: whatever it holds */
    int part_count;              /* mixture */
    struct strategy_part parts[MASK_PART_LIMIT];
};

/* "block", "block:min_area=4", {strategy: block, min_area: 4}; parameters not given have their
 * defaults. ERROR_DATA with the nearest name for an unknown strategy or parameter. */
bool strategy_choice_read(struct strategy_choice *choice, const struct node *node,
                          struct error *error);
bool strategy_choice_parse(struct strategy_choice *choice, const char *text, struct error *error);
/* Whether the parameters go together at every moment of training; what was read does. ERROR_DATA.
 */
bool strategy_choice_check(const struct strategy_choice *choice, struct error *error);
/* Appends the short form, with only the parameters that differ from their defaults. */
void strategy_choice_write(const struct strategy_choice *choice, struct text *text);
/* The parameters at this progress: what mask_request.parameters points to. INT and CHOICE rows give
 * whole numbers. */
void strategy_choice_at(const struct strategy_choice *choice, double progress,
                        double parameters[MASK_PARAMETER_LIMIT]);
/* The guides that it needs, as bits 1 << enum mask_guide; 0: none. They depend on rows of type
 * CHOICE alone, which take no schedule. */
unsigned strategy_choice_guides(const struct strategy_choice *choice);

#endif

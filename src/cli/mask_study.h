/* Masks drawn outside any training, guided by images and a saved model where there is one, and what
 * they are like: one study for each strategy and ratio law.
 */
#ifndef MASKSCOPE_CLI_MASK_STUDY_H
#define MASKSCOPE_CLI_MASK_STUDY_H

#include "base/log.h"
#include "mask/coverage.h"
#include "mask/mask.h"
#include "mask/spectrum.h"
#include "run/guide.h"
#include "run/saved.h"

enum {
    MASK_STUDY_EXAMPLES = 6,
    MASK_STUDY_BATCH = 64,
    MASK_STUDY_IMAGES = 64, /* that guided strategies look at, at most */
};

/* The images that guided strategies look at, by turns. All-zero: none. */
struct mask_images {
    int count;
    unsigned guides; /* the maps that there are, as bits 1 << enum mask_guide */
    float *maps;     /* [count, MASK_GUIDES, L] */
    double learned;  /* mask_guides.learned of the model; 1 without one */
};
/* Where the images come from, and who looks at them. */
struct mask_look {
    const char *images;          /* a folder or a file; null: those held out from the model's
                                    training; without a model the built-in scenes */
    const struct saved *saved;   /* null: no model looks at them */
    int arm;                     /* of it */
    int grid_height, grid_width; /* the model's, where there is one */
};
/* Maps of the statistics, and of the model as far as its teacher goes. */
bool mask_images_init(struct mask_images *images, const struct mask_look *look, struct log *log,
                      struct error *error);
void mask_images_release(struct mask_images *images);

struct mask_study {
    struct text strategy, ratio; /* as one would type them */
    struct mask_choice choice;
    struct coverage coverage;
    struct spectrum spectrum;
    uint8_t *examples; /* [MASK_STUDY_EXAMPLES, L] */
    int64_t clamped;
    double microseconds; /* of processor time a mask; making the guides' maps is not included */
};

/* What to draw. */
struct mask_study_plan {
    int grid_height, grid_width;
    uint64_t seed;
    int64_t count;   /* of masks, for images 0, 1, ... of one epoch, MASK_STUDY_BATCH to a batch */
    double progress; /* of training */
    const struct mask_images *images;
    /* Takes each batch's masks [images, L], with the share that is done; false ends the study with
     * what it put into *error. */
    bool (*take)(void *context, const uint8_t *masks, int images, double done, struct error *error);
    void *context;
};
bool mask_study_init(struct mask_study *study, const struct mask_choice *choice,
                     const struct mask_study_plan *plan, struct error *error);
void mask_study_release(struct mask_study *study);

#endif

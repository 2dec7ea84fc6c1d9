/* What the label images of the task segment hold: looked at before any model is asked. */
#include <stdlib.h>

#include "base/digest.h"
#include "base/parallel.h"
#include "run/downstream_patches.h"

/* Looking at a chunk of a split's images. */
struct looking {
    const struct segmentation *work;
    const struct patches *patches;
    size_t first;
    struct image *pictures, *labels; /* [slots] */
    float *shares;                   /* [slots, patches, classes] */
    bool *broken;                    /* [PATCHES_CHUNK] */
    struct error *errors;            /* [PATCHES_CHUNK] */
    int64_t *pixels;                 /* [PATCHES_CHUNK, classes]: of each class */
    size_t *labelled;                /* [PATCHES_CHUNK]: patches with a labelled pixel */
    uint64_t *digests;               /* [PATCHES_CHUNK]: of the classes of the pixels */
};

static void look_at_image(void *context, size_t task, size_t slot)
{
    const struct looking *looking = context;
    const struct segmentation *work = looking->work;
    const struct patches *patches = looking->patches;
    size_t classes = (size_t)work->classes, index = patches->images.images[looking->first + task];
    struct image *picture = &looking->pictures[slot], *labels = &looking->labels[slot];
    struct error why;
    looking->broken[task] = !source_read(patches->images.source, index, 1, 1, picture, &why);
    if (looking->broken[task] ||
        !pixel_labels_read(&patches->labels, patches->images.source, index, picture->full_width,
                           picture->full_height, labels, &looking->errors[task]))
        return;
    struct segment_grid grid = work->grid;
    grid.width = labels->width;
    grid.height = labels->height;
    float *shares = looking->shares + slot * work->patches * classes;
    segment_shares(shares, &grid, labels->pixels, work->classes);
    size_t count = (size_t)labels->width * (size_t)labels->height;
    looking->digests[task] = digest_bytes(DIGEST_BEGIN, labels->pixels, count);
    for (size_t i = 0; i < count; i++)
        if (labels->pixels[i] < classes)
            looking->pixels[task * classes + labels->pixels[i]]++;
    for (size_t patch = 0; patch < work->patches; patch++) {
        float sum = 0;
        for (size_t i = 0; i < classes; i++)
            sum += shares[patch * classes + i];
        looking->labelled[task] += sum > 0;
    }
}

/* pixels [classes] of the split, and its labelled patches. */
struct sums {
    int64_t *pixels;
    size_t labelled, broken;
    uint64_t digest;
};

static bool add_chunk(struct looking *looking, struct sums *sums, size_t count, size_t slots,
                      struct error *error)
{
    size_t classes = (size_t)looking->work->classes;
    parallel_for_slots(count, slots, look_at_image, looking);
    for (size_t i = 0; i < count; i++) {
        if (looking->errors[i].code != ERROR_NONE)
            return error_set(error, looking->errors[i].code, "%s", looking->errors[i].message);
        for (size_t class = 0; class < classes; class ++) {
            sums->pixels[class] += looking->pixels[i * classes + class];
            looking->pixels[i * classes + class] = 0;
        }
        sums->labelled += looking->labelled[i];
        sums->broken += looking->broken[i];
        sums->digest = digest_number(sums->digest, looking->broken[i] ? 0 : looking->digests[i]);
        looking->labelled[i] = 0;
    }
    return true;
}

static void release(struct looking *looking, size_t slots)
{
    for (size_t i = 0; looking->pictures && looking->labels && i < slots; i++) {
        image_release(&looking->pictures[i]);
        image_release(&looking->labels[i]);
    }
    free(looking->pictures);
    free(looking->labels);
    free(looking->shares);
    free(looking->broken);
    free(looking->errors);
    free(looking->pixels);
    free(looking->labelled);
    free(looking->digests);
}

static bool look(const struct segmentation *work, const struct patches *patches, struct sums *sums,
                 struct error *error)
{
    size_t slots = (size_t)parallel_threads(), classes = (size_t)work->classes;
    size_t images = patches->images.count;
    struct probe_watch watch = downstream_watch(work->downstream);
    struct looking looking = {.work = work, .patches = patches};
    bool good =
        (sums->pixels = memory_new(classes, sizeof *sums->pixels, error)) &&
        (looking.pictures = memory_new(slots, sizeof *looking.pictures, error)) &&
        (looking.labels = memory_new(slots, sizeof *looking.labels, error)) &&
        (looking.shares = memory_new(slots * work->patches * classes, sizeof(float), error)) &&
        (looking.broken = memory_new(PATCHES_CHUNK, sizeof(bool), error)) &&
        (looking.errors = memory_new(PATCHES_CHUNK, sizeof *looking.errors, error)) &&
        (looking.pixels = memory_new(PATCHES_CHUNK * classes, sizeof(int64_t), error)) &&
        (looking.labelled = memory_new(PATCHES_CHUNK, sizeof(size_t), error)) &&
        (looking.digests = memory_new(PATCHES_CHUNK, sizeof(uint64_t), error));
    for (; good && looking.first < images; looking.first += PATCHES_CHUNK) {
        size_t left = images - looking.first;
        good = probe_watch_tell(&watch, (double)looking.first / (double)images, error) &&
               add_chunk(&looking, sums, left < PATCHES_CHUNK ? left : PATCHES_CHUNK, slots, error);
    }
    release(&looking, slots);
    return good;
}

/* ---- What there has to be ---- */

static bool none_read(const struct segmentation *work, const char *what, struct error *error)
{
    return error_set(error, ERROR_DATA, "%s: none of the %s images can be read",
                     work->downstream->data, what);
}

static bool check_trained(const struct segmentation *work, const struct sums *sums,
                          struct error *error)
{
    int present = 0, of = 0;
    for (int i = 0; i < work->classes; i++)
        if (sums->pixels[i] > 0) {
            present++;
            of = i;
        }
    if (sums->broken == work->train.images.count)
        return none_read(work, "training", error);
    if (present == 0)
        return error_set(error, ERROR_DATA, "%s: no pixel of the training images has a class",
                         work->downstream->data);
    if (present == 1)
        return error_set(error, ERROR_DATA,
                         "%s: all labelled pixels of the training images are of one class, '%s': "
                         "there is nothing to tell apart",
                         work->downstream->data, work->train.labels.names[of]);
    return downstream_check_k(work->downstream, sums->labelled, "labelled training patches", error);
}

/* Rare classes are soon missing: the mean is over those that occur. */
static bool check_held_out(const struct segmentation *work, const struct sums *trained,
                           const struct sums *sums, struct error *error)
{
    struct text names = {0};
    int present = 0, missing = 0;
    for (int i = 0; i < work->classes; i++) {
        present += sums->pixels[i] > 0;
        if (trained->pixels[i] > 0 && sums->pixels[i] == 0)
            text_append(&names, "%s%s", missing++ ? ", " : "", work->train.labels.names[i]);
    }
    if (missing > 0 && present > 0)
        log_write(work->downstream->request->log, LOG_WARNING,
                  "%s: no held-out pixel of %s: the mean IoU is over the other %d classes",
                  work->downstream->data, text_of(&names), present);
    text_release(&names);
    if (sums->broken == work->test.images.count)
        return none_read(work, "held-out", error);
    return present > 0 ||
           error_set(error, ERROR_DATA, "%s: no pixel of the held-out images has a class",
                     work->downstream->data);
}

/* The classes' names, which outcomes have too, and those of all pixels. */
static void keep_digest(const struct segmentation *work, const struct sums *trained,
                        const struct sums *held_out)
{
    struct downstream *downstream = work->downstream;
    uint64_t digest = digest_number(trained->digest, held_out->digest);
    for (int i = 0; i < work->classes; i++)
        digest = digest_text(digest, work->train.labels.names[i]);
    downstream->looked_at[downstream->number] = digest;
}

bool patches_check(struct segmentation *work, struct error *error)
{
    struct sums trained = {.digest = DIGEST_BEGIN}, held_out = {.digest = DIGEST_BEGIN};
    size_t rows = work->train.images.count * work->patches;
    if (!work->train.labels.folder[0]) /* scenes are drawn with their classes */
        return downstream_check_k(work->downstream, rows, "training patches", error);
    bool good = look(work, &work->train, &trained, error) && check_trained(work, &trained, error) &&
                look(work, &work->test, &held_out, error) &&
                check_held_out(work, &trained, &held_out, error);
    if (good)
        keep_digest(work, &trained, &held_out);
    free(trained.pixels);
    free(held_out.pixels);
    return good;
}

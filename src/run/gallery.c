#include "run/gallery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

bool gallery_maker_init(struct gallery_maker *maker, const struct source *source,
                        const struct view_settings *view, const struct mae_shape *shape, int images,
                        uint64_t seed, uint32_t *order, struct error *error)
{
    if ((size_t)images > source->count)
        images = (int)source->count;
    *maker = (struct gallery_maker){
        .source = source, .view = *view, .seed = seed, .images = images, .order = order};
    size_t pixels = (size_t)images * mae_image_values(shape);
    bool good = (maker->pixels = memory_new(pixels, sizeof(float), error)) &&
                (maker->unfolded = memory_new(mae_image_values(shape), sizeof(float), error)) &&
                inspector_init(&maker->inspector, shape, images, error);
    if (!good)
        gallery_maker_release(maker);
    return good;
}

void gallery_maker_release(struct gallery_maker *maker)
{
    inspector_release(&maker->inspector);
    teacher_pass_release(&maker->teacher);
    view_scratch_release(&maker->scratch);
    image_release(&maker->picture);
    free(maker->pixels);
    free(maker->unfolded);
    free(maker->order);
    *maker = (struct gallery_maker){0};
}

void gallery_show(struct gallery_maker *maker, int64_t first)
{
    int64_t count = (int64_t)maker->source->count;
    first = (first % count + count) % count;
    maker->loaded = maker->loaded && first == maker->first;
    maker->first = first;
}

static uint32_t source_index(const struct gallery_maker *maker, int row)
{
    size_t place = ((size_t)maker->first + (size_t)row) % maker->source->count;
    return maker->order ? maker->order[place] : (uint32_t)place;
}

/* Normalised values [C, H, W] as a [H, W, 3] picture. */
static bool write_picture(struct gallery_maker *maker, const float *values, uint8_t *rgb,
                          struct error *error)
{
    if (!view_to_image(values, &maker->view, &maker->picture, error) ||
        !image_convert(&maker->picture, 3, error))
        return false;
    memcpy(rgb, maker->picture.pixels,
           (size_t)maker->picture.width * (size_t)maker->picture.height * 3);
    return true;
}

static size_t picture_size(const struct gallery *gallery)
{
    return (size_t)gallery->width * (size_t)gallery->height * 3;
}

/* The name without its class's folder, which classes[row] tells; of a long one, the end. */
static void write_name(char *out, size_t size, const char *name, bool in_class, bool good)
{
    static const char broken[] = "broken: ", cut[] = "...";
    const char *slash = in_class ? strchr(name, '/') : NULL;
    const char *shown = slash ? slash + 1 : name;
    size_t room = size - (good ? 1 : sizeof broken), length = strlen(shown);
    bool long_one = length > room;
    if (long_one)
        for (shown += length - (room - strlen(cut)); ((unsigned char)*shown & 0xc0) == 0x80;)
            shown++; /* not from the middle of a character */
    snprintf(out, size, "%s%s%s", good ? "" : broken, long_one ? cut : "", shown);
}

/* The first of several names that a class may have: "tench" of "tench, Tinca tinca". */
static void write_class(char *out, size_t size, const char *name)
{
    text_copy(out, size, name);
    char *comma = strchr(out, ',');
    if (comma)
        *comma = '\0';
}

static bool load_images(struct gallery_maker *maker, struct gallery *gallery, struct error *error)
{
    size_t values = mae_image_values(&maker->inspector.shape);
    for (int row = 0; row < maker->images; row++) {
        uint32_t index = source_index(maker, row);
        float *pixels = maker->pixels + (size_t)row * values;
        struct error why;
        char buffer[FILE_PATH_SIZE];
        bool good = view_read(maker->source, index, &maker->view, &maker->scratch, pixels, &why);
        if (!good)
            memset(pixels, 0, values * sizeof *pixels);
        int label = gallery->labels[row] = source_label(maker->source, index);
        bool named = label >= 0 && label < maker->source->class_count;
        write_name(gallery->names[row], sizeof gallery->names[row],
                   source_name(maker->source, index, buffer, sizeof buffer), named, good);
        write_class(gallery->classes[row], sizeof gallery->classes[row],
                    named ? maker->source->class_names[label] : "");
        uint8_t *original = gallery->original + (size_t)row * picture_size(gallery);
        if (!write_picture(maker, pixels, original, error))
            return false;
    }
    inspector_load(&maker->inspector, maker->pixels, maker->images);
    maker->loaded = true;
    return true;
}

/* The shown images' masks under the arm's own choice. */
static bool draw_masks(struct gallery_maker *maker, const struct arm *arm, double progress,
                       struct error *error)
{
    struct inspector *inspector = &maker->inspector;
    unsigned wanted = arm_guides(arm, progress);
    if (!mask_batch_prepare(&inspector->masks, &arm->mask, error) ||
        (wanted && !maker->teacher.pass &&
         !teacher_pass_init(&maker->teacher, &inspector->shape, 1, 1, error)))
        return false;
    for (int row = 0; row < maker->images; row++) {
        const float *pixels = maker->pixels + (size_t)row * mae_image_values(&inspector->shape);
        struct mask_guides guides = {{NULL}};
        struct mask_key key = {.seed = maker->seed,
                               .stream = RANDOM_SHOWN_MASK,
                               .epoch = maker->mask_round,
                               .image = source_index(maker, row),
                               .batch_images = (uint32_t)maker->images,
                               .place = (uint32_t)row,
                               .guides = &guides};
        if (wanted) {
            teacher_look(arm->teacher, &maker->teacher, wanted, pixels, 1);
            guides = teacher_guides(&maker->teacher, wanted, 0);
        }
        mask_batch_draw(&inspector->masks, row, &arm->mask, progress, &key, pixels, NULL);
    }
    return true;
}

static bool make_arm(struct gallery_maker *maker, const struct arm *arm, int number,
                     double progress, struct gallery *gallery, struct error *error)
{
    struct inspector *inspector = &maker->inspector;
    size_t patches = (size_t)gallery->patches;
    size_t values = patches * (size_t)mae_patch_values(&inspector->shape);
    size_t first = (size_t)number * (size_t)maker->images;
    if (!draw_masks(maker, arm, progress, error))
        return false;
    inspector_run(inspector, arm->mae, maker->pixels, maker->images, MAE_ALL_PATCHES);
    memcpy(gallery->mask + first * patches, inspector->masks.masks,
           (size_t)maker->images * patches);
    memcpy(gallery->patch_mse + first * patches, inspector->patch_mse,
           (size_t)maker->images * patches * sizeof(float));
    for (int row = 0; row < maker->images; row++) {
        size_t at = first + (size_t)row;
        gallery->mse[at] = (float)inspector->mse[row];
        mae_unpatchify(&inspector->shape, 1, inspector->pred + (size_t)row * values,
                       maker->unfolded);
        if (!write_picture(maker, maker->unfolded, gallery->prediction + at * picture_size(gallery),
                           error))
            return false;
    }
    return true;
}

bool gallery_make(struct gallery_maker *maker, const struct arm *arms, int count, double progress,
                  int64_t step, struct gallery *gallery, struct error *error)
{
    if (!maker->loaded && !load_images(maker, gallery, error))
        return false;
    for (int arm = 0; arm < count; arm++)
        if (!make_arm(maker, &arms[arm], arm, progress, gallery, error))
            return false;
    gallery->images = maker->images;
    gallery->arms = count;
    gallery->step = step;
    gallery->first = maker->first;
    gallery->held_out = (int64_t)maker->source->count;
    gallery->version++;
    return true;
}

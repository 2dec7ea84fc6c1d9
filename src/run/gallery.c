#include "run/gallery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/decode.h"

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
                (maker->patches = memory_new(mae_image_values(shape), sizeof(float), error)) &&
                (maker->guest = memory_new(mae_image_values(shape), sizeof(float), error)) &&
                picture_writer_init(&maker->writer, shape, view, error) &&
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
    picture_writer_release(&maker->writer);
    free(maker->pixels);
    free(maker->patches);
    free(maker->guest);
    free(maker->order);
    *maker = (struct gallery_maker){0};
}

void gallery_show(struct gallery_maker *maker, int64_t first)
{
    int64_t count = (int64_t)maker->source->count;
    first = (first % count + count) % count;
    maker->loaded = maker->loaded && first == maker->first && !maker->has_guest;
    maker->first = first;
    maker->has_guest = false;
}

static bool read_guest(struct gallery_maker *maker, const char *path, bool exif,
                       struct error *error)
{
    struct decode_request request = {.exif = exif};
    struct image image = {0};
    bool good = decode_file(path, &request, &image, error) &&
                view_of_image(&image, &maker->view, &maker->scratch, maker->guest, error);
    image_release(&image);
    return good;
}

void gallery_show_file(struct gallery_maker *maker, const char *path, bool exif)
{
    struct error why;
    const char *slash = strrchr(path, '/');
    maker->loaded = false;
    if (read_guest(maker, path, exif, &why)) {
        maker->has_guest = true;
        text_copy(maker->guest_name, sizeof maker->guest_name, slash ? slash + 1 : path);
        return;
    }
    maker->has_guest = false; /* what was there is spoilt */
    maker->refusals++;
    text_copy(maker->refusal, sizeof maker->refusal, why.message);
}

void gallery_set_display(struct gallery_maker *maker, enum pixel_display display)
{
    maker->loaded = maker->loaded && display == maker->inspector.display;
    maker->inspector.display = display;
}

/* The number of the image in a row, which is not the guest's. */
static uint32_t source_index(const struct gallery_maker *maker, int row)
{
    size_t after_guest = (size_t)row - (maker->has_guest ? 1 : 0);
    size_t place = ((size_t)maker->first + after_guest) % maker->source->count;
    return maker->order ? maker->order[place] : (uint32_t)place;
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

/* Names and pixels of a row's image; a broken one is black. */
static void load_image(struct gallery_maker *maker, int row, float *pixels, struct gallery *gallery)
{
    uint32_t index = source_index(maker, row);
    struct error why;
    char buffer[FILE_PATH_SIZE];
    size_t values = mae_image_values(&maker->inspector.shape);
    bool good = view_read(maker->source, index, &maker->view, &maker->scratch, pixels, &why);
    if (!good)
        memset(pixels, 0, values * sizeof *pixels);
    int label = gallery->labels[row] = source_label(maker->source, index);
    bool named = label >= 0 && label < maker->source->class_count;
    write_name(gallery->names[row], sizeof gallery->names[row],
               source_name(maker->source, index, buffer, sizeof buffer), named, good);
    write_class(gallery->classes[row], sizeof gallery->classes[row],
                named ? maker->source->class_names[label] : "");
}

static void load_guest(struct gallery_maker *maker, float *pixels, struct gallery *gallery)
{
    memcpy(pixels, maker->guest, mae_image_values(&maker->inspector.shape) * sizeof *pixels);
    gallery->labels[0] = -1;
    gallery->classes[0][0] = '\0';
    text_copy(gallery->names[0], sizeof gallery->names[0], maker->guest_name);
}

static bool shown_raw(const struct gallery_maker *maker)
{
    return maker->inspector.shape.norm_pix && maker->inspector.display == PIXELS_RAW;
}

static bool write_original(struct gallery_maker *maker, int row, const float *pixels,
                           struct gallery *gallery, struct error *error)
{
    uint8_t *original = gallery->original + (size_t)row * picture_size(gallery);
    if (!shown_raw(maker))
        return picture_write_values(&maker->writer, pixels, original, error);
    const struct inspector *inspector = &maker->inspector;
    size_t at = (size_t)row * mae_image_values(&inspector->shape);
    normalise_patches(&inspector->shape, inspector->patches + at, maker->patches);
    return picture_write_patches(&maker->writer, maker->patches, true, original, error);
}

static bool load_images(struct gallery_maker *maker, struct gallery *gallery, struct error *error)
{
    size_t values = mae_image_values(&maker->inspector.shape);
    for (int row = 0; row < maker->images; row++) {
        float *pixels = maker->pixels + (size_t)row * values;
        if (row == 0 && maker->has_guest)
            load_guest(maker, pixels, gallery);
        else
            load_image(maker, row, pixels, gallery);
    }
    inspector_load(&maker->inspector, maker->pixels, maker->images);
    for (int row = 0; row < maker->images; row++)
        if (!write_original(maker, row, maker->pixels + (size_t)row * values, gallery, error))
            return false;
    maker->loaded = true;
    return true;
}

bool gallery_put(struct gallery *gallery, int arm, int row, const struct inspector *inspector,
                 int image, struct picture_writer *writer, struct error *error)
{
    size_t patches = (size_t)gallery->patches, from = (size_t)image;
    size_t values = mae_image_values(&inspector->shape);
    size_t to = (size_t)arm * (size_t)gallery->images + (size_t)row;
    bool raw = inspector->shape.norm_pix && inspector->display == PIXELS_RAW;
    memcpy(gallery->mask + to * patches, inspector->masks.masks + from * patches, patches);
    memcpy(gallery->patch_mse + to * patches, inspector->patch_mse + from * patches,
           patches * sizeof(float));
    gallery->mse[to] = (float)inspector->mse[image];
    return picture_write_patches(writer, inspector->pred + from * values, raw,
                                 gallery->prediction + to * picture_size(gallery), error);
}

/* A guest's mask is drawn as that of an image with a number no other has. */
enum { GUEST_NUMBER = 0x7fffffff };

/* The shown images' masks under the arm's own choice. */
static bool draw_masks(struct gallery_maker *maker, const struct arm *arm, double progress,
                       struct error *error)
{
    struct inspector *inspector = &maker->inspector;
    unsigned wanted = arm_guides(arm);
    if (!mask_batch_prepare(&inspector->masks, &arm->mask, error) ||
        (wanted && !maker->teacher.pass &&
         !teacher_pass_init(&maker->teacher, &inspector->shape, 1, 1, error)))
        return false;
    for (int row = 0; row < maker->images; row++) {
        const float *pixels = maker->pixels + (size_t)row * mae_image_values(&inspector->shape);
        bool guest = row == 0 && maker->has_guest;
        struct mask_guides guides = {.learned = 0};
        struct mask_key key = {.seed = maker->seed,
                               .stream = RANDOM_SHOWN_MASK,
                               .epoch = maker->mask_round,
                               .image = guest ? GUEST_NUMBER : source_index(maker, row),
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
    if (!draw_masks(maker, arm, progress, error))
        return false;
    inspector_run(inspector, arm->mae, maker->pixels, maker->images, MAE_ALL_PATCHES);
    for (int row = 0; row < maker->images; row++)
        if (!gallery_put(gallery, number, row, inspector, row, &maker->writer, error))
            return false;
    return true;
}

static void describe(const struct gallery_maker *maker, int arms, int64_t step,
                     struct gallery *gallery)
{
    gallery->arms = arms;
    gallery->step = step;
    gallery->first = maker->first;
    gallery->held_out = (int64_t)maker->source->count;
    gallery->display = maker->inspector.display;
    gallery->guest = maker->has_guest;
    gallery->refusals = maker->refusals;
    text_copy(gallery->refusal, sizeof gallery->refusal, maker->refusal);
    gallery->version++;
}

bool gallery_make(struct gallery_maker *maker, const struct arm *arms, int count, double progress,
                  int64_t step, struct gallery *gallery, struct error *error)
{
    gallery->images = maker->images;
    if (!maker->loaded && !load_images(maker, gallery, error))
        return false;
    for (int arm = 0; arm < count; arm++)
        if (!make_arm(maker, &arms[arm], arm, progress, gallery, error))
            return false;
    describe(maker, count, step, gallery);
    return true;
}

#include "run/history.h"

#include <dirent.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "run/safetensors.h"

static const char file_format[] = "maskscope-pictures";
enum { FILE_NAME_SIZE = 48, FEWEST_FILES = 12, STEPS_FOR_A_FILE = 24 };

static void file_name(char out[FILE_NAME_SIZE], int64_t step)
{
    snprintf(out, FILE_NAME_SIZE, "step-%08" PRId64 ".safetensors", step);
}

static bool file_path(char path[FILE_PATH_SIZE], const char *folder, int64_t step,
                      struct error *error)
{
    char name[FILE_NAME_SIZE];
    file_name(name, step);
    return file_join(path, FILE_PATH_SIZE, folder, name, error);
}

/* Which steps. */

/* Where a step lies between the first (0) and the last (1): half by its logarithm. */
static double place_of(int64_t step, int64_t total)
{
    double s = (double)step, all = (double)(total > 0 ? total : 1);
    return 0.5 * log1p(s) / log1p(all) + 0.5 * s / all;
}

/* Bytes of a step's file, but for its header. */
static double file_bytes(const struct gallery *gallery, int images, int arms)
{
    double picture = 3.0 * gallery->width * gallery->height, patches = gallery->patches;
    return images * (picture + arms * (picture + patches * (1 + sizeof(float)) + sizeof(float)));
}

/* How many files a run of so many steps is to have: as many as there is space for, but no more than
 * one for every so many steps, or short runs would keep themselves from training. */
static int wanted_files(const struct history *history, int64_t total, int arms)
{
    double each = file_bytes(&history->gallery, history->maker.images, arms);
    double seldom = fmax(FEWEST_FILES, (double)total / STEPS_FOR_A_FILE);
    return (int)fmin(fmin(history->space / each, HISTORY_LIMIT), seldom);
}

bool history_is_due(const struct history *history, int64_t step, int64_t total, int arms)
{
    int files = history->space > 0 ? wanted_files(history, total, arms) - 1 : 0;
    if (files < 1)
        return false;
    if (history->count == 0)
        return true;
    int64_t newest = history->steps[history->count - 1];
    return step > newest &&
           floor(files * place_of(step, total)) > floor(files * place_of(newest, total));
}

static double bytes_kept(const struct history *history)
{
    double sum = 0;
    for (int i = 0; i < history->count; i++)
        sum += history->bytes[i];
    return sum;
}

static void forget(struct history *history, int index)
{
    char path[FILE_PATH_SIZE];
    if (file_path(path, history->folder, history->steps[index], NULL))
        remove(path);
    size_t after = (size_t)(--history->count - index);
    memmove(&history->steps[index], &history->steps[index + 1], after * sizeof history->steps[0]);
    memmove(&history->bytes[index], &history->bytes[index + 1], after * sizeof history->bytes[0]);
}

/* Never the first, from which everything began, as long as there is another. */
static int least_missed(const struct history *history, int64_t total)
{
    int found = history->count - 1;
    double smallest = INFINITY;
    for (int i = 1; i + 1 < history->count; i++) {
        double gap =
            place_of(history->steps[i + 1], total) - place_of(history->steps[i - 1], total);
        if (gap < smallest) {
            smallest = gap;
            found = i;
        }
    }
    return found;
}

static void make_room(struct history *history, double bytes, int64_t total)
{
    while (history->count > 0 &&
           (history->count == HISTORY_LIMIT || bytes_kept(history) + bytes > history->space))
        forget(history, least_missed(history, total));
}

/* What is there already. */

static int compare_steps(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void find_files(struct history *history)
{
    DIR *folder = opendir(history->folder);
    struct dirent *entry;
    while (folder && history->count < HISTORY_LIMIT && (entry = readdir(folder))) {
        int64_t step;
        char name[FILE_NAME_SIZE];
        if (sscanf(entry->d_name, "step-%" SCNd64, &step) != 1 || step < 0)
            continue;
        file_name(name, step);
        if (!strcmp(name, entry->d_name))
            history->steps[history->count++] = step;
    }
    if (folder)
        closedir(folder);
    qsort(history->steps, (size_t)history->count, sizeof history->steps[0], compare_steps);
}

static double size_of_file(const struct history *history, int64_t step)
{
    char path[FILE_PATH_SIZE];
    struct stat status;
    bool there = file_path(path, history->folder, step, NULL) && stat(path, &status) == 0;
    return there ? (double)status.st_size : 0;
}

static void take_over(struct history *history, int64_t step)
{
    find_files(history);
    for (int i = 0; i < history->count; i++)
        history->bytes[i] = size_of_file(history, history->steps[i]);
    while (history->count > 0 && history->steps[history->count - 1] > step)
        forget(history, history->count - 1);
}

bool history_init(struct history *history, const char *images, int64_t step, double space, int rows,
                  const struct source *source, const struct view_settings *view,
                  const struct mae_shape *shape, uint64_t seed, uint32_t *order,
                  struct error *error)
{
    *history = (struct history){.space = space};
    rows = rows < HISTORY_IMAGES ? rows : HISTORY_IMAGES;
    bool good =
        gallery_maker_init(&history->maker, source, view, shape, rows, seed, order, error) &&
        gallery_init(&history->gallery, shape, history->maker.images, ARM_LIMIT, error) &&
        file_join(history->folder, sizeof history->folder, images, "history", error);
    if (good)
        take_over(history, step);
    else
        history_release(history);
    return good;
}

void history_release(struct history *history)
{
    gallery_maker_release(&history->maker);
    gallery_release(&history->gallery);
    *history = (struct history){0};
}

/* A step's file. */

static bool add_texts(struct safetensors_writer *writer, const struct gallery *gallery,
                      const struct arm *arms, int64_t step, struct error *error)
{
    struct text names = {0}, classes = {0}, arm_names = {0};
    char number[32];
    snprintf(number, sizeof number, "%" PRId64, step);
    for (int i = 0; i < gallery->images; i++) {
        text_append(&names, "%s%s", i ? "\n" : "", gallery->names[i]);
        text_append(&classes, "%s%s", i ? "\n" : "", gallery->classes[i]);
    }
    for (int i = 0; i < gallery->arms; i++)
        text_append(&arm_names, "%s%s", i ? "\n" : "", arms[i].name);
    bool good = text_is_whole(&names, error) && text_is_whole(&classes, error) &&
                text_is_whole(&arm_names, error) &&
                safetensors_writer_metadata(writer, "format", file_format, error) &&
                safetensors_writer_metadata(writer, "step", number, error) &&
                safetensors_writer_metadata(writer, "images", text_of(&names), error) &&
                safetensors_writer_metadata(writer, "classes", text_of(&classes), error) &&
                safetensors_writer_metadata(writer, "arms", text_of(&arm_names), error) &&
                safetensors_writer_metadata(
                    writer, "pixels",
                    gallery->norm_pix ? pixel_display_name((int)gallery->display) : "plain", error);
    text_release(&names);
    text_release(&classes);
    text_release(&arm_names);
    return good;
}

/* The tensors of a file: one table for writing and reading. */
struct part {
    const char *name;
    enum safetensors_type type;
    int dimensions;
    int shape[5];
    void *data;
};
enum { PARTS = 5 };

static void list_parts(struct part parts[PARTS], const struct gallery *gallery)
{
    int arms = gallery->arms, images = gallery->images, patches = gallery->patches;
    int height = gallery->height, width = gallery->width;
    const struct part all[PARTS] = {
        {"original", SAFETENSORS_U8, 4, {images, height, width, 3}, gallery->original},
        {"mask", SAFETENSORS_U8, 3, {arms, images, patches}, gallery->mask},
        {"prediction", SAFETENSORS_U8, 5, {arms, images, height, width, 3}, gallery->prediction},
        {"patch_mse", SAFETENSORS_F32, 3, {arms, images, patches}, gallery->patch_mse},
        {"mse", SAFETENSORS_F32, 2, {arms, images}, gallery->mse},
    };
    memcpy(parts, all, sizeof all);
}

static bool save(struct history *history, const struct arm *arms, int64_t step, const char *path,
                 struct error *error)
{
    struct part parts[PARTS];
    struct safetensors_writer *writer = safetensors_writer_new(error);
    bool good = writer && add_texts(writer, &history->gallery, arms, step, error);
    list_parts(parts, &history->gallery);
    for (int i = 0; good && i < PARTS; i++)
        good = safetensors_writer_add(writer, parts[i].name, parts[i].type, parts[i].dimensions,
                                      parts[i].shape, parts[i].data, error);
    good = good && safetensors_writer_save(writer, path, error);
    safetensors_writer_free(writer);
    return good;
}

bool history_keep(struct history *history, const struct arm *arms, int count, double progress,
                  int64_t step, int64_t total, struct error *error)
{
    char path[FILE_PATH_SIZE];
    if (!file_make_folder(history->folder, error) ||
        !file_path(path, history->folder, step, error) ||
        !gallery_make(&history->maker, arms, count, progress, step, &history->gallery, error))
        return false;
    make_room(history, file_bytes(&history->gallery, history->maker.images, count), total);
    if (!save(history, arms, step, path, error))
        return false;
    history->steps[history->count] = step;
    history->bytes[history->count++] = size_of_file(history, step);
    return true;
}

/* Reading. */

bool history_frame_init(struct history_frame *frame, const struct mae_shape *shape,
                        struct error *error)
{
    return gallery_init(&frame->gallery, shape, HISTORY_IMAGES, ARM_LIMIT, error);
}

void history_frame_release(struct history_frame *frame)
{
    gallery_release(&frame->gallery);
}

/* Lines of text into rows of `size` bytes; returns how many lines there were. */
static int split_lines(const char *text, char *out, size_t size, int most)
{
    int count = 0;
    while (text && *text && count < most) {
        size_t length = strcspn(text, "\n"), kept = length < size ? length : size - 1;
        memcpy(out + (size_t)count * size, text, kept);
        out[(size_t)count++ * size + kept] = '\0';
        text += length + (text[length] == '\n');
    }
    return count;
}

static bool describe(struct history_frame *frame, const struct safetensors *file, int64_t step,
                     struct error *error)
{
    struct gallery *gallery = &frame->gallery;
    const char *format = safetensors_metadata(file, "format");
    const char *pixels = safetensors_metadata(file, "pixels");
    gallery->arms = split_lines(safetensors_metadata(file, "arms"), frame->arms[0],
                                sizeof frame->arms[0], ARM_LIMIT);
    gallery->images = split_lines(safetensors_metadata(file, "images"), gallery->names[0],
                                  sizeof gallery->names[0], HISTORY_IMAGES);
    memset(gallery->classes, 0, HISTORY_IMAGES * sizeof *gallery->classes);
    split_lines(safetensors_metadata(file, "classes"), gallery->classes[0],
                sizeof gallery->classes[0], gallery->images);
    if (!format || strcmp(format, file_format) || gallery->arms < 1 || gallery->images < 1)
        return error_set(error, ERROR_DATA, "%s: these are no pictures of a run",
                         safetensors_path(file));
    gallery->display = PIXELS_NEIGHBOURS;
    for (int i = 0; pixels && i < PIXELS_DISPLAYS; i++)
        if (!strcmp(pixels, pixel_display_name(i)))
            gallery->display = (enum pixel_display)i;
    gallery->step = step;
    return true;
}

static bool load(struct history_frame *frame, const struct safetensors *file, int64_t step,
                 struct error *error)
{
    struct part parts[PARTS];
    if (!describe(frame, file, step, error))
        return false;
    list_parts(parts, &frame->gallery);
    for (int i = 0; i < PARTS; i++) {
        const struct safetensors_tensor *tensor = safetensors_expect(
            file, parts[i].name, parts[i].type, parts[i].dimensions, parts[i].shape, error);
        if (!tensor || !safetensors_read(file, tensor, parts[i].data, error))
            return false;
    }
    return true;
}

bool history_read(struct history_frame *frame, const char *run_folder, int64_t step,
                  struct error *error)
{
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE];
    frame->gallery.version++;
    frame->gallery.step = -1;
    if (!file_join(folder, sizeof folder, run_folder, "images/history", error) ||
        !file_path(path, folder, step, error))
        return false;
    struct safetensors *file = safetensors_open(path, error);
    bool good = file && load(frame, file, step, error);
    if (!good)
        frame->gallery.step = -1;
    safetensors_close(file);
    return good;
}

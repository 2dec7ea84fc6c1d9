#include "data/pixel_labels.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "data/decode.h"
#include "data/scenes.h"

enum { LIST_LIMIT = 1 << 20, LINE_SIZE = 256 };
static const char list_name[] = "labels.txt", annotations[] = "annotations", suffix[] = ".png";

/* ---- The list of classes ---- */

static bool bad_line(const char *path, int line, const char *problem, struct error *error)
{
    return error_set(
        error, ERROR_DATA,
        "%s:%d: %s (expected VALUE, NAME and perhaps R,G,B and ignore, parted by tabs)", path, line,
        problem);
}

/* A line of the list, cut at its tabs. */
static bool read_line(struct pixel_labels *labels, char *line, const char *path, int number,
                      struct error *error)
{
    char *save, *value_text = strtok_r(line, "\t", &save), *name = strtok_r(NULL, "\t", &save);
    int64_t value;
    bool ignored = false;
    if (!value_text || !name)
        return bad_line(path, number, "no name", error);
    if (!text_to_integer(value_text, &value) || value < 0 || value >= PIXEL_VALUES)
        return bad_line(path, number, "the value is not 0 .. 255", error);
    if (labels->class_of[value] >= 0)
        return bad_line(path, number, "the value is there twice", error);
    for (char *word; (word = strtok_r(NULL, "\t", &save));)
        ignored = ignored || !strcmp(word, "ignore");
    if (ignored) {
        labels->class_of[value] = PIXEL_IGNORED;
        return true;
    }
    if (labels->class_count == PIXEL_CLASS_LIMIT)
        return bad_line(path, number, "too many classes", error);
    text_sanitize(labels->names[labels->class_count], PIXEL_NAME_SIZE, name);
    for (int i = 0; i < labels->class_count; i++)
        if (!strcmp(labels->names[i], labels->names[labels->class_count]))
            return bad_line(path, number, "the name, of which 31 letters count, is there twice",
                            error);
    labels->class_of[value] = (int16_t)labels->class_count++;
    return true;
}

static bool read_lines(struct pixel_labels *labels, const char *list, const char *path,
                       struct error *error)
{
    for (int number = 1; *list; number++) {
        char line[LINE_SIZE];
        size_t length = strcspn(list, "\n"), kept = length < LINE_SIZE ? length : LINE_SIZE - 1;
        memcpy(line, list, kept);
        line[kept] = '\0';
        line[strcspn(line, "\r")] = '\0';
        if (line[0] && !read_line(labels, line, path, number, error))
            return false;
        list += length + (list[length] == '\n');
    }
    return labels->class_count > 1 ||
           error_set(error, ERROR_DATA,
                     "%s: fewer than two classes: there is nothing to tell apart", path);
}

static bool read_list(struct pixel_labels *labels, const char *folder, struct error *error)
{
    char path[FILE_PATH_SIZE];
    struct text list = {0};
    bool good = file_join(path, sizeof path, folder, list_name, error) &&
                (file_read(path, LIST_LIMIT, &list, error) ||
                 error_prefix(error, "the classes of pixels are named in labels.txt")) &&
                read_lines(labels, text_of(&list), path, error);
    text_release(&list);
    return good;
}

static bool open_scenes(struct pixel_labels *labels)
{
    labels->class_count = 1 + scene_class_count();
    text_copy(labels->names[0], PIXEL_NAME_SIZE, "background");
    for (int i = 0; i + 1 < labels->class_count; i++)
        text_copy(labels->names[i + 1], PIXEL_NAME_SIZE, scene_class_name(i));
    return true;
}

bool pixel_labels_open(struct pixel_labels *labels, const char *folder, enum source_split split,
                       const char *holdout, struct error *error)
{
    char above[FILE_PATH_SIZE];
    *labels = (struct pixel_labels){0};
    for (int value = 0; value < PIXEL_VALUES; value++)
        labels->class_of[value] = -1;
    if (!folder)
        return open_scenes(labels);
    if (!file_join(above, sizeof above, folder, annotations, error) ||
        !file_join(labels->folder, sizeof labels->folder, above,
                   split == SOURCE_TRAIN ? "train" : holdout, error))
        return false;
    if (!file_is_folder(labels->folder))
        return error_set(error, ERROR_INPUT,
                         "%s: no such folder: the task needs a class for each pixel, in "
                         "annotations/train and annotations/%s beside images/",
                         labels->folder, holdout);
    return read_list(labels, folder, error);
}

/* ---- One image's ---- */

static bool annotation_path(const struct pixel_labels *labels, const char *name,
                            char path[FILE_PATH_SIZE], struct error *error)
{
    char png[FILE_PATH_SIZE];
    const char *dot = strrchr(name, '.');
    size_t stem = dot && !strchr(dot, '/') ? (size_t)(dot - name) : strlen(name);
    snprintf(png, sizeof png, "%.*s%s", (int)stem, name, suffix);
    return file_join(path, FILE_PATH_SIZE, labels->folder, png, error);
}

static bool classify(const struct pixel_labels *labels, struct image *image, const char *path,
                     struct error *error)
{
    size_t count = (size_t)image->width * (size_t)image->height;
    for (size_t i = 0; i < count; i++) {
        int class_index = labels->class_of[image->pixels[i]];
        if (class_index < 0)
            return error_set(error, ERROR_DATA,
                             "%s: the value %d at column %zu, row %zu is not in labels.txt", path,
                             image->pixels[i], i % (size_t)image->width, i / (size_t)image->width);
        image->pixels[i] = (uint8_t)class_index;
    }
    return true;
}

static bool read_annotation(const struct pixel_labels *labels, const char *name, int width,
                            int height, struct image *image, struct error *error)
{
    char path[FILE_PATH_SIZE];
    const struct decode_request whole = {0};
    if (!annotation_path(labels, name, path, error) || !decode_file(path, &whole, image, error))
        return false;
    if (image->channels != 1)
        return error_set(error, ERROR_DATA,
                         "%s: %d channels, expected an 8-bit gray image of classes", path,
                         image->channels);
    if (image->width != width || image->height != height)
        return error_set(error, ERROR_DATA, "%s: %dx%d pixels, but its image has %dx%d", path,
                         image->width, image->height, width, height);
    return classify(labels, image, path, error);
}

static bool draw_scene(const struct source *source, size_t index, int width, int height,
                       struct image *image, struct error *error)
{
    struct image picture = {0};
    bool good = image_resize(image, width, height, 1, error) &&
                image_resize(&picture, width, height, 3, error);
    if (good)
        scene_source_render(source, index, width, height, picture.pixels, image->pixels);
    image_release(&picture);
    return good;
}

bool pixel_labels_read(const struct pixel_labels *labels, const struct source *source, size_t index,
                       int width, int height, struct image *image, struct error *error)
{
    char buffer[64];
    if (!labels->folder[0])
        return draw_scene(source, index, width, height, image, error);
    return read_annotation(labels, source_name(source, index, buffer, sizeof buffer), width, height,
                           image, error);
}

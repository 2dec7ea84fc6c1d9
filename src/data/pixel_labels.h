/* A class for each pixel of a source's images, for segmentation.
 *
 * Of the built-in scenes they are drawn. Of a folder they are read from beside the images:
 *
 *   FOLDER/images/train/NAME.jpg       FOLDER/images/val/NAME.jpg
 *   FOLDER/annotations/train/NAME.png  FOLDER/annotations/val/NAME.png     8-bit gray, a value a
 * pixel FOLDER/labels.txt                  lines VALUE NAME [R,G,B] [ignore], parted by tabs
 *
 * The source is one of FOLDER/images.
 */
#ifndef MASKSCOPE_DATA_PIXEL_LABELS_H
#define MASKSCOPE_DATA_PIXEL_LABELS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "data/image.h"
#include "data/source.h"

/* What is read for pixels that belong to no class. */
enum { PIXEL_IGNORED = 255, PIXEL_CLASS_LIMIT = 255, PIXEL_VALUES = 256, PIXEL_NAME_SIZE = 32 };

struct pixel_labels {
    int class_count;
    char names[PIXEL_CLASS_LIMIT][PIXEL_NAME_SIZE];
    int16_t class_of[PIXEL_VALUES]; /* of a value in a file: a class, PIXEL_IGNORED, or -1 */
    char folder[FILE_PATH_SIZE];    /* of the split's annotations; "": the scenes */
};

/* folder: FOLDER above; null for the scenes. split as the source's. ERROR_INPUT, ERROR_DATA: there
 * are none, or labels.txt is not as above. */
bool pixel_labels_open(struct pixel_labels *labels, const char *folder, enum source_split split,
                       const char *holdout, struct error *error)
    __attribute__((warn_unused_result));

/* Classes [height, width] of image `index` of the source, whose full size is width x height, into
 * *image (one channel). ERROR_DATA: the annotation is of another size, or has values that
 * labels.txt does not name; ERROR_INPUT: it is missing. Any thread. */
bool pixel_labels_read(const struct pixel_labels *labels, const struct source *source, size_t index,
                       int width, int height, struct image *image, struct error *error)
    __attribute__((warn_unused_result));

#endif

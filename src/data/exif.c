#include "data/exif.h"

#include <string.h>

enum { ORIENTATION_TAG = 0x0112, TYPE_SHORT = 3, HEADER_SIZE = 8, ENTRY_SIZE = 12 };

struct reader {
    const uint8_t *bytes;
    bool big_endian;
};

static unsigned read_short(const struct reader *reader, size_t at)
{
    const uint8_t *p = reader->bytes + at;
    return reader->big_endian ? p[0] << 8 | p[1] : p[1] << 8 | p[0];
}

static size_t read_long(const struct reader *reader, size_t at)
{
    size_t first = read_short(reader, at), second = read_short(reader, at + 2);
    return reader->big_endian ? first << 16 | second : second << 16 | first;
}

int exif_orientation(const uint8_t *tiff, size_t size)
{
    if (size < HEADER_SIZE || (memcmp(tiff, "II*", 4) != 0 && memcmp(tiff, "MM\0*", 4) != 0))
        return EXIF_UPRIGHT;
    struct reader reader = {tiff, tiff[0] == 'M'};
    size_t at = read_long(&reader, 4);
    if (at > size || size - at < 2)
        return EXIF_UPRIGHT;
    unsigned entries = read_short(&reader, at);
    at += 2;
    for (unsigned i = 0; i < entries && size - at >= ENTRY_SIZE; i++, at += ENTRY_SIZE) {
        if (read_short(&reader, at) != ORIENTATION_TAG || read_short(&reader, at + 2) != TYPE_SHORT)
            continue;
        unsigned value = read_short(&reader, at + 8);
        return value >= 1 && value <= 8 ? (int)value : EXIF_UPRIGHT;
    }
    return EXIF_UPRIGHT;
}

/* Where pixel (x, y) of the upright picture lies in the stored one, per orientation 1 .. 8. */
static const struct {
    bool transposed, mirror_x, mirror_y; /* mirrored in the stored picture's axes */
} turns[] = {
    [1] = {false, false, false}, [2] = {false, true, false}, [3] = {false, true, true},
    [4] = {false, false, true},  [5] = {true, false, false}, [6] = {true, false, true},
    [7] = {true, true, true},    [8] = {true, true, false},
};

bool exif_apply(struct image *image, int orientation, struct error *error)
{
    if (orientation == EXIF_UPRIGHT)
        return true;
    bool transposed = turns[orientation].transposed;
    int width = transposed ? image->height : image->width;
    int height = transposed ? image->width : image->height;
    struct image upright = {0};
    if (!image_resize(&upright, width, height, image->channels, error))
        return false;
    size_t channels = (size_t)image->channels;
    uint8_t *to = upright.pixels;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++, to += channels) {
            int from_x = transposed ? y : x, from_y = transposed ? x : y;
            if (turns[orientation].mirror_x)
                from_x = image->width - 1 - from_x;
            if (turns[orientation].mirror_y)
                from_y = image->height - 1 - from_y;
            size_t from = (size_t)from_y * (size_t)image->width + (size_t)from_x;
            memcpy(to, image->pixels + from * channels, channels);
        }
    upright.full_width = transposed ? image->full_height : image->full_width;
    upright.full_height = transposed ? image->full_width : image->full_height;
    upright.eighths = image->eighths;
    upright.warnings = image->warnings;
    upright.encoded = image->encoded;
    image->encoded = (struct text){0};
    image_release(image);
    *image = upright;
    return true;
}

#include "run/picture_writer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

bool picture_writer_init(struct picture_writer *writer, const struct mae_shape *shape,
                         const struct view_settings *view, struct error *error)
{
    *writer = (struct picture_writer){.shape = *shape, .view = *view};
    writer->values = memory_new(mae_image_values(shape), sizeof *writer->values, error);
    return writer->values != NULL;
}

void picture_writer_release(struct picture_writer *writer)
{
    image_release(&writer->image);
    free(writer->values);
    *writer = (struct picture_writer){0};
}

bool picture_write_values(struct picture_writer *writer, const float *values, uint8_t *rgb,
                          struct error *error)
{
    struct image *image = &writer->image;
    if (!view_to_image(values, &writer->view, image, error) || !image_convert(image, 3, error))
        return false;
    memcpy(rgb, image->pixels, (size_t)image->width * (size_t)image->height * 3);
    return true;
}

static uint8_t raw_level(float value)
{
    double level = 0.5 + (double)value / (2 * PICTURE_RAW_SPREAD);
    return (uint8_t)lround(255 * fmin(fmax(level, 0), 1));
}

/* Gray is repeated; a fourth channel is dropped. */
static void write_raw(const struct picture_writer *writer, uint8_t *rgb)
{
    const struct mae_shape *shape = &writer->shape;
    size_t pixels = (size_t)shape->image_width * (size_t)shape->image_height;
    for (size_t pixel = 0; pixel < pixels; pixel++)
        for (size_t c = 0; c < 3; c++) {
            size_t channel = shape->channels < 3 ? 0 : c;
            rgb[3 * pixel + c] = raw_level(writer->values[channel * pixels + pixel]);
        }
}

bool picture_write_patches(struct picture_writer *writer, const float *patches, bool raw,
                           uint8_t *rgb, struct error *error)
{
    mae_unpatchify(&writer->shape, 1, patches, writer->values);
    if (!raw)
        return picture_write_values(writer, writer->values, rgb, error);
    write_raw(writer, rgb);
    return true;
}

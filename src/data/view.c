#include "data/view.h"

#include <math.h>

enum { CROP_TRIES = 10, LEVELS = 256 };

void view_scratch_release(struct view_scratch *scratch)
{
    image_release(&scratch->decoded);
    image_release(&scratch->resized);
    resample_memory_release(&scratch->memory);
}

/* A part of a picture, in pixels of its full size. */
struct part {
    double x, y, width, height;
};

static struct part center_part(const struct image *image, const struct view_settings *view)
{
    double width = image->full_width, height = image->full_height;
    double aspect = (double)view->width / view->height;
    struct part part = {.width = fmin(width, fmax(rint(height * aspect), 1)),
                        .height = fmin(height, fmax(rint(width / aspect), 1))};
    part.x = rint((width - part.width) / 2);
    part.y = rint((height - part.height) / 2);
    return part;
}

static struct part whole_part(const struct image *image)
{
    return (struct part){0, 0, image->full_width, image->full_height};
}

/* A part's share of the picture's area, and its width / height: the tries are drawn before anything
 * is known of the picture, so that the decoder can be told how many pixels will be wanted. */
struct
try {
    double area, aspect;
};

struct draws {
    struct try tries[CROP_TRIES];
    double x, y; /* where in the room that is left, in [0, 1) */
    bool mirrored;
};

/* Aspects are log-uniform between 3/4 and 4/3 (C. Szegedy et al.: Going Deeper with Convolutions,
 * section 6, as torchvision draws it). */
static struct draws draw(const struct view_settings *view, struct random *random)
{
    struct draws draws;
    for (int i = 0; i < CROP_TRIES; i++) {
        double share = random_uniform(random);
        double log_aspect = (2 * random_uniform(random) - 1) * log(4. / 3);
        draws.tries[i] =
            (struct try){view->min_scale + (1 - view->min_scale) * share, exp(log_aspect)};
    }
    draws.x = random_uniform(random);
    draws.y = random_uniform(random);
    draws.mirrored = view->flip && random_uniform(random) < 0.5;
    return draws;
}

/* None of the tries fitted: the largest centred part whose aspect is allowed. */
static struct part fallback_part(const struct image *image)
{
    double width = image->full_width, height = image->full_height;
    struct part part = {.width = width, .height = height};
    if (width / height < 3. / 4)
        part.height = fmax(rint(width / (3. / 4)), 1);
    else if (width / height > 4. / 3)
        part.width = fmax(rint(height * (4. / 3)), 1);
    part.x = floor((width - part.width) / 2);
    part.y = floor((height - part.height) / 2);
    return part;
}

static struct part random_part(const struct image *image, const struct draws *draws)
{
    double width = image->full_width, height = image->full_height;
    for (int i = 0; i < CROP_TRIES; i++) {
        double area = draws->tries[i].area * width * height, aspect = draws->tries[i].aspect;
        struct part part = {.width = rint(sqrt(area * aspect)),
                            .height = rint(sqrt(area / aspect))};
        if (part.width < 1 || part.width > width || part.height < 1 || part.height > height)
            continue;
        part.x = floor(draws->x * (width - part.width + 1));
        part.y = floor(draws->y * (height - part.height + 1));
        return part;
    }
    return fallback_part(image);
}

/* A picture of at least this size (both ways, whatever its shape) has enough pixels in a part of
 * that area and aspect. */
static int size_for(const struct try *try, const struct view_settings *view)
{
    double for_width = view->width / sqrt(try->area * try->aspect);
    double for_height = view->height / sqrt(try->area / try->aspect);
    return (int)fmin(ceil(fmax(for_width, for_height)), INT32_MAX / 4);
}

static bool was_scaled(const struct image *image)
{
    return image->width < image->full_width || image->height < image->full_height;
}

/* Whether scaling while decoding left less than twice the view's pixels in the part. */
static bool too_few_pixels(const struct image *image, const struct part *part,
                           const struct view_settings *view)
{
    return was_scaled(image) &&
           (part->width * image->width / image->full_width < 2. * view->width ||
            part->height * image->height / image->full_height < 2. * view->height);
}

static struct resample_box box_of(const struct part *part, const struct image *image)
{
    double x = (double)image->width / image->full_width;
    double y = (double)image->height / image->full_height;
    /* Rounding must not put an edge outside the picture. */
    return (struct resample_box){part->x * x, part->y * y,
                                 fmin((part->x + part->width) * x, image->width),
                                 fmin((part->y + part->height) * y, image->height)};
}

/* One channel [height, width] of the view from one of the image's interleaved ones. */
static void normalise_channel(const struct image *image, int channel, float mean, float deviation,
                              bool mirrored, float *values)
{
    float table[LEVELS];
    for (int level = 0; level < LEVELS; level++)
        table[level] = ((float)level / 255 - mean) / deviation;
    size_t channels = (size_t)image->channels, width = (size_t)image->width;
    const uint8_t *from = image->pixels + channel;
    for (int y = 0; y < image->height; y++, from += width * channels, values += width)
        if (mirrored)
            for (size_t x = 0; x < width; x++)
                values[width - 1 - x] = table[from[x * channels]];
        else
            for (size_t x = 0; x < width; x++)
                values[x] = table[from[x * channels]];
}

/* A gray picture is resized before it becomes a colour one: the same result for a third of the
 * work. */
static bool render(struct image *image, const struct part *part, bool mirrored,
                   const struct view_settings *view, struct view_scratch *scratch, float *values,
                   struct error *error)
{
    bool spread = image->channels == 1 && view->channels == 3;
    struct resample_box box = box_of(part, image);
    struct image *resized = &scratch->resized;
    if ((!spread && !image_convert(image, view->channels, error)) ||
        !resample(image, &box, view->width, view->height, resized, &scratch->memory, error))
        return false;
    size_t channel_size = (size_t)view->width * (size_t)view->height;
    for (int c = 0; c < view->channels; c++)
        normalise_channel(resized, spread ? 0 : c, view->mean[c], view->deviation[c], mirrored,
                          values + (size_t)c * channel_size);
    return true;
}

bool view_of_image(struct image *image, const struct view_settings *view,
                   struct view_scratch *scratch, float *values, struct error *error)
{
    struct part part = view->crop == CROP_SQUASH ? whole_part(image) : center_part(image, view);
    return render(image, &part, false, view, scratch, values, error);
}

bool view_read(const struct source *source, size_t index, const struct view_settings *view,
               struct view_scratch *scratch, float *values, struct error *error)
{
    return source_read(source, index, view->width, view->height, &scratch->decoded, error) &&
           view_of_image(&scratch->decoded, view, scratch, values, error);
}

bool view_draw(const struct source *source, size_t index, const struct view_settings *view,
               struct random *random, struct view_scratch *scratch, float *values,
               struct error *error)
{
    if (view->crop != CROP_RANDOM_RESIZED)
        return view_read(source, index, view, scratch, values, error);
    struct draws draws = draw(view, random);
    struct image *image = &scratch->decoded;
    int size = size_for(&draws.tries[0], view);
    if (!source_read(source, index, size, size, image, error))
        return false;
    struct part part = random_part(image, &draws);
    /* Rare: the first try did not fit and a smaller one did. */
    if (too_few_pixels(image, &part, view) && !source_read(source, index, 0, 0, image, error))
        return false;
    return render(image, &part, draws.mirrored, view, scratch, values, error);
}

bool view_to_image(const float *values, const struct view_settings *view, struct image *image,
                   struct error *error)
{
    if (!image_resize(image, view->width, view->height, view->channels, error))
        return false;
    size_t count = (size_t)view->width * (size_t)view->height, channels = (size_t)view->channels;
    for (size_t c = 0; c < channels; c++)
        for (size_t i = 0; i < count; i++) {
            float level = (values[c * count + i] * view->deviation[c] + view->mean[c]) * 255;
            /* Written so that what is not a number becomes black. */
            level = level > 0 ? fminf(level, 255) : 0;
            image->pixels[i * channels + c] = (uint8_t)(level + 0.5f);
        }
    return true;
}

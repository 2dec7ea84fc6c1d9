/* JPEG through libjpeg-turbo. */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "data/decode.h"
#include "data/exif.h"

enum {
    EXIF_MARKER = JPEG_APP0 + 1,
    MARKER_LIMIT = 0xffff,
    SCAN_LIMIT = 200, /* of a progressive file; each costs a pass over the whole picture */
    ROWS_AT_ONCE = 16,
    EIGHTHS = 8
};

/* What the callbacks need, around libjpeg's own structs. */
struct jpeg {
    struct jpeg_decompress_struct decompress;
    struct jpeg_error_mgr manager;
    struct jpeg_progress_mgr progress;
    jmp_buf failed;
    bool ran_out; /* the bytes ended before the picture's end marker */
    bool gap;     /* coded data were missing and were made up */
    int warnings;
    struct error *error;
};

static struct jpeg *jpeg_of(j_common_ptr common)
{
    return common->client_data;
}

static _Noreturn void on_error(j_common_ptr common)
{
    struct jpeg *jpeg = jpeg_of(common);
    if (common->err->msg_code == JERR_OUT_OF_MEMORY) {
        error_set(jpeg->error, ERROR_SYSTEM, "out of memory for a JPEG picture");
    } else {
        char message[JMSG_LENGTH_MAX];
        common->err->format_message(common, message);
        error_set(jpeg->error, ERROR_DATA, "JPEG: %s", message);
    }
    longjmp(jpeg->failed, 1);
}

static void on_message(j_common_ptr common, int level)
{
    struct jpeg *jpeg = jpeg_of(common);
    if (level >= 0)
        return;
    if (common->err->msg_code == JWRN_JPEG_EOF) {
        jpeg->ran_out = true;
        return;
    }
    if (common->err->msg_code == JWRN_HIT_MARKER)
        jpeg->gap = true;
    jpeg->warnings++;
}

static void on_progress(j_common_ptr common)
{
    struct jpeg *jpeg = jpeg_of(common);
    if (jpeg->decompress.input_scan_number <= SCAN_LIMIT)
        return;
    error_set(jpeg->error, ERROR_DATA, "JPEG: more than %d scans", SCAN_LIMIT);
    longjmp(jpeg->failed, 1);
}

static void connect_callbacks(struct jpeg *jpeg)
{
    jpeg->decompress.err = jpeg_std_error(&jpeg->manager);
    jpeg->decompress.client_data = jpeg;
    jpeg->manager.error_exit = on_error;
    jpeg->manager.emit_message = on_message;
    jpeg->progress.progress_monitor = on_progress;
}

static int read_orientation(const struct jpeg_decompress_struct *decompress)
{
    static const char header[6] = "Exif\0";
    for (jpeg_saved_marker_ptr marker = decompress->marker_list; marker; marker = marker->next)
        if (marker->marker == EXIF_MARKER && marker->data_length > sizeof header &&
            memcmp(marker->data, header, sizeof header) == 0)
            return exif_orientation(marker->data + sizeof header,
                                    marker->data_length - sizeof header);
    return EXIF_UPRIGHT;
}

/* Only halvings: those are what libjpeg-turbo has fast inverse transforms for. */
int decode_eighths(int width, int height, int min_width, int min_height)
{
    if (min_width <= 0 || min_height <= 0)
        return EIGHTHS;
    int eighths = 1;
    while (eighths < EIGHTHS && (((int64_t)width * eighths + 7) / 8 < 2 * (int64_t)min_width ||
                                 ((int64_t)height * eighths + 7) / 8 < 2 * (int64_t)min_height))
        eighths *= 2;
    return eighths;
}

static bool choose_output(struct jpeg *jpeg, const struct decode_request *request, int orientation)
{
    struct jpeg_decompress_struct *decompress = &jpeg->decompress;
    bool turned = orientation >= EXIF_TRANSPOSED;
    decompress->scale_num =
        (unsigned)decode_eighths((int)decompress->image_width, (int)decompress->image_height,
                                 turned ? request->min_height : request->min_width,
                                 turned ? request->min_width : request->min_height);
    decompress->scale_denom = EIGHTHS;
    switch (decompress->jpeg_color_space) {
    case JCS_GRAYSCALE:
        decompress->out_color_space = JCS_GRAYSCALE;
        return true;
    case JCS_YCbCr:
    case JCS_RGB:
        decompress->out_color_space = JCS_RGB;
        return true;
    case JCS_CMYK:
    case JCS_YCCK:
        decompress->out_color_space = JCS_CMYK;
        return true;
    default:
        return error_set(jpeg->error, ERROR_DATA, "JPEG: %d colour components",
                         decompress->num_components);
    }
}

static void read_rows(struct jpeg_decompress_struct *decompress, struct image *image)
{
    size_t stride = (size_t)image->width * (size_t)image->channels;
    while (decompress->output_scanline < decompress->output_height) {
        JSAMPROW rows[ROWS_AT_ONCE];
        unsigned left = decompress->output_height - decompress->output_scanline;
        unsigned count = left < ROWS_AT_ONCE ? left : ROWS_AT_ONCE;
        for (unsigned i = 0; i < count; i++)
            rows[i] = image->pixels + (decompress->output_scanline + i) * stride;
        jpeg_read_scanlines(decompress, rows, count);
    }
}

/* a * b / 255, rounded, without a division */
static uint8_t multiply(unsigned a, unsigned b)
{
    unsigned product = a * b + 128;
    return (uint8_t)(((product >> 8) + product) >> 8);
}

/* JPEG files hold CMYK inverted (Adobe Technical Note 5116), so a sample of ink is already 255 -
 * ink. Files without Adobe's marker are read the same way, as Pillow does. In place, 4 to 3
 * channels. */
static void inks_to_rgb(struct image *image)
{
    size_t count = (size_t)image->width * (size_t)image->height;
    const uint8_t *from = image->pixels;
    uint8_t *to = image->pixels;
    for (size_t i = 0; i < count; i++, from += 4, to += 3) {
        unsigned light = from[3];
        for (int c = 0; c < 3; c++)
            to[c] = (uint8_t)(light - multiply(255u - from[c], light));
    }
    image->channels = 3;
}

/* Everything that libjpeg may leave by longjmp. */
static bool decode(struct jpeg *jpeg, const uint8_t *bytes, size_t size,
                   const struct decode_request *request, struct image *image, int *orientation)
{
    struct jpeg_decompress_struct *decompress = &jpeg->decompress;
    if (setjmp(jpeg->failed))
        return false;
    jpeg_create_decompress(decompress);
    decompress->progress = &jpeg->progress;
    jpeg_mem_src(decompress, bytes, size);
    if (request->exif)
        jpeg_save_markers(decompress, EXIF_MARKER, MARKER_LIMIT);
    jpeg_read_header(decompress, TRUE);
    if (!decode_check_size(decompress->image_width, decompress->image_height, jpeg->error))
        return false;
    *orientation = request->exif ? read_orientation(decompress) : EXIF_UPRIGHT;
    if (!choose_output(jpeg, request, *orientation))
        return false;
    jpeg_start_decompress(decompress);
    if (!image_resize(image, (int)decompress->output_width, (int)decompress->output_height,
                      decompress->output_components, jpeg->error))
        return false;
    read_rows(decompress, image);
    /* A picture whose last bytes are missing is whole as long as nothing had to be made up; with
     * several scans one cannot tell. */
    if (jpeg->ran_out && (jpeg->gap || jpeg_has_multiple_scans(decompress)))
        return error_set(jpeg->error, ERROR_DATA, "JPEG: the file is truncated");
    image->full_width = (int)decompress->image_width;
    image->full_height = (int)decompress->image_height;
    image->eighths = (int)decompress->scale_num;
    image->warnings = jpeg->warnings;
    return true;
}

bool decode_jpeg(const uint8_t *bytes, size_t size, const struct decode_request *request,
                 struct image *image, struct error *error)
{
    struct jpeg jpeg = {.error = error};
    connect_callbacks(&jpeg);
    int orientation = EXIF_UPRIGHT;
    bool good = decode(&jpeg, bytes, size, request, image, &orientation);
    /* libjpeg says no end marker at all in other words. */
    if (!good && jpeg.ran_out && error && error->code == ERROR_DATA)
        error_set(error, ERROR_DATA, "JPEG: the file is truncated");
    jpeg_destroy_decompress(&jpeg.decompress);
    if (good && image->channels == 4)
        inks_to_rgb(image);
    return good && exif_apply(image, orientation, error);
}

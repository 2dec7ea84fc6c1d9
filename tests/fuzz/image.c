/* JPEG and PNG files of strangers: what is around the libraries, and what they do with it. */
#include "data/decode.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { WANTED = 16 };
    struct image image = {0};
    struct error error;
    struct decode_request small = {WANTED, WANTED, true}, whole = {0};
    if (decode_image(data, size, &small, &image, &error))
        FUZZ_HOLDS(image.width > 0 && image.height > 0 && image.channels >= 1 &&
                   image.channels <= 4);
    else
        FUZZ_HOLDS(error.code != ERROR_NONE && error.message[0]);
    (void)decode_image(data, size, &whole, &image, &error);
    image_release(&image);
    return 0;
}

#include "run/safetensors_private.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"

/* Values are copied between file and memory as they are, and the format is little-endian. */
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "safetensors needs byte swapping here");

static const struct {
    const char *name;
    size_t size;
} types[] = {
    [SAFETENSORS_F64] = {"F64", 8},   [SAFETENSORS_F32] = {"F32", 4},
    [SAFETENSORS_F16] = {"F16", 2},   [SAFETENSORS_BF16] = {"BF16", 2},
    [SAFETENSORS_I64] = {"I64", 8},   [SAFETENSORS_I32] = {"I32", 4},
    [SAFETENSORS_I16] = {"I16", 2},   [SAFETENSORS_I8] = {"I8", 1},
    [SAFETENSORS_U64] = {"U64", 8},   [SAFETENSORS_U32] = {"U32", 4},
    [SAFETENSORS_U16] = {"U16", 2},   [SAFETENSORS_U8] = {"U8", 1},
    [SAFETENSORS_BOOL] = {"BOOL", 1}, [SAFETENSORS_OTHER] = {NULL, 0},
};
static_assert(ARRAY_LENGTH(types) == SAFETENSORS_TYPES, "a row for each type");

const char *safetensors_type_name(enum safetensors_type type)
{
    return types[type].name;
}

size_t safetensors_type_size(enum safetensors_type type)
{
    return types[type].size;
}

enum safetensors_type safetensors_type_find(const char *name)
{
    for (int type = 0; type < SAFETENSORS_OTHER; type++)
        if (strcmp(name, types[type].name) == 0)
            return (enum safetensors_type)type;
    return SAFETENSORS_OTHER;
}

static float float_from_half(uint16_t half)
{
    enum { FRACTION_BITS = 10, EXPONENT_MASK = 0x1f, EXPONENT_BIAS = 15 };
    int exponent = half >> FRACTION_BITS & EXPONENT_MASK;
    int fraction = half & ((1 << FRACTION_BITS) - 1);
    float magnitude;
    if (exponent == EXPONENT_MASK)
        magnitude = fraction ? NAN : INFINITY;
    else if (exponent == 0)
        magnitude = ldexpf((float)fraction, 1 - EXPONENT_BIAS - FRACTION_BITS);
    else
        magnitude = ldexpf((float)(fraction | 1 << FRACTION_BITS),
                           exponent - EXPONENT_BIAS - FRACTION_BITS);
    return half & 0x8000 ? -magnitude : magnitude;
}

static float float_from_bfloat(uint16_t bfloat)
{
    uint32_t bits = (uint32_t)bfloat << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

bool safetensors_type_to_floats(enum safetensors_type type, const void *raw, size_t count,
                                float *out)
{
    const unsigned char *bytes = raw;
    for (size_t i = 0; i < count; i++) {
        double wide;
        uint16_t narrow;
        switch (type) {
        case SAFETENSORS_F32:
            memcpy(&out[i], bytes + i * sizeof out[i], sizeof out[i]);
            break;
        case SAFETENSORS_F64:
            memcpy(&wide, bytes + i * sizeof wide, sizeof wide);
            out[i] = (float)wide;
            break;
        case SAFETENSORS_F16:
        case SAFETENSORS_BF16:
            memcpy(&narrow, bytes + i * sizeof narrow, sizeof narrow);
            out[i] = type == SAFETENSORS_F16 ? float_from_half(narrow) : float_from_bfloat(narrow);
            break;
        default:
            return false;
        }
    }
    return true;
}

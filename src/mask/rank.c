#include "mask/rank.h"

#include <math.h>
#include <string.h>

static float median(float a, float b, float c)
{
    return fmaxf(fminf(a, b), fminf(fmaxf(a, b), c));
}

/* The value that stands at `place` in rising order; values are moved about (Hoare 1961, FIND). */
static float select_value(float *values, int count, int place)
{
    int first = 0, last = count - 1;
    while (first < last) {
        float pivot = median(values[first], values[(first + last) / 2], values[last]);
        int left = first, right = last;
        while (left <= right) {
            while (values[left] < pivot)
                left++;
            while (pivot < values[right])
                right--;
            if (left > right)
                break;
            float held = values[left];
            values[left++] = values[right];
            values[right--] = held;
        }
        if (place <= right)
            last = right;
        else if (place >= left)
            first = left;
        else
            break;
    }
    return values[place];
}

void rank_hide(const struct mask_request *request, const float *scores, float *work, uint8_t *mask)
{
    int patches = request->grid_height * request->grid_width;
    memcpy(work, scores, (size_t)patches * sizeof *work);
    float border = select_value(work, patches, patches - request->hidden);
    uint32_t equals = 0, wanted = (uint32_t)request->hidden;
    for (int patch = 0; patch < patches; patch++) {
        mask[patch] = scores[patch] > border;
        wanted -= mask[patch];
        equals += scores[patch] == border;
    }
    for (int patch = 0; equals > 0; patch++) {
        if (scores[patch] != border)
            continue;
        bool chosen = equals == wanted || random_below(request->random, equals) < wanted;
        mask[patch] = chosen;
        wanted -= chosen;
        equals--;
    }
}

float rank_gumbel(struct random *random)
{
    /* The middle of one of 2^24 equal parts of (0, 1): neither logarithm has an end to reach. */
    float u = ((float)(random_bits(random) >> 8) + 0.5f) * 0x1p-24f;
    return -logf(-logf(u));
}

#include "mask/spectrum.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

static double *new_waves(int size, struct error *error)
{
    double *waves = memory_new(2 * (size_t)size, sizeof *waves, error);
    for (int i = 0; waves && i < size; i++) {
        waves[i] = cos(2.0 * M_PI * i / size);
        waves[size + i] = sin(2.0 * M_PI * i / size);
    }
    return waves;
}

static int longer_side(const struct spectrum *spectrum)
{
    return spectrum->grid_height > spectrum->grid_width ? spectrum->grid_height
                                                        : spectrum->grid_width;
}

bool spectrum_init(struct spectrum *spectrum, int grid_height, int grid_width, struct error *error)
{
    *spectrum = (struct spectrum){.grid_height = grid_height, .grid_width = grid_width};
    spectrum->bins = longer_side(spectrum) / 2 + 1;
    size_t patches = (size_t)grid_height * (size_t)grid_width, bins = (size_t)spectrum->bins;
    if ((spectrum->sums = memory_new(bins, sizeof *spectrum->sums, error)) &&
        (spectrum->counts = memory_new(bins, sizeof *spectrum->counts, error)) &&
        (spectrum->waves_y = new_waves(grid_height, error)) &&
        (spectrum->waves_x = new_waves(grid_width, error)) &&
        (spectrum->real = memory_new(patches, sizeof *spectrum->real, error)) &&
        (spectrum->imaginary = memory_new(patches, sizeof *spectrum->imaginary, error)))
        return true;
    spectrum_release(spectrum);
    return false;
}

void spectrum_release(struct spectrum *spectrum)
{
    free(spectrum->sums);
    free(spectrum->counts);
    free(spectrum->waves_y);
    free(spectrum->waves_x);
    free(spectrum->real);
    free(spectrum->imaginary);
    *spectrum = (struct spectrum){0};
}

/* Each row's discrete Fourier transform. */
static void transform_rows(struct spectrum *spectrum, const uint8_t *mask)
{
    int width = spectrum->grid_width;
    const double *cosine = spectrum->waves_x, *sine = cosine + width;
    for (int y = 0; y < spectrum->grid_height; y++)
        for (int wave = 0; wave < width; wave++) {
            double real = 0.0, imaginary = 0.0;
            for (int x = 0, turn = 0; x < width; x++, turn = (turn + wave) % width)
                if (mask[y * width + x]) {
                    real += cosine[turn];
                    imaginary -= sine[turn];
                }
            spectrum->real[y * width + wave] = real;
            spectrum->imaginary[y * width + wave] = imaginary;
        }
}

/* |DFT|^2 at one frequency, from the transformed rows. */
static double power_at(const struct spectrum *spectrum, int wave_y, int wave_x)
{
    int height = spectrum->grid_height, width = spectrum->grid_width;
    const double *cosine = spectrum->waves_y, *sine = cosine + height;
    double real = 0.0, imaginary = 0.0;
    for (int y = 0, turn = 0; y < height; y++, turn = (turn + wave_y) % height) {
        double row_real = spectrum->real[y * width + wave_x];
        double row_imaginary = spectrum->imaginary[y * width + wave_x];
        real += row_real * cosine[turn] + row_imaginary * sine[turn];
        imaginary += row_imaginary * cosine[turn] - row_real * sine[turn];
    }
    return real * real + imaginary * imaginary;
}

static double frequency_of(int wave, int size)
{
    return (double)(wave <= size / 2 ? wave : size - wave) / size;
}

void spectrum_add(struct spectrum *spectrum, const uint8_t *mask)
{
    int height = spectrum->grid_height, width = spectrum->grid_width, hidden = 0;
    double patches = (double)height * width;
    for (int patch = 0; patch < height * width; patch++)
        hidden += mask[patch];
    double random = hidden * (patches - hidden) / (patches - 1.0);
    transform_rows(spectrum, mask);
    for (int wave_y = 0; wave_y < height; wave_y++)
        for (int wave_x = 0; wave_x < width; wave_x++) {
            double frequency = hypot(frequency_of(wave_y, height), frequency_of(wave_x, width));
            int bin = (int)rint(frequency * longer_side(spectrum));
            if (bin == 0 || bin >= spectrum->bins)
                continue;
            spectrum->sums[bin] += power_at(spectrum, wave_y, wave_x) / random;
            spectrum->counts[bin]++;
        }
}

void spectrum_radial(const struct spectrum *spectrum, double *power)
{
    for (int bin = 0; bin < spectrum->bins; bin++)
        power[bin] =
            spectrum->counts[bin] > 0 ? spectrum->sums[bin] / (double)spectrum->counts[bin] : NAN;
}

double spectrum_band(const struct spectrum *spectrum, double low, double high)
{
    double sum = 0.0;
    int64_t count = 0;
    for (int bin = 0; bin < spectrum->bins; bin++) {
        double frequency = (double)bin / longer_side(spectrum);
        if (frequency < low || frequency >= high)
            continue;
        sum += spectrum->sums[bin];
        count += spectrum->counts[bin];
    }
    return count > 0 ? sum / (double)count : NAN;
}

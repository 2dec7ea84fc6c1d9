#include "cli/mask_sheet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/paper.h"
#include "ui/colormap.h"

/* Pictures are enlarged by a whole number to about this size; all sizes in pixels. */
enum {
    CELL = 112,
    SMALL_CELL = 64,
    MARGIN = 10,
    LABEL_WIDTH = 250,
    PLOT_WIDTH = 150,
    TITLE_HEIGHT = 2 * PAPER_LINE,
    LAW_EXAMPLES = 2,
    HISTOGRAM_BINS = 50,
    LABEL_CHARACTERS = (LABEL_WIDTH - MARGIN) / PAPER_ADVANCE
};

static const uint8_t visible_color[3] = {0xf4, 0xd8, 0x9a}, hidden_color[3] = {0x38, 0x34, 0x5c},
                     bar_color[3] = {0x2a, 0x78, 0x8e}, mark_color[3] = {0xc0, 0x40, 0x30};

struct layout {
    struct image *sheet;
    const struct colormap *map;
    int height, width, scale; /* of a mask, in patches; pixels a patch */
    uint8_t *picture;         /* [height, width, 3] */
    double *values;           /* [height * width]: scratch, also for a spectrum's bins */
};

static int cell_width(const struct layout *layout)
{
    return layout->width * layout->scale + MARGIN;
}

static int cell_height(const struct layout *layout)
{
    return layout->height * layout->scale + MARGIN;
}

static void set_pixel(struct layout *layout, int patch, const uint8_t rgb[3])
{
    for (int channel = 0; channel < 3; channel++)
        layout->picture[patch * 3 + channel] = rgb[channel];
}

static void put_picture(struct layout *layout, int x, int y)
{
    paper_enlarge(layout->sheet, x, y, layout->picture, layout->width, layout->height,
                  layout->scale);
}

static void draw_example(struct layout *layout, const uint8_t *mask, int x, int y)
{
    for (int patch = 0; patch < layout->height * layout->width; patch++)
        set_pixel(layout, patch, mask[patch] ? hidden_color : visible_color);
    put_picture(layout, x, y);
}

/* On a scale from 0 to 1: equal inclusion is one colour. */
static void draw_inclusion(struct layout *layout, const struct coverage *coverage, int x, int y)
{
    int patches = layout->height * layout->width;
    coverage_map(coverage, layout->values);
    for (int patch = 0; patch < patches; patch++)
        set_pixel(layout, patch, colormap_at(layout->map, layout->values[patch], 1.0));
    put_picture(layout, x, y);
}

static void draw_axis(struct layout *layout, int x, int y, int height, const char *low,
                      const char *high)
{
    paper_fill(layout->sheet, x, y + height, PLOT_WIDTH, 1, paper_ink);
    paper_text(layout->sheet, x, y + height + 3, 1, low);
    char text[16];
    int length = snprintf(text, sizeof text, "%s", high);
    paper_text(layout->sheet, x + PLOT_WIDTH - length * PAPER_ADVANCE, y + height + 3, 1, text);
}

static void draw_histogram(struct layout *layout, const struct coverage *coverage, int x, int y)
{
    int patches = layout->height * layout->width, height = layout->height * layout->scale;
    int plot = height - PAPER_LINE - 4, bar = PLOT_WIDTH / HISTOGRAM_BINS;
    int64_t counts[HISTOGRAM_BINS] = {0}, most = 1;
    for (int hidden = 0; hidden <= patches; hidden++) {
        int bin = hidden * HISTOGRAM_BINS / patches;
        bin = bin < HISTOGRAM_BINS ? bin : HISTOGRAM_BINS - 1;
        counts[bin] += coverage->hidden_counts[hidden];
        most = counts[bin] > most ? counts[bin] : most;
    }
    for (int bin = 0; bin < HISTOGRAM_BINS; bin++) {
        int tall = (int)ceil((double)counts[bin] * plot / (double)most);
        paper_fill(layout->sheet, x + bin * bar, y + plot - tall, bar, tall, bar_color);
    }
    draw_axis(layout, x, y, plot, "0", "1");
}

/* Power from 0 up to the largest, at least twice that of random masks, whose height is marked. */
static void draw_spectrum(struct layout *layout, const struct spectrum *spectrum, int x, int y)
{
    int plot = layout->height * layout->scale - PAPER_LINE - 4, bins = spectrum->bins;
    double most = 2.0;
    spectrum_radial(spectrum, layout->values);
    for (int bin = 1; bin < bins; bin++)
        most = fmax(most, layout->values[bin]); /* fmax passes NaN over */
    for (int bin = 1; bin < bins; bin++) {
        int left = (bin - 1) * PLOT_WIDTH / (bins - 1), right = bin * PLOT_WIDTH / (bins - 1);
        double power = isnan(layout->values[bin]) ? 0.0 : layout->values[bin];
        int tall = (int)rint(power / most * plot);
        paper_fill(layout->sheet, x + left, y + plot - tall, right - left - (right - left > 3),
                   tall, bar_color);
    }
    paper_fill(layout->sheet, x, y + plot - (int)rint(plot / most), PLOT_WIDTH, 1, mark_color);
    draw_axis(layout, x, y, plot, "0", "0.5");
}

/* Text cut into lines of the label's width; returns the y below. */
static int draw_wrapped(struct image *sheet, int x, int y, const char *text)
{
    char line[LABEL_CHARACTERS + 1];
    while (*text) {
        text_copy(line, sizeof line, text);
        paper_text(sheet, x, y, 1, line);
        text += strlen(line);
        y += PAPER_LINE + 1;
    }
    return y;
}

static void draw_label(struct layout *layout, const struct mask_study *study, int x, int y)
{
    char line[LABEL_CHARACTERS + 1];
    struct coverage_measures measures = coverage_measure(&study->coverage);
    y = draw_wrapped(layout->sheet, x, y, text_of(&study->strategy));
    y = draw_wrapped(layout->sheet, x, y, text_of(&study->ratio)) + 4;
    const struct {
        const char *name;
        double value;
    } rows[] = {
        {"hidden", measures.ratio_mean},
        {"sd", measures.ratio_sd},
        {"neighbours", measures.neighbour_correlation},
        {"Moran's I", measures.moran},
        {"distance", measures.mean_distance},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++, y += PAPER_LINE + 1) {
        snprintf(line, sizeof line, "%-12s %8.4f", rows[i].name, rows[i].value);
        paper_text(layout->sheet, x, y, 1, line);
    }
}

static void draw_details(struct layout *layout, const struct mask_study *studies, int count)
{
    int example = MARGIN + LABEL_WIDTH, map = example + MASK_STUDY_EXAMPLES * cell_width(layout);
    int histogram = map + cell_width(layout), spectrum = histogram + PLOT_WIDTH + MARGIN;
    size_t patches = (size_t)layout->height * (size_t)layout->width;
    paper_text(layout->sheet, example, MARGIN, 1, "examples, hidden dark");
    paper_text(layout->sheet, map, MARGIN, 1, "share hidden 0-1");
    paper_text(layout->sheet, histogram, MARGIN, 1, "realised ratio");
    paper_text(layout->sheet, spectrum, MARGIN, 1, "power, cycles/patch");
    for (int i = 0; i < count; i++) {
        int y = TITLE_HEIGHT + MARGIN + i * cell_height(layout);
        draw_label(layout, &studies[i], MARGIN, y);
        int64_t shown = studies[i].coverage.masks;
        for (int e = 0; e < MASK_STUDY_EXAMPLES && e < shown; e++)
            draw_example(layout, studies[i].examples + (size_t)e * patches,
                         example + e * cell_width(layout), y);
        draw_inclusion(layout, &studies[i].coverage, map, y);
        draw_histogram(layout, &studies[i].coverage, histogram, y);
        draw_spectrum(layout, &studies[i].spectrum, spectrum, y);
    }
}

static int law_width(const struct layout *layout)
{
    return (LAW_EXAMPLES + 1) * cell_width(layout) + MARGIN;
}

static void draw_laws(struct layout *layout, const struct mask_study *studies, int strategies,
                      int laws)
{
    size_t patches = (size_t)layout->height * (size_t)layout->width;
    for (int law = 0; law < laws; law++)
        paper_text(layout->sheet, MARGIN + LABEL_WIDTH + law * law_width(layout), MARGIN, 1,
                   text_of(&studies[law].ratio));
    for (int i = 0; i < strategies * laws; i++) {
        int y = TITLE_HEIGHT + MARGIN + i / laws * cell_height(layout);
        int x = MARGIN + LABEL_WIDTH + i % laws * law_width(layout);
        if (i % laws == 0)
            draw_wrapped(layout->sheet, MARGIN, y, text_of(&studies[i].strategy));
        for (int e = 0; e < LAW_EXAMPLES && e < studies[i].coverage.masks;
             e++, x += cell_width(layout))
            draw_example(layout, studies[i].examples + (size_t)e * patches, x, y);
        draw_inclusion(layout, &studies[i].coverage, x, y);
    }
}

bool mask_sheet_draw(struct image *sheet, const struct mask_study *studies, int strategies,
                     int laws, struct error *error)
{
    struct colormap map;
    struct layout layout = {.sheet = sheet,
                            .map = &map,
                            .height = studies->coverage.grid_height,
                            .width = studies->coverage.grid_width};
    size_t patches = (size_t)layout.height * (size_t)layout.width;
    int longer = layout.height > layout.width ? layout.height : layout.width;
    layout.scale = (laws == 1 ? CELL : SMALL_CELL) / longer;
    layout.scale = layout.scale > 0 ? layout.scale : 1;
    int width = laws == 1
                    ? (MASK_STUDY_EXAMPLES + 1) * cell_width(&layout) + 2 * (PLOT_WIDTH + MARGIN)
                    : laws * law_width(&layout);
    colormap_init(&map);
    layout.picture = memory_new(patches, 3, error);
    layout.values = memory_new(patches + 1, sizeof *layout.values, error);
    bool good = layout.picture && layout.values &&
                paper_init(sheet, 2 * MARGIN + LABEL_WIDTH + width,
                           TITLE_HEIGHT + MARGIN + strategies * cell_height(&layout), error);
    if (good && laws == 1)
        draw_details(&layout, studies, strategies);
    else if (good)
        draw_laws(&layout, studies, strategies, laws);
    free(layout.picture);
    free(layout.values);
    return good;
}

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
    LABEL_WIDTH = 240, /* at most */
    PLOT_WIDTH = 150,
    SMALL_PLOT_WIDTH = 100,
    LEAST_PLOT_HEIGHT = 64,            /* of flat pictures */
    AXIS_HEIGHT = PAPER_LINE + 4,      /* below a plot */
    LINE = PAPER_LINE + PAPER_LEADING, /* of text below other text */
    LAW_EXAMPLES = 2,
    MORE_LAW_EXAMPLES = 4, /* where laws have no histograms */
    HISTOGRAM_BINS = 50,
    LEGEND_HEIGHT = 5,
    LAW_LINES = 4,   /* of a law above its columns */
    LABEL_LINES = 12 /* of a strategy or a law beside its row */
};

static const uint8_t visible_color[3] = {0xf4, 0xd8, 0x9a}, hidden_color[3] = {0x38, 0x34, 0x5c},
                     bar_color[3] = {0x2a, 0x78, 0x8e}, mark_color[3] = {0xc0, 0x40, 0x30};

/* What is shown of one study, side by side. */
enum part { EXAMPLES, INCLUSION, HISTOGRAM, SPECTRUM, PARTS };
static const char *const headings[PARTS] = {"examples, hidden dark", "hidden, 0 to 1",
                                            "realised ratio", "power, random = 1"};
/* Spectra are drawn on a logarithmic scale, the same for all. */
static const double power_least = 0.1, power_most = 10.0;

struct layout {
    struct image *sheet;
    const struct colormap *map;
    const struct mask_study *studies; /* [strategies, laws] */
    int strategies, laws;
    int height, width, scale;    /* of a mask, in patches; pixels a patch */
    int examples, parts;         /* shown of a study */
    int plot_width, plot_height; /* with its axis */
    int left[PARTS + 1];         /* of a study's parts, from its own left; the last: its width */
    int title_height, headings_left; /* above the first row; beside the labels */
    int label_width;
    uint8_t *picture; /* [height, width, 3] */
    double *values;   /* [height * width + 1]: scratch, also for a plot's bins */
};

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static int text_width(const char *text)
{
    return (int)strlen(text) * PAPER_ADVANCE;
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

static void draw_examples(struct layout *layout, const struct mask_study *study, int x, int y)
{
    int patches = layout->height * layout->width;
    for (int e = 0; e < layout->examples && e < study->coverage.masks; e++) {
        const uint8_t *mask = study->examples + (size_t)e * (size_t)patches;
        for (int patch = 0; patch < patches; patch++)
            set_pixel(layout, patch, mask[patch] ? hidden_color : visible_color);
        put_picture(layout, x, y);
        x += layout->width * layout->scale + MARGIN;
    }
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

static void draw_axis(struct layout *layout, int x, int y, const char *low, const char *high)
{
    paper_fill(layout->sheet, x, y, layout->plot_width, 1, paper_ink);
    paper_text(layout->sheet, x, y + 3, 1, low);
    paper_text(layout->sheet, x + layout->plot_width - text_width(high), y + 3, 1, high);
}

/* Bars of equal width on an axis at y; values [count] up to `most` as high as the plot. */
static void draw_bars(struct layout *layout, int x, int y, const double *values, int count,
                      double most)
{
    int plot = layout->plot_height - AXIS_HEIGHT;
    for (int i = 0; i < count; i++) {
        int left = i * layout->plot_width / count, right = (i + 1) * layout->plot_width / count;
        int tall = isnan(values[i]) ? 0 : (int)ceil(values[i] / most * plot);
        paper_fill(layout->sheet, x + left, y - tall, right - left - (right - left > 3), tall,
                   bar_color);
    }
}

/* Each bin has the same number of ratios that a mask of the grid can have (but for the last, which
 * may have fewer): otherwise some would be the higher for it. */
static void draw_histogram(struct layout *layout, const struct coverage *coverage, int x, int y)
{
    struct coverage_histogram histogram =
        coverage_histogram(layout->height * layout->width, HISTOGRAM_BINS);
    int bottom = y + layout->plot_height - AXIS_HEIGHT;
    double most = 0.0;
    coverage_ratios(coverage, &histogram, layout->values);
    for (int bin = 0; bin < histogram.bins; bin++)
        most = fmax(most, layout->values[bin]);
    draw_bars(layout, x, bottom, layout->values, histogram.bins, most > 0.0 ? most : 1.0);
    draw_axis(layout, x, bottom, "0", "1");
}

/* Where power lies between the ends of the scale: 0 .. 1, NaN for NaN. */
static double power_height(double power)
{
    double height = log(power / power_least) / log(power_most / power_least);
    return height < 0.0 ? 0.0 : height > 1.0 ? 1.0 : height;
}

/* Power by frequency; that of random masks is marked. */
static void draw_spectrum(struct layout *layout, const struct spectrum *spectrum, int x, int y)
{
    int plot = layout->plot_height - AXIS_HEIGHT;
    spectrum_radial(spectrum, layout->values);
    for (int bin = 1; bin < spectrum->bins; bin++)
        layout->values[bin] = power_height(layout->values[bin]);
    draw_bars(layout, x, y + plot, layout->values + 1, spectrum->bins - 1, 1.0);
    paper_fill(layout->sheet, x, y + plot - (int)rint(plot * power_height(1.0)), layout->plot_width,
               1, mark_color);
    draw_axis(layout, x, y + plot, "0", "0.5/patch");
    paper_text(layout->sheet, x + layout->plot_width + 2, y, 1, "10");
    paper_text(layout->sheet, x + layout->plot_width + 2, y + plot - PAPER_LINE, 1, "0.1");
}

static void draw_study(struct layout *layout, const struct mask_study *study, int x, int y)
{
    draw_examples(layout, study, x + layout->left[EXAMPLES], y);
    draw_inclusion(layout, &study->coverage, x + layout->left[INCLUSION], y);
    if (layout->parts > HISTOGRAM)
        draw_histogram(layout, &study->coverage, x + layout->left[HISTOGRAM], y);
    if (layout->parts > SPECTRUM)
        draw_spectrum(layout, &study->spectrum, x + layout->left[SPECTRUM], y);
}

static void draw_measures(struct image *sheet, const struct coverage *coverage, int x, int y)
{
    struct coverage_measures measures = coverage_measure(coverage);
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
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++, y += LINE) {
        char line[32], value[16] = "-";
        if (!isnan(rows[i].value))
            snprintf(value, sizeof value, "%.4f", rows[i].value);
        snprintf(line, sizeof line, "%-12s %8s", rows[i].name, value);
        paper_text(sheet, x, y, 1, line);
    }
}

enum { MEASURES_HEIGHT = 5 * LINE, MEASURES_GAP = 4 };

/* The strategy; with one law that too, and what the masks are like in numbers. Returns the height;
 * a null sheet only measures. */
static int draw_label(struct image *sheet, const struct layout *layout,
                      const struct mask_study *study, int y)
{
    int height = paper_paragraph(sheet, MARGIN, y, layout->label_width, LABEL_LINES,
                                 text_of(&study->strategy));
    if (layout->laws > 1)
        return height;
    height += paper_paragraph(sheet, MARGIN, y + height, layout->label_width, LABEL_LINES,
                              text_of(&study->ratio)) +
              MEASURES_GAP;
    if (sheet)
        draw_measures(sheet, &study->coverage, MARGIN, y + height);
    return height + MEASURES_HEIGHT;
}

static int row_height(const struct layout *layout, int strategy)
{
    int label = draw_label(NULL, layout, &layout->studies[strategy * layout->laws], 0);
    return larger(larger(layout->height * layout->scale, layout->plot_height), label) + MARGIN;
}

/* Returns the height. A null sheet only measures. */
static int draw_law(struct image *sheet, const struct layout *layout, int law, int x)
{
    return paper_paragraph(sheet, x, MARGIN, layout->left[layout->parts] - 2 * MARGIN, LAW_LINES,
                           text_of(&layout->studies[law].ratio));
}

/* The colours of inclusion from 0 to 1, as wide as its maps. */
static void draw_legend(const struct layout *layout, int x, int y)
{
    int width = layout->width * layout->scale;
    for (int i = 0; i < width; i++)
        paper_fill(layout->sheet, x + i, y, 1, LEGEND_HEIGHT,
                   colormap_at(layout->map, i, larger(width - 1, 1)));
}

static void draw_titles(const struct layout *layout)
{
    int y = layout->title_height - MARGIN / 2 - LEGEND_HEIGHT - PAPER_LINE;
    for (int law = 0; law < layout->laws; law++) {
        int x = layout->headings_left + law * layout->left[layout->parts];
        for (int part = 0; part < layout->parts; part++)
            paper_text(layout->sheet, x + layout->left[part], y, 1, headings[part]);
        draw_legend(layout, x + layout->left[INCLUSION], y + PAPER_LINE);
        if (layout->laws == 1)
            continue;
        draw_law(layout->sheet, layout, law, x);
        paper_fill(layout->sheet, x, y - MARGIN / 2, layout->left[layout->parts] - 2 * MARGIN, 1,
                   paper_faint);
    }
}

static void draw_all(struct layout *layout)
{
    draw_titles(layout);
    int y = layout->title_height;
    for (int strategy = 0; strategy < layout->strategies; strategy++) {
        const struct mask_study *row = layout->studies + strategy * layout->laws;
        draw_label(layout->sheet, layout, row, y);
        for (int law = 0; law < layout->laws; law++)
            draw_study(layout, &row[law], layout->headings_left + law * layout->left[layout->parts],
                       y);
        y += row_height(layout, strategy);
    }
}

/* Every part is at least as wide as its heading. */
static void place_parts(struct layout *layout)
{
    int picture = layout->width * layout->scale;
    const int widths[PARTS] = {layout->examples * (picture + MARGIN) - MARGIN, picture,
                               layout->plot_width, layout->plot_width + text_width("0.1") + 2};
    for (int part = 0; part < layout->parts; part++)
        layout->left[part + 1] =
            layout->left[part] + larger(widths[part], text_width(headings[part])) + MARGIN;
    if (layout->laws > 1)
        layout->left[layout->parts] += MARGIN;
}

/* Whether a histogram would say more than the law's name. */
static bool ratios_vary(const struct layout *layout)
{
    for (int i = 0; i < layout->strategies * layout->laws; i++)
        if (coverage_measure(&layout->studies[i].coverage).ratio_sd > 0)
            return true;
    return false;
}

static int find_label_width(const struct layout *layout)
{
    int width = layout->laws == 1 ? LABEL_WIDTH : 0;
    for (int strategy = 0; strategy < layout->strategies; strategy++)
        width =
            larger(width, text_width(text_of(&layout->studies[strategy * layout->laws].strategy)));
    return width < LABEL_WIDTH ? width : LABEL_WIDTH;
}

static void lay_out(struct layout *layout)
{
    const struct coverage *coverage = &layout->studies->coverage;
    bool one = layout->laws == 1;
    layout->height = coverage->grid_height;
    layout->width = coverage->grid_width;
    layout->scale = larger((one ? CELL : SMALL_CELL) / larger(layout->height, layout->width), 1);
    layout->parts = one ? PARTS : ratios_vary(layout) ? SPECTRUM : HISTOGRAM;
    layout->examples = one                         ? MASK_STUDY_EXAMPLES
                       : layout->parts > HISTOGRAM ? LAW_EXAMPLES
                                                   : MORE_LAW_EXAMPLES;
    layout->label_width = find_label_width(layout);
    layout->plot_width = one ? PLOT_WIDTH : SMALL_PLOT_WIDTH;
    layout->plot_height = larger(layout->height * layout->scale, LEAST_PLOT_HEIGHT);
    layout->headings_left = 2 * MARGIN + layout->label_width;
    place_parts(layout);
    int tallest = 0;
    for (int law = 0; !one && law < layout->laws; law++)
        tallest = larger(tallest, draw_law(NULL, layout, law, 0) + MARGIN / 2);
    layout->title_height = MARGIN + tallest + PAPER_LINE + LEGEND_HEIGHT + MARGIN / 2;
}

static bool init_sheet(const struct layout *layout, struct error *error)
{
    int width = layout->headings_left + layout->laws * layout->left[layout->parts];
    int height = layout->title_height;
    for (int strategy = 0; strategy < layout->strategies; strategy++)
        height += row_height(layout, strategy);
    return paper_init(layout->sheet, width, height, error);
}

bool mask_sheet_draw(struct image *sheet, const struct mask_study *studies, int strategies,
                     int laws, struct error *error)
{
    struct colormap map;
    struct layout layout = {
        .sheet = sheet, .map = &map, .studies = studies, .strategies = strategies, .laws = laws};
    lay_out(&layout);
    colormap_init(&map);
    size_t patches = (size_t)layout.height * (size_t)layout.width;
    layout.picture = memory_new(patches, 3, error);
    layout.values = memory_new(patches + 1, sizeof *layout.values, error);
    bool good = layout.picture && layout.values && init_sheet(&layout, error);
    if (good)
        draw_all(&layout);
    free(layout.picture);
    free(layout.values);
    return good;
}

/* The Statistics view's numbers and charts: what the record says of each arm under each probe
 * strategy and ratio, and image by image (statistics_data.c); how that is drawn
 * (statistics_charts.c); the matrix and what the mouse is told (statistics_matrix.c); and the view
 * itself (view_statistics.c). Private to these files.
 */
#ifndef MASKSCOPE_UI_WINDOW_STATISTICS_H
#define MASKSCOPE_UI_WINDOW_STATISTICS_H

#include "stats/table.h"
#include "ui/colormap.h"
#include "ui/live_tables.h"
#include "ui/window/plot.h"
#include "ui/window/view.h"

enum {
    STATISTICS_ROWS = ARM_LIMIT + 4, /* arms and baselines */
    STATISTICS_GROUPS = 16,
    STATISTICS_NAME_SIZE = 48,
    STATISTICS_POINTS = 96, /* of a density */
};

struct statistics_cell {
    double mean, low, high; /* over images; NaN: not known */
    int images;
};

/* A line of the charts: an arm of the run, or a baseline. */
struct statistics_row {
    char name[STATISTICS_NAME_SIZE];
    int arm; /* in the snapshot; -1: a baseline */
};

/* MSE by row and group: strategies, or ratios. */
struct statistics_matrix {
    int rows, groups;
    struct statistics_row row[STATISTICS_ROWS];
    char group[STATISTICS_GROUPS][STATISTICS_NAME_SIZE];
    double ratio[STATISTICS_GROUPS]; /* where groups are ratios */
    struct statistics_cell cell[STATISTICS_ROWS][STATISTICS_GROUPS];
};

/* How the images' MSE of an arm are spread. */
struct statistics_density {
    struct statistics_row row;
    int images;
    double mean, median, quartile_1, quartile_3;
    double density[STATISTICS_POINTS]; /* at even steps from low to high; the largest of all is 1 */
};
struct statistics_densities {
    int rows;
    double low, high; /* of the axis */
    struct statistics_density row[STATISTICS_ROWS];
};

/* From the table `matrix` grouped by `column` ("strategy" or "ratio"); arms that are not in the
 * snapshot any more are left out. */
void statistics_read_matrix(struct statistics_matrix *matrix, const struct table *table,
                            const char *column, const struct snapshot *snapshot);
/* From the table `images`. */
void statistics_read_densities(struct statistics_densities *densities, const struct table *table,
                               const struct snapshot *snapshot);

/* The colour and dashes of a row: an arm's own, or one of two greys. */
struct series_style statistics_style(const struct statistics_row *row);

/* Where a chart goes: a raster that covers the window's part from `origin` on. */
struct statistics_pen {
    struct raster *raster;
    SDL_FPoint origin;
    double scale;
};

/* Sets the plot's axes for its area, and draws what a raster shows of it. */
void statistics_draw_means(const struct statistics_pen *pen, struct plot *plot,
                           const struct statistics_matrix *matrix, int chosen);
void statistics_draw_ratios(const struct statistics_pen *pen, struct plot *plot,
                            const struct statistics_matrix *matrix, int chosen);
void statistics_draw_densities(const struct statistics_pen *pen, struct plot *plot,
                               const struct statistics_densities *densities, int chosen);
/* Where the middle of a group lies across a plot of means, and of a row of densities upwards. */
float statistics_group_x(const struct plot *plot, const struct statistics_matrix *matrix,
                         int group);
float statistics_row_y(const struct plot *plot, const struct statistics_densities *densities,
                       int row);

/* The view. */
enum { BY_STRATEGY, BY_RATIO, IMAGES, QUESTIONS };
enum { MEANS, RATIOS, DENSITIES, CHARTS };
enum { HEADER = 28, GAP = 18, AXIS_NAME = 18, NAMES_WIDTH = 96, SAMPLE = 22 };

struct statistics {
    struct live_tables *tables[QUESTIONS];
    bool failed;
    char problem[160]; /* why there is nothing yet */
    bool changed;      /* the numbers are newer than the raster */
    struct statistics_matrix by_strategy, by_ratio;
    struct statistics_densities densities;
    struct plot plots[CHARTS];
    struct raster raster;
    SDL_Texture *texture;
    int texture_width, texture_height;
    SDL_FRect drawn_area;
    double drawn_scale;
    int drawn_arm;
    struct colormap map;
};

/* The quarter of the view that a chart has; CHARTS is the matrix's. */
SDL_FRect statistics_quarter(const struct view_frame *frame, int index);
/* Arms down, strategies across, each cell in the colour of its mean. */
void statistics_draw_matrix(const struct statistics *statistics, const struct view_frame *frame);
/* The arm whose row of the matrix is at the mouse; -1: none. */
int statistics_matrix_arm(const struct statistics *statistics, const struct view_frame *frame);
/* All that there is to say of the group at the mouse. */
void statistics_draw_tip(const struct statistics *statistics, const struct view_frame *frame);

#endif

/* The Curves view's state and its parts: plots that share the axis of steps (curves_layout.c),
 * their lines (curves_lines.c), events and the cross at the mouse (curves_marks.c), what is told
 * there (curves_tip.c), and the view itself (view_curves.c). Private to these files.
 */
#ifndef MASKSCOPE_UI_WINDOW_CURVES_H
#define MASKSCOPE_UI_WINDOW_CURVES_H

#include "ui/task_words.h"
#include "ui/window/plot.h"
#include "ui/window/view.h"

enum curves_plot { CURVES_LOSS, CURVES_PROBE, CURVES_TASK, CURVES_RATE, CURVES_PLOTS };

/* What the lines on the texture were drawn from: as long as it is the same, so are they. */
struct curves_stamp {
    uint64_t version;
    SDL_FRect area;
    double scale, from, to;
    int arm, smoothing;
    bool logarithmic;
};

struct curves {
    int smoothing; /* half width in points */
    bool smoothing_chosen;
    double span; /* steps across when zoomed in; 0: all */
    double end;  /* the last step shown then; INFINITY: follows the newest */
    struct plot plots[CURVES_PLOTS];
    struct raster raster;
    SDL_Texture *texture;
    int texture_width, texture_height;
    struct curves_stamp stamp;
    float smooth[ARM_LIMIT][CURVE_POINTS]; /* the loss curves, smoothed */
};

enum { CURVES_EVENT_LANE = 18 };

/* The newest step of any curve; 0 when there is no point yet. */
double curves_newest(const struct snapshot *snapshot);
/* The mean of the probe cells that are known; NaN if none is. */
double curves_baseline(const struct snapshot *snapshot, const struct probe_cell *cells);
/* Smooths the loss curves, sets areas, axes and ticks of all plots. */
void curves_lay_out(struct curves *curves, const struct view_frame *frame, SDL_FRect area);
/* What the plot shows, and how far single points lie off it. After curves_lay_out. */
enum { CURVES_TITLE_SIZE = TASK_TITLE_SIZE + 80 };
void curves_title(char out[CURVES_TITLE_SIZE], const struct curves *curves, enum curves_plot which,
                  const struct view_frame *frame);
/* Whether a value lies off the plot: -1 below, 1 above. */
int curves_side(const struct plot *plot, double value);

/* Brings the texture up to date if what it shows changed, and draws it. */
void curves_draw_lines(struct curves *curves, const struct view_frame *frame, SDL_FRect area);

/* Short labels of events below the axis. */
void curves_draw_events(const struct curves *curves, const struct view_frame *frame);
/* The lines of a plot, an arm's each or the learning rate's one. */
int curves_lines(const struct snapshot *snapshot, enum curves_plot which);
const struct curve *curves_line(const struct snapshot *snapshot, enum curves_plot which, int line);
enum { CURVES_TIP_SIZE = 2000 };
/* The values at a step as the lines of a tip, and the events near the mouse. Arms that have no
 * value there, because they began later or ended before, are left out; a point some way off is told
 * with its step. */
void curves_tell(const struct curves *curves, const struct view_frame *frame,
                 enum curves_plot which, double step, char out[CURVES_TIP_SIZE]);
/* A line at the mouse with the values there. */
void curves_draw_crosshair(const struct curves *curves, const struct view_frame *frame);
/* The plot at the bottom, which carries the axis of steps. */
const struct plot *curves_bottom(const struct curves *curves);

#endif

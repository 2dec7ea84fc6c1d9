/* Rectangles of patches, as several strategies place them. Used inside src/mask. */
#ifndef MASKSCOPE_MASK_RECTANGLE_H
#define MASKSCOPE_MASK_RECTANGLE_H

#include "mask/strategy.h"

struct rectangle {
    int top, left, height, width;
};

/* One of about this area and aspect (height / width), at least 1 x 1, at the upper left corner; it
 * may be larger than the grid. */
struct rectangle rectangle_shaped(double area, double aspect);
/* One that fits the grid and holds at least `count` <= L patches, less than a row more; of about
 * this aspect where the grid allows. */
struct rectangle rectangle_holding(const struct mask_request *request, int count, double aspect);
/* Moves it to a random place wholly on the grid, on which it must fit. */
void rectangle_place(const struct mask_request *request, struct rectangle *rectangle);
/* Gives its patches this value. It must lie wholly on the grid. */
void rectangle_fill(const struct mask_request *request, const struct rectangle *rectangle,
                    uint8_t value, uint8_t *mask);
/* Hides everything but `count` patches of the rectangle, row by row from one of its corners drawn
 * at random, so that what is cut off is on no side more often than on another. The rectangle goes
 * on at the opposite edge where it leaves the grid. */
void rectangle_show(const struct mask_request *request, const struct rectangle *rectangle,
                    int count, uint8_t *mask);

#endif

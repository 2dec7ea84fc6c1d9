/* Scenes: drawn images with the statistics of natural ones, as many as asked for, so that there is
 * something real to learn on a machine without a data set.
 *
 * A scene is a pile of leaves that hide one another, their radii drawn with density r^-3 (A. B.
 * Lee, D. Mumford, J. Huang: Occlusion Models for Natural Images, IJCV 41, 2001), each with its own
 * colour, 1/f texture, light and shadow; among the foremost lies one shape of a known class. So an
 * image has a class, and each pixel a label.
 *
 * A scene is a pure function of (seed, split, index). Its parts lie in coordinates relative to the
 * picture, so it is the same scene at any size; only detail finer than a pixel is left out.
 */
#ifndef MASKSCOPE_DATA_SCENES_H
#define MASKSCOPE_DATA_SCENES_H

#include <stdint.h>

#include "data/source.h"

enum { SCENE_SIDE_MIN = 8, SCENE_SIDE_MAX = 1024 };

int scene_class_count(void);
/* "disc", "square" ...; a static text. */
const char *scene_class_name(int class_index);

/* Any thread. */
int scene_class(uint64_t seed, uint32_t split, uint32_t index);

/* Draws into rgb [height, width, 3], and into labels [height, width] unless it is null: 0 where the
 * background or something in front of the shape is seen, 1 + class where the shape is. Sides are
 * within SCENE_SIDE_MIN .. SCENE_SIDE_MAX. No allocation; about 200 KiB of stack. Any thread. */
void scene_render(uint64_t seed, uint32_t split, uint32_t index, int width, int height,
                  uint8_t *rgb, uint8_t *labels);

/* The same of a source of scenes: its image `index`, at any size. */
void scene_source_render(const struct source *source, size_t index, int width, int height,
                         uint8_t *rgb, uint8_t *labels);

/* The side at which the source `scenes` draws for an input side of source_settings: a quarter more,
 * as random crops cover three fifths of the picture's area on average and then lose no detail. */
int scene_source_side(int side);

#endif

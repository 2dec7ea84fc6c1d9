/* The Attention view's state, and its maps as a texture (attention_maps.c); the view itself is in
 * view_attention.c. Private to these files.
 */
#ifndef MASKSCOPE_UI_WINDOW_ATTENTION_H
#define MASKSCOPE_UI_WINDOW_ATTENTION_H

#include "ui/window/asking.h"
#include "ui/window/buttons.h"
#include "ui/window/magnifier.h"
#include "ui/window/picture_cache.h"

enum part { ENCODER_ALL, ENCODER_MASKED, DECODER, PARTS };
enum { CLASS_TOKEN = PARTS, PREVIOUS_BLOCK, BLOCK, NEXT_BLOCK, BUTTONS };

struct attention {
    enum part part;
    int block[2];               /* of encoder and decoder; counted from the last: 0 is the last */
    int token;                  /* 1 + patch; 0: the class token */
    struct magnifier magnifier; /* of all pictures */
    bool chosen;                /* somebody chose it; else it is the patch in the middle */
    struct asking asking;
    struct picture_cache cache; /* the image and its mask, of the answer */
    struct colormap map;
    bool mapped;
    SDL_Texture *maps; /* [grid rows, (1 + heads) * grid columns]: their mean, then each head */
    uint8_t *pixels;   /* the texture's */
    int map_width, map_height;
    uint64_t drawn; /* number of the answer on the texture */
    double top;     /* the high end of its colours */
    struct button buttons[BUTTONS];
    char block_label[48];
};

/* The weight of a token in a map: 0 is the mean of the heads, 1 the first head. */
double attention_weight(const struct answer *answer, int map, int token);
/* A patch that is not among the tokens has no weight at all, rather than a small one. */
bool attention_is_there(const struct answer *answer, int patch);
/* Draws the answer's maps into the texture, one pixel a patch, unless they are there already;
 * false: out of memory. */
bool attention_draw_maps(struct attention *attention, SDL_Renderer *renderer,
                         const struct answer *answer);
void attention_release_maps(struct attention *attention);

#endif

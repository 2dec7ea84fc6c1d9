/* Attention: click a patch of the image and see where it looks, head by head, in any block of the
 * encoder or the decoder.
 */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ui/ticks.h"
#include "ui/window/attention.h"
#include "ui/window/legend.h"
#include "ui/window/picture_row.h"
#include "ui/window/shown.h"
#include "ui/window/theme.h"

enum {
    HEADER = 30,
    TITLE = PICTURE_ROW_TITLE,
    CAPTION = PICTURE_ROW_CAPTION,
    SPACE = 8,
    MAPS_LIMIT = 33
};

static const char *const part_labels[PARTS][2] = {
    [ENCODER_ALL] = {"Encoder, all visible", "The encoder sees every patch"},
    [ENCODER_MASKED] = {"Encoder, masked", "The encoder sees what the arm's mask leaves visible"},
    [DECODER] = {"Decoder", "Hidden patches are there too, as mask tokens"},
};
static bool in_decoder(const struct attention *attention)
{
    return attention->part == DECODER;
}

static int depth(const struct attention *attention, const struct view_frame *frame)
{
    const struct mae_shape *shape = &frame->model->snapshot->shape;
    return in_decoder(attention) ? shape->decoder_depth : shape->depth;
}

/* From 0, the first. */
static int block(const struct attention *attention, const struct view_frame *frame)
{
    return depth(attention, frame) - 1 - attention->block[in_decoder(attention)];
}

static void change_block(struct attention *attention, const struct view_frame *frame, int by)
{
    int *from_last = &attention->block[in_decoder(attention)];
    int most = depth(attention, frame) - 1, wanted = *from_last - by;
    *from_last = wanted < 0 ? 0 : wanted > most ? most : wanted;
}

static int token(const struct attention *attention, const struct gallery *gallery)
{
    int columns = picture_grid_width(gallery), rows = gallery->height / gallery->patch;
    if (attention->chosen && attention->token <= gallery->patches)
        return attention->token;
    return 1 + rows / 2 * columns + columns / 2;
}

static const struct answer *ask(struct attention *attention, const struct view_frame *frame)
{
    struct question question = {.row = frame->model->image,
                                .mask_kind = attention->part == ENCODER_ALL ? QUESTION_NO_MASK
                                                                            : QUESTION_OWN_MASK,
                                .attention = true,
                                .stack = in_decoder(attention) ? MAE_DECODER : MAE_ENCODER,
                                .block = block(attention, frame),
                                .token = token(attention, &frame->model->snapshot->gallery)};
    text_copy(question.arm, sizeof question.arm, ui_chosen_arm(frame->model)->name);
    return asking_update(&attention->asking, frame->model, &question);
}

/* Where things are. */
struct places {
    struct picture_row row;
    int maps;
};

/* The picture that is clicked, 0, or a map: 1, 2 ... */
static struct picture_cell cell_of(const struct attention *attention,
                                   const struct view_frame *frame, const struct places *places,
                                   int index)
{
    return (struct picture_cell){picture_row_cell(&places->row, index, TITLE),
                                 &frame->model->snapshot->gallery, &attention->magnifier};
}

static void lay_out_buttons(struct attention *attention, const struct view_frame *frame)
{
    struct button *buttons = attention->buttons;
    SDL_FRect area = frame->area;
    for (int i = 0; i < PARTS; i++)
        buttons[i] = (struct button){
            .label = part_labels[i][0], .tip = part_labels[i][1], .on = (int)attention->part == i};
    buttons[CLASS_TOKEN] = (struct button){.label = "Class token",
                                           .tip = "Where the class token looks",
                                           .on = attention->chosen && attention->token == 0};
    snprintf(attention->block_label, sizeof attention->block_label, "Block %d of %d",
             block(attention, frame) + 1, depth(attention, frame));
    buttons[PREVIOUS_BLOCK] = (struct button){.label = "<", .tip = "The block before (Left)"};
    buttons[BLOCK] = (struct button){.label = attention->block_label};
    buttons[NEXT_BLOCK] = (struct button){.label = ">", .tip = "The next block (Right)"};
    SDL_FRect line = {area.x + THEME_MARGIN, area.y + HEADER, area.w - 2 * THEME_MARGIN, 0};
    buttons_lay_out(frame->canvas, line, buttons, BUTTONS);
}

static void lay_out(struct attention *attention, const struct view_frame *frame,
                    struct places *places)
{
    const struct mae_shape *shape = &frame->model->snapshot->shape;
    SDL_FRect area = frame->area;
    lay_out_buttons(attention, frame);
    SDL_FRect last = attention->buttons[BUTTONS - 1].place;
    float top = last.y + last.h + SPACE;
    SDL_FRect room = {area.x + THEME_MARGIN, top, area.w - 2 * THEME_MARGIN,
                      area.y + area.h - top - SPACE};
    int heads = in_decoder(attention) ? shape->decoder_heads : shape->heads;
    places->maps = 1 + heads < MAPS_LIMIT ? 1 + heads : MAPS_LIMIT;
    /* The image has the first column to itself. */
    places->row = picture_row_fit(frame->canvas, room, 1 + places->maps, true, shape->image_width,
                                  shape->image_height, TITLE, CAPTION);
}

static void write_token(char out[64], int chosen, int columns)
{
    if (chosen == 0)
        snprintf(out, 64, "class token");
    else
        snprintf(out, 64, "row %d, col. %d", (chosen - 1) / columns, (chosen - 1) % columns);
}

/* Where the token that looks is, in any of the pictures. */
static void draw_token(const struct view_frame *frame, const struct answer *answer,
                       const struct picture_cell *cell)
{
    int columns = picture_grid_width(&answer->gallery), patch = answer->token - 1;
    if (patch >= 0)
        picture_cell_outline(frame, cell, (SDL_Rect){patch % columns, patch / columns, 1, 1},
                             (SDL_Color){255, 255, 255, 255});
}

static void draw_image(struct attention *attention, const struct view_frame *frame,
                       const struct answer *answer, const struct picture_cell *cell)
{
    const struct gallery *gallery = &answer->gallery;
    char caption[64], shorter[32];
    int columns = picture_grid_width(gallery);
    write_token(caption, answer->token, columns);
    snprintf(shorter, sizeof shorter, "%d, %d", (answer->token - 1) / columns,
             (answer->token - 1) % columns);
    if (picture_cache_prepare(&attention->cache, gallery, 1))
        picture_cell_draw(
            frame, cell,
            picture_cache_texture(&attention->cache, frame->canvas->renderer, gallery, 0, 0, 0),
            picture_kind_source(gallery, PICTURE_MASKED));
    draw_token(frame, answer, cell);
    picture_row_words(frame->canvas, cell->area,
                      &(struct picture_words){"Click a patch", "Image", caption,
                                              answer->token > 0 ? shorter : "class"});
}

static void draw_map(const struct attention *attention, const struct view_frame *frame,
                     const struct answer *answer, const struct picture_cell *cell, int map)
{
    const struct gallery *gallery = &answer->gallery;
    int columns = picture_grid_width(gallery), rows = gallery->height / gallery->patch;
    char title[32], caption[64], number[32];
    SDL_Rect source = {map * columns, 0, columns, rows};
    picture_cell_draw(frame, cell, attention->maps, source);
    draw_token(frame, answer, cell);
    snprintf(title, sizeof title, map ? "Head %d" : "Mean of heads", map);
    ticks_value(number, sizeof number, attention_weight(answer, map, 0));
    snprintf(caption, sizeof caption, "class token %s", number);
    picture_row_words(frame->canvas, cell->area,
                      &(struct picture_words){title, map ? title : "Mean", caption, number});
}

static void draw_tip(const struct attention *attention, const struct view_frame *frame,
                     const struct answer *answer, const struct places *places)
{
    for (int map = 0; map < places->maps; map++) {
        struct picture_cell cell = cell_of(attention, frame, places, 1 + map);
        int patch = picture_cell_patch(frame, &cell);
        if (patch < 0)
            continue;
        int columns = picture_grid_width(&answer->gallery);
        char head[32], number[32], text[200];
        snprintf(head, sizeof head, map ? "head %d" : "mean of heads", map);
        ticks_value(number, sizeof number, attention_weight(answer, map, 1 + patch));
        snprintf(text, sizeof text, "row %d, column %d\n%s\t%s\neven share\t%.3g", patch / columns,
                 patch % columns, head, attention_is_there(answer, patch) ? number : "not there",
                 1.0 / (1 + answer->gallery.patches -
                        (answer->stack == MAE_ENCODER ? picture_hidden_count(&answer->gallery, 0, 0)
                                                      : 0)));
        canvas_tip(frame->canvas, frame->mouse_x, frame->mouse_y, frame->area, text);
    }
}

static void draw_header(const struct attention *attention, const struct view_frame *frame,
                        const struct answer *answer)
{
    SDL_FRect line = {frame->area.x + THEME_MARGIN, frame->area.y, frame->area.w - 2 * THEME_MARGIN,
                      HEADER};
    float end = line.x + line.w;
    struct legend legend = {
        .map = &attention->map, .label = "attention weight", .high = attention->top};
    if (answer && answer->attention && answer->looks)
        end = legend_draw(frame->canvas, line, &legend) - THEME_MARGIN;
    char text[SHOWN_TEXT_SIZE], name[SHOWN_TEXT_SIZE], step[32];
    shown_image_name(name, &frame->model->snapshot->gallery, frame->model->image);
    text_from_grouped(step, answer ? answer->step : frame->model->snapshot->step);
    snprintf(text, sizeof text, "%.200s   step %s   block %d of %d: %s", name, step,
             block(attention, frame) + 1, depth(attention, frame), part_labels[attention->part][0]);
    SDL_FRect strong = {line.x, line.y, (end - line.x) * 0.3f, line.h};
    float x = line.x + THEME_GAP +
              canvas_text_in(frame->canvas, FONT_STRONG, strong, ALIGN_LEFT, THEME_TEXT,
                             ui_chosen_arm(frame->model)->name);
    canvas_text_in(frame->canvas, FONT_TEXT, (SDL_FRect){x, line.y, end - x, line.h}, ALIGN_LEFT,
                   THEME_MUTED, text);
}

/* Why there are no maps, or null. */
static const char *no_maps(const struct attention *attention, const struct answer *answer)
{
    if (!answer)
        return "The trainer is asked ...";
    if (answer->problem[0])
        return answer->problem;
    if (answer->looks && answer->attention)
        return NULL;
    return attention->part == ENCODER_MASKED
               ? "This patch is hidden: the encoder does not have it. Click a visible one."
               : "The class token is not asked in the decoder's last block.";
}

static void attention_draw(void *state, const struct view_frame *frame)
{
    struct attention *attention = state;
    const char *nothing = shown_nothing(frame);
    if (nothing) {
        shown_draw_nothing(frame, nothing);
        return;
    }
    struct places places;
    lay_out(attention, frame, &places);
    const struct answer *answer = ask(attention, frame);
    const char *why = no_maps(attention, answer);
    if (!why && !attention_draw_maps(attention, frame->canvas->renderer, answer))
        why = "Not enough memory for the maps.";
    draw_header(attention, frame, answer);
    struct picture_cell image = cell_of(attention, frame, &places, 0);
    if (answer && !answer->problem[0])
        draw_image(attention, frame, answer, &image);
    SDL_FRect room = places.row.area;
    room.x = image.area.x + places.row.width + THEME_MARGIN;
    room.w = fmaxf(places.row.area.x + places.row.area.w - room.x, 0);
    if (why)
        canvas_text_in(frame->canvas, FONT_TEXT, room, ALIGN_CENTER, THEME_MUTED, why);
    int maps = !why && answer->heads + 1 < places.maps ? answer->heads + 1 : places.maps;
    for (int map = 0; !why && map < maps; map++) {
        struct picture_cell cell = cell_of(attention, frame, &places, 1 + map);
        draw_map(attention, frame, answer, &cell, map);
    }
    buttons_draw(frame, attention->buttons, BUTTONS);
    if (!why)
        draw_tip(attention, frame, answer, &places);
}

static void choose_part(struct attention *attention, enum part part)
{
    attention->part = part;
}

static void attention_click(void *state, const struct view_frame *frame)
{
    struct attention *attention = state;
    struct places places;
    if (shown_nothing(frame))
        return;
    lay_out(attention, frame, &places);
    int button = buttons_at(frame, attention->buttons, BUTTONS);
    int patch = -1;
    for (int i = 0; patch < 0 && i <= places.maps; i++) {
        struct picture_cell cell = cell_of(attention, frame, &places, i);
        patch = picture_cell_patch(frame, &cell);
    }
    if (button >= 0 && button < PARTS) {
        choose_part(attention, (enum part)button);
    } else if (button == PREVIOUS_BLOCK || button == NEXT_BLOCK) {
        change_block(attention, frame, button == NEXT_BLOCK ? 1 : -1);
    } else if (button == CLASS_TOKEN || patch >= 0) {
        attention->token = button == CLASS_TOKEN ? 0 : 1 + patch;
        attention->chosen = true;
    }
}

/* Over a picture the wheel zooms; with Shift, and elsewhere, it goes through the blocks. */
static void attention_wheel(void *state, const struct view_frame *frame, float amount, bool shift)
{
    struct attention *attention = state;
    struct places places;
    if (shown_nothing(frame))
        return;
    lay_out(attention, frame, &places);
    for (int i = 0; !shift && i <= places.maps; i++) {
        struct picture_cell cell = cell_of(attention, frame, &places, i);
        if (picture_cell_turn(frame, &cell, &attention->magnifier, amount))
            return;
    }
    change_block(attention, frame, amount > 0 ? 1 : -1);
}

static void attention_drag(void *state, const struct view_frame *frame, float dx, float dy)
{
    struct attention *attention = state;
    struct places places;
    if (shown_nothing(frame))
        return;
    lay_out(attention, frame, &places);
    struct picture_cell cell = cell_of(attention, frame, &places, 0);
    picture_cell_drag(frame, &cell, &attention->magnifier, dx, dy);
}

static bool attention_act(void *state, const struct view_frame *frame, enum action action)
{
    struct attention *attention = state;
    struct ui_model *model = frame->model;
    if (shown_nothing(frame))
        return false;
    int images = model->snapshot->gallery.images;
    switch (action) {
    case ACTION_LEFT:
    case ACTION_RIGHT:
        change_block(attention, frame, action == ACTION_RIGHT ? 1 : -1);
        return true;
    case ACTION_FIRST:
    case ACTION_LAST:
        change_block(attention, frame, action == ACTION_LAST ? SHRT_MAX : -SHRT_MAX);
        return true;
    case ACTION_RESET_ZOOM:
        attention->magnifier = (struct magnifier){0};
        return true;
    case ACTION_ENTER:
        choose_part(attention, (attention->part + 1) % PARTS);
        return true;
    case ACTION_DOWN:
        model->image = (model->image + 1) % images;
        return true;
    case ACTION_UP:
        model->image = (model->image + images - 1) % images;
        return true;
    default:
        return false;
    }
}

static bool attention_waits(const void *state, const struct view_frame *frame)
{
    const struct attention *attention = state;
    return asking_waits(&attention->asking, frame->model);
}

static void attention_release(void *state)
{
    struct attention *attention = state;
    picture_cache_release(&attention->cache);
    attention_release_maps(attention);
}

static void attention_close(void *state)
{
    struct attention *attention = state;
    free(attention->pixels);
    attention->pixels = NULL;
    asking_release(&attention->asking);
}

const struct view window_view_attention = {
    .title = "Attention",
    .state_size = sizeof(struct attention),
    .draw = attention_draw,
    .act = attention_act,
    .wheel = attention_wheel,
    .drag = attention_drag,
    .click = attention_click,
    .waits = attention_waits,
    .release = attention_release,
    .close = attention_close,
};

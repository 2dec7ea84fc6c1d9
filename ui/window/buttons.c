#include "ui/window/buttons.h"

#include "ui/window/theme.h"

enum { PADDING = 8, GAP = 6 };

float buttons_lay_out(struct canvas *canvas, SDL_FRect area, struct button *buttons, int count)
{
    float x = area.x, y = area.y;
    for (int i = 0; canvas->paper && i < count; i++)
        buttons[i].place = (SDL_FRect){area.x, area.y, 0, 0};
    if (canvas->paper) /* nobody clicks there */
        return 0;
    for (int i = 0; i < count; i++) {
        struct button *button = &buttons[i];
        button->place = (SDL_FRect){0};
        if (!button->label)
            continue;
        float width = canvas_text_width(canvas, FONT_SMALL, button->label) + 2 * PADDING;
        if (x > area.x && x + width > area.x + area.w) {
            x = area.x;
            y += BUTTON_HEIGHT + GAP;
        }
        button->place = (SDL_FRect){x, y, width, BUTTON_HEIGHT};
        x += width + GAP;
    }
    return y + BUTTON_HEIGHT - area.y;
}

int buttons_at(const struct view_frame *frame, const struct button *buttons, int count)
{
    for (int i = 0; frame->mouse_inside && i < count; i++)
        if (buttons[i].label && canvas_inside(buttons[i].place, frame->mouse_x, frame->mouse_y))
            return i;
    return -1;
}

void buttons_draw(const struct view_frame *frame, const struct button *buttons, int count)
{
    struct canvas *canvas = frame->canvas;
    int under = buttons_at(frame, buttons, count);
    if (canvas->paper)
        return;
    for (int i = 0; i < count; i++) {
        const struct button *button = &buttons[i];
        if (!button->label)
            continue;
        canvas_fill(canvas, button->place, i == under ? THEME_RULE : THEME_BAR);
        canvas_frame(canvas, button->place, button->on ? THEME_ACCENT : THEME_RULE);
        canvas_text_in(canvas, FONT_SMALL, button->place, ALIGN_CENTER,
                       button->on ? THEME_TEXT : THEME_MUTED, button->label);
    }
    if (under >= 0 && buttons[under].tip)
        canvas_tip(canvas, frame->mouse_x, frame->mouse_y, frame->area, buttons[under].tip);
}

#include "ui/panel/list.h"

#include <string.h>

static int between(int value, int low, int high)
{
    return value > high ? (high < low ? low : high) : value < low ? low : value;
}

void list_fit(struct list *list, int count, int shown)
{
    list->count = count;
    list->chosen = between(list->chosen, 0, count - 1);
    if (list->chosen < list->top)
        list->top = list->chosen;
    if (shown > 0 && list->chosen >= list->top + shown)
        list->top = list->chosen - shown + 1;
    list->top = between(list->top, 0, count - shown);
}

bool list_act(struct list *list, enum action action, int shown)
{
    int page = shown > 1 ? shown - 1 : 1;
    switch (action) {
    case ACTION_DOWN:
        list->chosen++;
        break;
    case ACTION_UP:
        list->chosen--;
        break;
    case ACTION_PAGE_DOWN:
        list->chosen += page;
        list->top += page;
        break;
    case ACTION_PAGE_UP:
        list->chosen -= page;
        list->top -= page;
        break;
    case ACTION_FIRST:
        list->chosen = 0;
        break;
    case ACTION_LAST:
        list->chosen = list->count - 1;
        break;
    default:
        return false;
    }
    list_fit(list, list->count, shown);
    return true;
}

bool list_matches(const char *text, const char *filter)
{
    return !filter[0] || strcasestr(text, filter);
}

#include "data/order.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/random.h"

bool epoch_orders_init(struct epoch_orders *orders, size_t image_count, uint64_t seed, int64_t held,
                       struct error *error)
{
    *orders = (struct epoch_orders){.seed = seed, .image_count = image_count, .held = held};
    orders->orders = memory_new((size_t)held, sizeof *orders->orders, error);
    for (int64_t i = 0; orders->orders && i < held; i++) {
        struct epoch_order *order = &orders->orders[i];
        order->epoch = -1;
        order->images = memory_new(image_count, sizeof *order->images, error);
        if (!order->images) {
            epoch_orders_release(orders);
            return false;
        }
    }
    return orders->orders;
}

void epoch_orders_release(struct epoch_orders *orders)
{
    for (int64_t i = 0; orders->orders && i < orders->held; i++)
        free(orders->orders[i].images);
    free(orders->orders);
    *orders = (struct epoch_orders){0};
}

void epoch_orders_draw(struct epoch_orders *orders, int64_t epoch)
{
    struct epoch_order *order = &orders->orders[epoch % orders->held];
    uint32_t count = (uint32_t)orders->image_count;
    if (order->epoch == epoch)
        return;
    for (uint32_t i = 0; i < count; i++)
        order->images[i] = i;
    struct random random = random_begin(orders->seed, RANDOM_ORDER, (uint32_t)epoch, 0);
    random_shuffle(&random, order->images, count);
    order->epoch = epoch;
}

const uint32_t *epoch_orders_get(const struct epoch_orders *orders, int64_t epoch)
{
    return orders->orders[epoch % orders->held].images;
}

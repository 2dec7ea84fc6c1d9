#include "nn/attention.h"

#include <math.h>
#include <string.h>

#include "nn/kernel.h"
#include "nn/small.h"
#include "nn/sizes.h"

/* Queries whose scores are held at a time. */
enum { QUERY_ROWS = 96 };

/* What one span and head need of the scratch. */
struct head_scratch {
    float *keys_t, *values_t;     /* [head_dim, padded keys] */
    float *keys, *values;         /* [keys, padded head_dim] */
    float *queries, *gradients;   /* [QUERY_ROWS, padded head_dim] */
    float *scores, *score_errors; /* [QUERY_ROWS, padded keys] */
};

size_t attention_scratch(size_t longest, size_t head_dim)
{
    size_t keys = kernel_padded(longest), columns = kernel_padded(head_dim);
    return 2 * columns * keys + 2 * keys * columns + 2 * QUERY_ROWS * columns +
           2 * QUERY_ROWS * keys;
}

static struct head_scratch divide(float *scratch, size_t longest, size_t head_dim)
{
    size_t keys = kernel_padded(longest), columns = kernel_padded(head_dim);
    struct head_scratch parts;
    parts.keys_t = scratch;
    parts.values_t = parts.keys_t + columns * keys;
    parts.keys = parts.values_t + columns * keys;
    parts.values = parts.keys + keys * columns;
    parts.queries = parts.values + keys * columns;
    parts.gradients = parts.queries + QUERY_ROWS * columns;
    parts.scores = parts.gradients + QUERY_ROWS * columns;
    parts.score_errors = parts.scores + QUERY_ROWS * keys;
    return parts;
}

/* One head's columns of a matrix as small_multiply wants its second factor: as it lies if whole
 * vectors can be read, else copied with room behind each row. */
struct padded {
    const float *at;
    size_t stride;
};

static struct padded padded_columns(float *copy, const float *at, size_t stride, size_t rows,
                                    size_t columns)
{
    size_t padded = kernel_padded(columns);
    if (padded == columns)
        return (struct padded){at, stride};
    for (size_t row = 0; row < rows; row++) {
        memcpy(copy + row * padded, at + row * stride, columns * sizeof *copy);
        memset(copy + row * padded + columns, 0, (padded - columns) * sizeof *copy);
    }
    return (struct padded){copy, padded};
}

/* scores [rows, stride]: exp(scale (score - the row's greatest)) / their sum, over `columns`; zero
 * behind them, so that all loops are over whole vectors. */
KERNEL static void softmax_rows(float *scores, size_t stride, size_t rows, size_t columns,
                                float scale)
{
    const size_t whole = stride / KERNEL_LANES * KERNEL_LANES;
    for (size_t row = 0; row < rows; row++, scores += stride) {
        float greatest = -INFINITY, sum = 0;
        for (size_t i = columns; i < whole; i++)
            scores[i] = -INFINITY;
#pragma omp simd reduction(max : greatest)
        for (size_t i = 0; i < whole; i++)
            greatest = scores[i] > greatest ? scores[i] : greatest;
#pragma omp simd reduction(+ : sum)
        for (size_t i = 0; i < whole; i++) {
            scores[i] = kernel_exp(scale * (scores[i] - greatest));
            sum += scores[i];
        }
        float inverse = 1.0f / sum;
#pragma omp simd
        for (size_t i = 0; i < whole; i++)
            scores[i] *= inverse;
    }
}

/* errors [rows, stride]: from the gradient of the weights to scale times that of the scores. Behind
 * the columns weights are zero, and errors become so. */
KERNEL static void softmax_rows_backward(float *restrict errors, const float *restrict weights,
                                         size_t stride, size_t rows, float scale)
{
    const size_t whole = stride / KERNEL_LANES * KERNEL_LANES;
    for (size_t row = 0; row < rows; row++, errors += stride, weights += stride) {
        float dot = 0;
#pragma omp simd reduction(+ : dot)
        for (size_t i = 0; i < whole; i++)
            dot += errors[i] * weights[i];
#pragma omp simd
        for (size_t i = 0; i < whole; i++)
            errors[i] = scale * weights[i] * (errors[i] - dot);
    }
}

struct job {
    float *out;                           /* forward */
    const struct attention_gradients *to; /* backward */
    const float *gradient;                /* backward */
    const struct attention_input *in;
    const struct attention_size *size;
};

/* Where one span and head lie. */
struct head {
    size_t first_query, queries, first_key, keys;
    size_t first_out;       /* its first row of the output */
    size_t column, columns; /* of each row of dim floats */
    size_t keys_stride;     /* of a row of scores */
    const float *query, *key, *value;
    float scale;
};

static struct head head_at(const struct attention_input *in, const struct attention_size *size,
                           size_t span, size_t number)
{
    struct head head = {.first_query = size->query_offsets[span],
                        .first_key = size->key_offsets[span],
                        .columns = size->dim / size->heads};
    head.queries = size->query_offsets[span + 1] - head.first_query;
    head.first_out = head.first_query - size->query_offsets[0];
    head.keys = size->key_offsets[span + 1] - head.first_key;
    head.column = number * head.columns;
    head.keys_stride = kernel_padded(head.keys);
    head.query = in->queries + head.first_query * in->query_stride + head.column;
    head.key = in->keys + head.first_key * in->key_stride + head.column;
    head.value = in->values + head.first_key * in->key_stride + head.column;
    head.scale = 1.0f / sqrtf((float)head.columns);
    return head;
}

static size_t chunk_rows(const struct head *head, size_t first)
{
    return smaller(head->queries - first, QUERY_ROWS);
}

/* The weights of queries first .. first + rows - 1 into parts->scores; keys_t is there already. */
static void weigh(const struct head *head, const struct attention_input *in,
                  const struct head_scratch *parts, size_t first, size_t rows)
{
    struct small_matrix query = {head->query + first * in->query_stride, in->query_stride, 1};
    small_multiply(in->kernels, parts->scores, head->keys_stride, false, query, parts->keys_t,
                   head->keys_stride, rows, head->keys_stride, head->columns);
    softmax_rows(parts->scores, head->keys_stride, rows, head->keys, head->scale);
}

static void forward_head(const struct job *job, const struct head *head,
                         const struct head_scratch *parts)
{
    size_t dim = job->size->dim;
    struct padded value =
        padded_columns(parts->values, head->value, job->in->key_stride, head->keys, head->columns);
    small_transpose(parts->keys_t, head->key, job->in->key_stride, head->keys, head->columns);
    for (size_t first = 0; first < head->queries; first += QUERY_ROWS) {
        size_t rows = chunk_rows(head, first);
        weigh(head, job->in, parts, first, rows);
        small_multiply(job->in->kernels, job->out + (head->first_out + first) * dim + head->column,
                       dim, false, (struct small_matrix){parts->scores, head->keys_stride, 1},
                       value.at, value.stride, rows, head->columns, head->keys);
    }
}

/* One chunk of queries: its query gradients, and its share of those of keys and values. */
static void backward_chunk(const struct job *job, const struct head *head,
                           const struct head_scratch *parts, struct padded key, size_t first,
                           size_t rows)
{
    const struct attention_input *in = job->in;
    size_t dim = job->size->dim, keys = head->keys, stride = head->keys_stride;
    size_t columns = head->columns, key_at = head->first_key * in->key_stride + head->column;
    const float *gradient_at = job->gradient + (head->first_out + first) * dim + head->column;
    const float *query_at = head->query + first * in->query_stride;
    struct padded gradient = padded_columns(parts->gradients, gradient_at, dim, rows, columns);
    struct padded query = padded_columns(parts->queries, query_at, in->query_stride, rows, columns);

    weigh(head, in, parts, first, rows);
    small_multiply(in->kernels, job->to->values + key_at, in->key_stride, first > 0,
                   (struct small_matrix){parts->scores, 1, stride}, gradient.at, gradient.stride,
                   keys, columns, rows);
    small_multiply(in->kernels, parts->score_errors, stride, false,
                   (struct small_matrix){gradient_at, dim, 1}, parts->values_t, stride, rows,
                   stride, columns);
    softmax_rows_backward(parts->score_errors, parts->scores, stride, rows, head->scale);
    small_multiply(in->kernels,
                   job->to->queries + (head->first_query + first) * in->query_stride + head->column,
                   in->query_stride, false, (struct small_matrix){parts->score_errors, stride, 1},
                   key.at, key.stride, rows, columns, keys);
    small_multiply(in->kernels, job->to->keys + key_at, in->key_stride, first > 0,
                   (struct small_matrix){parts->score_errors, 1, stride}, query.at, query.stride,
                   keys, columns, rows);
}

static void backward_head(const struct job *job, const struct head *head,
                          const struct head_scratch *parts)
{
    const struct attention_input *in = job->in;
    struct padded key =
        padded_columns(parts->keys, head->key, in->key_stride, head->keys, head->columns);
    small_transpose(parts->keys_t, head->key, in->key_stride, head->keys, head->columns);
    small_transpose(parts->values_t, head->value, in->key_stride, head->keys, head->columns);
    size_t first = 0;
    do { /* even without queries: the gradients of keys and values are then zero */
        backward_chunk(job, head, parts, key, first, chunk_rows(head, first));
        first += QUERY_ROWS;
    } while (first < head->queries);
}

static size_t longest_span(const struct attention_size *size)
{
    size_t longest = 0;
    for (size_t span = 0; span < size->spans; span++) {
        size_t keys = size->key_offsets[span + 1] - size->key_offsets[span];
        longest = larger(longest, keys);
    }
    return longest;
}

static void run_heads(const struct job *job, float *scratch)
{
    size_t heads = job->size->heads, head_dim = job->size->dim / heads;
    struct head_scratch parts = divide(scratch, longest_span(job->size), head_dim);
    for (size_t span = 0; span < job->size->spans; span++)
        for (size_t number = 0; number < heads; number++) {
            struct head head = head_at(job->in, job->size, span, number);
            if (job->to)
                backward_head(job, &head, &parts);
            else
                forward_head(job, &head, &parts);
        }
}

void attention_forward(float *out, const struct attention_input *in,
                       const struct attention_size *size, float *scratch)
{
    struct job job = {.out = out, .in = in, .size = size};
    run_heads(&job, scratch);
}

void attention_backward(const struct attention_gradients *to, const float *gradient,
                        const struct attention_input *in, const struct attention_size *size,
                        float *scratch)
{
    struct job job = {.to = to, .gradient = gradient, .in = in, .size = size};
    run_heads(&job, scratch);
}

void attention_weights(float *weights, const struct attention_input *in,
                       const struct attention_size *size, size_t span, size_t number,
                       float *scratch)
{
    struct head head = head_at(in, size, span, number);
    struct head_scratch parts = divide(scratch, head.keys, head.columns);
    small_transpose(parts.keys_t, head.key, in->key_stride, head.keys, head.columns);
    for (size_t first = 0; first < head.queries; first += QUERY_ROWS) {
        size_t rows = chunk_rows(&head, first);
        weigh(&head, in, &parts, first, rows);
        for (size_t row = 0; row < rows; row++)
            memcpy(weights + (first + row) * head.keys, parts.scores + row * head.keys_stride,
                   head.keys * sizeof *weights);
    }
}

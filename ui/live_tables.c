#include "ui/live_tables.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "base/text.h"
#include "run/folder.h"
#include "ui/live_rows.h"

/* A table whose record has grown is made anew after this many times the processor time that making
 * it took last, and after at least so many seconds. A busy machine makes it take longer and cost
 * no more, so waiting counts for nothing. */
static const double rest_factor = 50, least_rest = 0.5;

struct request {
    struct live_question question;
    char folder[FILE_PATH_SIZE];
    uint64_t recorded; /* of the snapshot */
};

/* A table, shared by the worker and the answers drawn from it. */
struct made {
    int users; /* under the lock */
    struct request request;
    bool good; /* otherwise there is an error and no table */
    struct table table;
    struct error error;
};

struct answer {
    struct live_answer shown; /* first: what the views see */
    struct made *made;
    uint32_t *rows;
};

struct live_tables {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t asked;
    /* Under the lock. */
    bool leaving, wanting;
    struct request wanted;
    struct answer *fresh; /* not taken yet */
    /* The main thread's. */
    struct answer *taken;
    /* The worker's. */
    struct made *made;
    struct live_question answered;
    bool has_answered; /* `answered`, from `made` */
    uint64_t answers;
    double rest_until;
};

static double seconds_of(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double now(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

static bool same_question(const struct live_question *a, const struct live_question *b)
{
    return a->table == b->table && a->groups == b->groups && a->sort == b->sort &&
           a->descending == b->descending && !strcmp(a->filter, b->filter);
}

static bool same_table(const struct request *a, const struct request *b)
{
    return a->question.table == b->question.table && a->question.groups == b->question.groups &&
           !strcmp(a->folder, b->folder);
}

/* ---- The worker ---- */

static bool make_table(struct made *made)
{
    size_t count;
    const struct live_question *question = &made->request.question;
    const struct run_table *kind = &run_tables(&count)[question->table];
    struct run_folder run;
    if (!made->request.folder[0])
        return error_set(&made->error, ERROR_DATA, "the run has no record yet");
    if (!run_folder_open(&run, made->request.folder, &made->error))
        return false;
    struct store *store = store_open(run.store, STORE_READ, &made->error);
    bool good = store && run_table_make(&made->table, kind, store, question->groups, &made->error);
    store_close(store);
    return good;
}

static struct made *made_new(const struct request *request)
{
    struct error error;
    struct made *made = memory_new(1, sizeof *made, &error);
    if (!made)
        return NULL;
    made->users = 1;
    made->request = *request;
    made->good = make_table(made);
    return made;
}

/* Under the lock. */
static void made_drop(struct made *made)
{
    if (!made || --made->users > 0)
        return;
    if (made->good)
        table_release(&made->table);
    free(made);
}

static void answer_free(struct answer *answer)
{
    if (!answer)
        return;
    made_drop(answer->made);
    free(answer->rows);
    free(answer);
}

static struct answer *answer_new(struct made *made, const struct live_question *question)
{
    struct answer *answer = memory_new(1, sizeof *answer, NULL);
    if (!answer)
        return NULL;
    answer->made = made;
    answer->shown.question = *question;
    answer->shown.error = made->error;
    if (made->good)
        answer->rows =
            live_rows(&made->table, question, &answer->shown.count, &answer->shown.error);
    answer->shown.rows = answer->rows;
    answer->shown.table = answer->rows ? &made->table : NULL;
    return answer;
}

/* What is to be done for a request. */
enum work { WORK_NONE, WORK_REST, WORK_SELECT, WORK_MAKE };

static enum work work_for(const struct live_tables *tables, const struct request *request)
{
    if (!tables->made || !same_table(request, &tables->made->request))
        return WORK_MAKE;
    bool old = request->recorded != tables->made->request.recorded;
    if (old && now() >= tables->rest_until)
        return WORK_MAKE;
    if (!tables->has_answered || !same_question(&request->question, &tables->answered))
        return WORK_SELECT;
    return old ? WORK_REST : WORK_NONE;
}

/* Waits for a question, or for the end of the rest. */
static void wait_for_work(struct live_tables *tables, enum work work)
{
    double until = tables->rest_until;
    struct timespec time = {(time_t)until, (long)(1e9 * (until - floor(until)))};
    if (work == WORK_REST)
        pthread_cond_timedwait(&tables->asked, &tables->lock, &time);
    else
        pthread_cond_wait(&tables->asked, &tables->lock);
}

/* Called and returns with the lock held; false: out of memory. */
static bool do_work(struct live_tables *tables, enum work work, const struct request *request)
{
    struct made *made = tables->made, *old = NULL;
    pthread_mutex_unlock(&tables->lock);
    if (work == WORK_MAKE) {
        double start = seconds_of(CLOCK_THREAD_CPUTIME_ID);
        old = made;
        made = made_new(request);
        double cost = seconds_of(CLOCK_THREAD_CPUTIME_ID) - start;
        tables->rest_until = now() + fmax(least_rest, rest_factor * cost);
    }
    struct answer *answer = made ? answer_new(made, &request->question) : NULL;
    pthread_mutex_lock(&tables->lock);
    made_drop(old);
    tables->made = made;
    tables->answered = request->question;
    tables->has_answered = answer;
    if (!answer)
        return false;
    made->users++;
    answer->shown.number = ++tables->answers;
    answer_free(tables->fresh);
    tables->fresh = answer;
    return true;
}

static void *answer_questions(void *context)
{
    struct live_tables *tables = context;
    bool good = true;
    pthread_mutex_lock(&tables->lock);
    while (good && !tables->leaving) {
        struct request request = tables->wanted;
        enum work work = tables->wanting ? work_for(tables, &request) : WORK_NONE;
        if (work == WORK_NONE || work == WORK_REST)
            wait_for_work(tables, work);
        else
            good = do_work(tables, work, &request);
    }
    pthread_mutex_unlock(&tables->lock);
    return NULL;
}

/* ---- The main thread ---- */

struct live_tables *live_tables_new(struct error *error)
{
    struct live_tables *tables = memory_new(1, sizeof *tables, error);
    if (!tables)
        return NULL;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&tables->lock, NULL);
    pthread_cond_init(&tables->asked, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&tables->thread, NULL, answer_questions, tables) == 0)
        return tables;
    error_set(error, ERROR_SYSTEM, "no more threads");
    pthread_cond_destroy(&tables->asked);
    pthread_mutex_destroy(&tables->lock);
    free(tables);
    return NULL;
}

void live_tables_free(struct live_tables *tables)
{
    if (!tables)
        return;
    pthread_mutex_lock(&tables->lock);
    tables->leaving = true;
    pthread_cond_signal(&tables->asked);
    pthread_mutex_unlock(&tables->lock);
    pthread_join(tables->thread, NULL);
    answer_free(tables->fresh);
    answer_free(tables->taken);
    made_drop(tables->made);
    pthread_cond_destroy(&tables->asked);
    pthread_mutex_destroy(&tables->lock);
    free(tables);
}

/* Under the lock. */
static void want(struct live_tables *tables, const struct snapshot *snapshot,
                 const struct live_question *question)
{
    struct request *wanted = &tables->wanted;
    bool same = tables->wanting && same_question(question, &wanted->question) &&
                snapshot->recorded == wanted->recorded && !strcmp(snapshot->folder, wanted->folder);
    if (same)
        return;
    wanted->question = *question;
    wanted->recorded = snapshot->recorded;
    text_copy(wanted->folder, sizeof wanted->folder, snapshot->folder);
    tables->wanting = true;
    pthread_cond_signal(&tables->asked);
}

const struct live_answer *live_tables_ask(struct live_tables *tables,
                                          const struct snapshot *snapshot,
                                          const struct live_question *question)
{
    pthread_mutex_lock(&tables->lock);
    want(tables, snapshot, question);
    if (tables->fresh) {
        answer_free(tables->taken);
        tables->taken = tables->fresh;
        tables->fresh = NULL;
    }
    pthread_mutex_unlock(&tables->lock);
    return tables->taken ? &tables->taken->shown : NULL;
}

bool live_tables_news(struct live_tables *tables)
{
    pthread_mutex_lock(&tables->lock);
    bool news = tables->fresh;
    pthread_mutex_unlock(&tables->lock);
    return news;
}

bool live_tables_busy(struct live_tables *tables)
{
    pthread_mutex_lock(&tables->lock);
    const struct answer *newest = tables->fresh ? tables->fresh : tables->taken;
    bool busy = tables->wanting &&
                (!newest || !same_question(&newest->shown.question, &tables->wanted.question));
    pthread_mutex_unlock(&tables->lock);
    return busy;
}

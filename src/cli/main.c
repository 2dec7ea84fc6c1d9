/* maskscope: the program. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <unistd.h>

#include <config.h>

#include "base/file.h"
#include "cli/commands.h"
#include "nn/gemm.h"
#include "nn/product.h"

/* Settings that libraries read as they are loaded; what the user has set stands, but for
 * OpenBLAS's threads.
 *
 * OpenBLAS older than the processor takes kernels of half its speed unless the better ones are
 * named. Its own threads are not used (nn/gemm.h) and must not even start: one that finds no memory
 * for its buffer asks for ever, and the program's end waits for it. OpenMP's threads by default
 * spin for milliseconds when a loop ends, which on a machine with other work to do (our own loader
 * threads, to begin with) takes the processor from whoever could use it: a short spin covers the
 * gap between two loops of a step, and then they sleep. */
static bool choose_library_settings(void)
{
    bool changed = false;
    const char *better = gemm_better_core();
    if (better && !getenv("OPENBLAS_CORETYPE"))
        changed = setenv("OPENBLAS_CORETYPE", better, 1) == 0;
    const char *blas_threads = getenv("OPENBLAS_NUM_THREADS");
    if (!blas_threads || strcmp(blas_threads, "1"))
        changed = setenv("OPENBLAS_NUM_THREADS", "1", 1) == 0 || changed;
#ifdef _OPENMP
    if (!getenv("OMP_WAIT_POLICY") && !getenv("GOMP_SPINCOUNT"))
        changed = setenv("GOMP_SPINCOUNT", "1000", 1) == 0 || changed;
#endif
    return changed;
}

static int report(const struct error *error)
{
    fprintf(stderr, "maskscope: %s\n", error->message);
    return error->code;
}

/* The command's row, and where its own arguments begin (argv[first] is its name). Without a
 * command, or with a file in its place: run. */
static const struct cli_command *choose_command(int argc, char **argv, int *first,
                                                struct error *error)
{
    *first = 1;
    struct error unknown;
    const struct cli_command *command =
        argc > 1 && argv[1][0] != '-' ? cli_find(argv[1], &unknown) : NULL;
    if (command)
        return command;
    *first = 0;
    if (argc == 1 || argv[1][0] == '-' || file_exists(argv[1]))
        return &command_run;
    *error = unknown;
    return NULL;
}

static void show_warnings(const struct cli *cli)
{
    struct log_line line;
    for (uint64_t seen = cli->log_shown; log_read(cli->log, seen, &line, 1) == 1;
         seen = line.number)
        if (line.level == LOG_WARNING) /* an error ends the command, and is reported then */
            fprintf(stderr, "%s: %s\n", log_level_name(line.level), line.text);
}

static int run_command(struct cli *cli)
{
    struct error error = {0};
    cli->log = log_new(&error);
    if (!cli->log)
        return report(&error);
    log_set_level(cli->log, cli_flag(cli, "verbose") ? LOG_DEBUG : LOG_INFO);
    bool good = cli->command->run(cli, &error);
    show_warnings(cli);
    log_free(cli->log);
    if (!good)
        return report(&error);
    bool hung_up = cli->signal == SIGHUP; /* then standard output may well be gone */
    if ((fflush(stdout) != 0 || ferror(stdout)) && !hung_up) {
        error_set_errno(&error, ERROR_IO, "standard output");
        return report(&error);
    }
    return cli->signal ? 128 + cli->signal : 0;
}

/* Started anew as /proc/self/exe, it would be "exe" to ps and top. */
static void take_name(void)
{
#ifdef __linux__
    prctl(PR_SET_NAME, PACKAGE_NAME);
#endif
}

int main(int argc, char **argv)
{
    /* They count from the start, of --version too; if that fails, go on as we are. */
    if (choose_library_settings())
        execv("/proc/self/exe", argv);
    take_name();
    setlocale(LC_CTYPE, ""); /* LC_NUMERIC stays "C" */
    if (argc > 1 &&
        (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))) {
        cli_print_overview();
        return 0;
    }
    if (argc > 1 && !strcmp(argv[1], "--version")) {
        printf("maskscope %s\n", PACKAGE_VERSION);
        return 0;
    }
    struct error error = {0};
    int first;
    if (!product_kernels_check(&error))
        return report(&error);
    struct cli cli = {.command = choose_command(argc, argv, &first, &error)};
    if (!cli.command)
        return report(&error);
    if (!cli_parse(&cli, argc - first, argv + first, &error))
        return error.code == ERROR_NONE ? 0 : report(&error);
    return run_command(&cli);
}

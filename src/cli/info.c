/* maskscope info: what was built, and what it finds here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <config.h>

#include "base/file.h"
#include "base/parallel.h"
#include "cli/commands.h"
#include "nn/gemm.h"
#include "nn/product.h"

static void print_processor(void)
{
    char name[128] = "unknown";
    FILE *file = fopen("/proc/cpuinfo", "re");
    char line[256];
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "model name : %127[^\n]", name) == 1)
            break;
    if (file)
        fclose(file);
    printf("processor     %s, %d cores\n", name, parallel_cores());
}

static void print_terminal(void)
{
    const char *term = getenv("TERM"), *colour = getenv("COLORTERM"),
               *no_color = getenv("NO_COLOR");
    printf("terminal      %s%s%s%s%s\n", term ? term : "none", colour ? ", " : "",
           colour ? colour : "", no_color && *no_color ? ", NO_COLOR" : "",
           isatty(STDOUT_FILENO) ? "" : " (standard output is none)");
    const char *driver = getenv("SDL_VIDEODRIVER"), *x11 = getenv("DISPLAY"),
               *wayland = getenv("WAYLAND_DISPLAY");
    printf("display       %s%s\n",
           x11       ? x11
           : wayland ? wayland
                     : "none",
           driver ? " (SDL_VIDEODRIVER is set)" : "");
}

static void print_folders(void)
{
    char path[FILE_PATH_SIZE], file[FILE_PATH_SIZE];
    struct error unused;
    if (file_user_config(path, sizeof path) &&
        file_join(file, sizeof file, path, "config.yaml", &unused))
        printf("user's file   %s%s\n", file, file_exists(file) ? "" : " (none yet)");
    if (file_user_state(path, sizeof path))
        printf("state         %s\n", path);
    printf("data          %s\n", PACKAGE_DATA_DIR);
}

static void print_memory(const struct config *config, const struct mae_shape *shape)
{
    printf("activations   %.0f MB for a step of this configuration (%lld images at a time, %.3g of "
           "their patches visible)\n",
           (double)config_activations(config, shape) / 1e6,
           (long long)(config->train.batch / config->train.accumulate),
           config_visible_share(config));
    printf("data cache    at most %.0f MB of decoded training pictures\n", config->data.cache);
}

static bool info(struct cli *cli, struct error *error)
{
    struct config config;
    struct mae_shape shape;
    const char *path = cli->argument_count > 0 ? cli->arguments[0] : NULL;
    if (!cli_config(cli, path, &config, NULL, error) || !config_check(&config, error) ||
        !config_shape(&config, &shape, error))
        return false;
    parallel_set_threads((int)config.train.threads);
    struct utsname host;
    uname(&host);
    printf("maskscope     %s\n", PACKAGE_VERSION);
    printf("system        %s %s %s\n", host.sysname, host.release, host.machine);
    print_processor();
#ifdef _OPENMP
    printf("threads       OpenMP, %d\n", parallel_threads());
#else
    printf("threads       built without OpenMP: 1 for the compute loops\n");
#endif
    printf("BLAS kernels  OpenBLAS %s\n", gemm_core());
    const struct product_kernels *halves = product_kernels_best(PRODUCT_HALVES);
    printf("products      f32 %s, bf16 %s\n",
           product_kernels_name(product_kernels_best(PRODUCT_FLOATS)),
           halves ? product_kernels_name(halves) : "none on this processor (AVX512_BF16)");
    print_memory(&config, &shape);
    print_terminal();
    print_folders();
    return true;
}

static const struct cli_option options[] = {
    CLI_CONFIG_OPTIONS,
    {.name = NULL},
};

const struct cli_command command_info = {
    .name = "info",
    .arguments = "[CONFIG]",
    .summary = "version, features, processor, terminal, display and folders as seen",
    .examples = "  maskscope info\n"
                "  maskscope info configs/imagenet-base.yaml\n",
    .options = options,
    .least = 0,
    .most = 1,
    .run = info,
};

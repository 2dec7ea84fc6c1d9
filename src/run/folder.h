/* A run's folder: its name, its files, its log. */
#ifndef MASKSCOPE_RUN_FOLDER_H
#define MASKSCOPE_RUN_FOLDER_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "run/config.h"

struct run_folder {
    char path[FILE_PATH_SIZE];
    char config[FILE_PATH_SIZE];      /* config.yaml */
    char store[FILE_PATH_SIZE];       /* run.db */
    char checkpoints[FILE_PATH_SIZE]; /* the folder */
    char images[FILE_PATH_SIZE];      /* the folder */
    char log[FILE_PATH_SIZE];         /* log.txt */
};

/* Fills in the paths of a folder that exists. */
bool run_folder_open(struct run_folder *folder, const char *path, struct error *error);
/* Makes `path`, or where it is null a folder below config->run.folder named after the time, the
 * model and the first arm; "-2", "-3" ... is added while it exists. Writes config.yaml into it.
 * ERROR_CREATE. */
bool run_folder_make(struct run_folder *folder, const char *path, const struct config *config,
                     struct error *error);

/* Removes what a run that could not begin made: files it may hold, and folders that are empty. */
void run_folder_remove(const struct run_folder *folder);

/* Only one process at a time may train a run: the lock lasts until *lock is closed or the process
 * ends in any way. ERROR_INPUT: another one has it. */
bool run_folder_lock(const struct run_folder *folder, int *lock, struct error *error);

/* A log sink that appends lines to log.txt: give it the stream from log_file_open as its context.
 */
FILE *log_file_open(const struct run_folder *folder, struct error *error);
void log_to_file(void *stream, const struct log_line *line);

#endif

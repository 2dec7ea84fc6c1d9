#include "data/class_names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

static const char *const files[] = {"classes.txt", "words.txt", "LOC_synset_mapping.txt"};
static const char gaps[] = "\t ,", blanks[] = "\t ,\r\n";

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, *(char *const *)b);
}

/* Cuts the line in two: returns the name, and ends the folder's name before it. Null: it has none.
 * Folders may have spaces in their names, so a tab counts first. */
static char *split(char *line)
{
    char *gap = strchr(line, '\t');
    if (!gap)
        gap = strpbrk(line, gaps);
    if (!gap)
        return NULL;
    char *name = gap + strspn(gap, gaps), *end = line + strlen(line);
    while (end > name && strchr(blanks, end[-1]))
        *--end = '\0';
    *gap = '\0';
    return *name ? name : NULL;
}

static bool read_lines(FILE *file, char *const *classes, int count, struct arena *arena,
                       char **names, struct error *error)
{
    char *line = NULL;
    size_t size = 0;
    bool good = true;
    while (good && getline(&line, &size, file) > 0) {
        char *name = split(line);
        char *const *class =
            name ? bsearch(line, classes, (size_t)count, sizeof *classes, compare_names) : NULL;
        if (class)
            good = (names[class - classes] = arena_text(arena, name, strlen(name), error));
    }
    free(line);
    return good;
}

bool class_names_read(const char *root, char *const *classes, int count, struct arena *arena,
                      char **names, struct log *log, struct error *error)
{
    for (int i = 0; i < count; i++)
        names[i] = classes[i];
    for (size_t i = 0; count > 0 && i < ARRAY_LENGTH(files); i++) {
        char path[FILE_PATH_SIZE];
        if (!file_join(path, sizeof path, root, files[i], NULL))
            continue;
        FILE *file = fopen(path, "re");
        if (file) {
            bool good = read_lines(file, classes, count, arena, names, error);
            fclose(file);
            return good;
        }
        if (errno != ENOENT)
            log_write(log, LOG_WARNING, "%s: names of the classes: %s", path, strerror(errno));
    }
    return true;
}

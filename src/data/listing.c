#include "data/listing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* Links between folders multiply the ways to an image: few are followed on any one way. */
enum { DEPTH_LIMIT = 32, LINK_LIMIT = 3, PARENT_LIMIT = 64 };

/* jpg, jpeg or png, in any case. */
static bool has_image_suffix(const char *name)
{
    static const char *const suffixes[] = {".jpg", ".jpeg", ".png"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < ARRAY_LENGTH(suffixes); i++)
        if (strcasecmp(dot, suffixes[i]) == 0)
            return true;
    return false;
}

/* A file whose name says nothing may be an image all the same: its first bytes tell. */
static bool begins_as_image(int folder, const char *entry)
{
    static const unsigned char jpeg[] = {0xFF, 0xD8, 0xFF}, png[] = {0x89, 'P', 'N', 'G'};
    unsigned char bytes[sizeof png] = {0};
    int descriptor = openat(folder, entry, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    ssize_t length = read(descriptor, bytes, sizeof bytes);
    close(descriptor);
    return length == (ssize_t)sizeof bytes &&
           (!memcmp(bytes, jpeg, sizeof jpeg) || !memcmp(bytes, png, sizeof png));
}

static bool is_candidate(int folder, const char *entry)
{
    return has_image_suffix(entry) || (!strchr(entry, '.') && begins_as_image(folder, entry));
}

/* FNV-1a over name and size, then mixed (splitmix64's finish) so that hashes can be added up. */
static uint64_t hash_file(const char *name, uint64_t size)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3;
    hash += size * 0x9e3779b97f4a7c15;
    hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9;
    hash = (hash ^ hash >> 27) * 0x94d049bb133111eb;
    return hash ^ hash >> 31;
}

/* A folder being read, and those it lies in up to the root. */
struct level {
    const struct level *above;
    dev_t device;
    ino_t inode;
    int depth, links; /* folders above; links among them */
};

struct walk {
    struct listing *listing;
    const char *root, *except;
    struct log *log;
    struct error *error;
    char name[FILE_PATH_SIZE]; /* of the folder being read, below the root */
};

static bool add_image(struct walk *walk, size_t length, uint64_t size)
{
    struct listing *listing = walk->listing;
    void *images = memory_grow(listing->images, listing->count, &listing->capacity,
                               sizeof *listing->images, walk->error);
    if (!images)
        return false;
    listing->images = images;
    const char *name = arena_text(&listing->arena, walk->name, length, walk->error);
    if (!name)
        return false;
    listing->images[listing->count++] = (struct listing_image){name, hash_file(name, size), -1};
    return true;
}

static bool is_above(const struct level *level, const struct stat *status)
{
    for (; level; level = level->above)
        if (level->device == status->st_dev && level->inode == status->st_ino)
            return true;
    return false;
}

static bool walk_folder(struct walk *walk, int descriptor, size_t length, struct level level);

static void note_unreadable(struct walk *walk)
{
    walk->listing->unreadable++;
    log_write(walk->log, LOG_WARNING, "%s/%s: left out: %s", walk->root, walk->name,
              strerror(errno));
}

/* walk->name holds the entry's whole name, `length` bytes. False only for an error. */
static bool walk_entry(struct walk *walk, int folder, const char *entry, size_t length,
                       const struct level *level)
{
    struct stat status;
    if (fstatat(folder, entry, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return true; /* gone since */
    bool link = S_ISLNK(status.st_mode);
    if (link && fstatat(folder, entry, &status, 0) != 0)
        return true; /* a link to nowhere */
    if (S_ISREG(status.st_mode))
        return !is_candidate(folder, entry) || add_image(walk, length, (uint64_t)status.st_size);
    if (!S_ISDIR(status.st_mode) || is_above(level, &status) || level->depth >= DEPTH_LIMIT ||
        level->links + link > LINK_LIMIT)
        return true;
    if (level->depth == 0 && walk->except && strcmp(entry, walk->except) == 0)
        return true;
    int descriptor = openat(folder, entry, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        note_unreadable(walk);
        return true;
    }
    struct level below = {.above = level, .depth = level->depth + 1, .links = level->links + link};
    return walk_folder(walk, descriptor, length, below);
}

/* Takes over the descriptor, and fills in which folder the level is. */
static bool walk_folder(struct walk *walk, int descriptor, size_t length, struct level level)
{
    struct stat status;
    DIR *folder = fstat(descriptor, &status) == 0 ? fdopendir(descriptor) : NULL;
    if (!folder) {
        note_unreadable(walk);
        close(descriptor);
        return true;
    }
    level.device = status.st_dev;
    level.inode = status.st_ino;
    bool good = true;
    for (struct dirent *entry; good && (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        int added = snprintf(walk->name + length, sizeof walk->name - length, "%s%s",
                             length ? "/" : "", entry->d_name);
        if ((size_t)added < sizeof walk->name - length)
            good = walk_entry(walk, dirfd(folder), entry->d_name, length + (size_t)added, &level);
        walk->name[length] = '\0';
    }
    closedir(folder);
    return good;
}

static int compare_images(const void *a, const void *b)
{
    const struct listing_image *left = a, *right = b;
    return strcmp(left->name, right->name);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The class is the first folder of the name. */
static int find_label(const struct listing *listing, const char *name)
{
    const char *slash = strchr(name, '/');
    if (!slash)
        return -1;
    size_t length = (size_t)(slash - name);
    int low = 0, high = listing->class_count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        const char *class = listing->classes[middle];
        int order = strncmp(class, name, length);
        if (order == 0 && class[length] == '\0')
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

/* The folders that the root lies in, so that no link leads up to them: levels[0] is the nearest.
 * Returns how many there are. */
static int find_parents(int root, struct level levels[PARENT_LIMIT])
{
    int count = 0, descriptor = openat(root, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat status;
    while (descriptor >= 0 && count < PARENT_LIMIT && fstat(descriptor, &status) == 0) {
        bool top = count && levels[count - 1].device == status.st_dev &&
                   levels[count - 1].inode == status.st_ino;
        if (top)
            break;
        levels[count] = (struct level){.device = status.st_dev, .inode = status.st_ino};
        if (count)
            levels[count - 1].above = &levels[count];
        count++;
        int next = openat(descriptor, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        close(descriptor);
        descriptor = next;
    }
    if (descriptor >= 0)
        close(descriptor);
    return count;
}

bool listing_find_images(struct listing *listing, const char *root, const char *except,
                         struct log *log, struct error *error)
{
    int descriptor = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return error_set_errno(error, ERROR_INPUT, "%s", root);
    struct walk walk = {
        .listing = listing, .root = root, .except = except, .log = log, .error = error};
    struct level parents[PARENT_LIMIT];
    struct level level = {.above = find_parents(descriptor, parents) ? parents : NULL};
    if (!walk_folder(&walk, descriptor, 0, level))
        return false;
    if (listing->count)
        qsort(listing->images, listing->count, sizeof *listing->images, compare_images);
    for (size_t i = 0; i < listing->count; i++)
        listing->images[i].label = find_label(listing, listing->images[i].name);
    return true;
}

static bool add_class(struct listing *listing, const char *name, struct error *error)
{
    void *classes = memory_grow(listing->classes, (size_t)listing->class_count,
                                &listing->class_capacity, sizeof *listing->classes, error);
    if (!classes)
        return false;
    listing->classes = classes;
    char *copy = arena_text(&listing->arena, name, strlen(name), error);
    if (copy)
        listing->classes[listing->class_count++] = copy;
    return copy;
}

bool listing_find_classes(struct listing *listing, const char *root, const char *except,
                          struct error *error)
{
    DIR *folder = opendir(root);
    if (!folder)
        return error_set_errno(error, ERROR_INPUT, "%s", root);
    bool good = true;
    for (struct dirent *entry; good && (entry = readdir(folder));) {
        struct stat status;
        if (entry->d_name[0] == '.' || (except && strcmp(entry->d_name, except) == 0) ||
            fstatat(dirfd(folder), entry->d_name, &status, 0) != 0 || !S_ISDIR(status.st_mode))
            continue;
        good = add_class(listing, entry->d_name, error);
    }
    closedir(folder);
    if (listing->class_count)
        qsort(listing->classes, (size_t)listing->class_count, sizeof *listing->classes,
              compare_texts);
    return good;
}

bool listing_refuse_empty(const struct listing *listing, const char *root, struct error *error)
{
    if (listing->unreadable)
        return error_set(
            error, ERROR_DATA,
            "%s: no image in it or its folders, %zu of which cannot be read "
            "(looked for *.jpg, *.jpeg, *.png, and JPEG or PNG files without a suffix)",
            root, listing->unreadable);
    return error_set(error, ERROR_DATA,
                     "%s: no image in it or its folders (looked for *.jpg, *.jpeg, *.png, and JPEG "
                     "or PNG files without a suffix)",
                     root);
}

void listing_release(struct listing *listing)
{
    free(listing->images);
    free(listing->classes);
    arena_release(&listing->arena);
    *listing = (struct listing){0};
}

#include "base/node.h"

#include <ctype.h>
#include <string.h>
#include <yaml.h>

#include "base/file.h"

/* A map's keys are compared with one another, so their number is limited. */
enum { DEPTH_LIMIT = 16, KEY_LIMIT = 1024, FILE_LIMIT = 1 << 20 };

struct reader {
    yaml_parser_t parser;
    const char *bytes;
    const char *file;
    struct arena *arena;
    struct error *error;
};

static bool fail(struct reader *reader, int line, const char *message)
{
    return error_set(reader->error, ERROR_DATA, "%s:%d: %s", reader->file, line, message);
}

/* The parser gives a mark for what it cannot parse, but only an offset for what it cannot decode.
 */
static int problem_line(const struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    if (parser->error != YAML_READER_ERROR)
        return (int)parser->problem_mark.line + 1;
    int line = 1;
    for (size_t i = 0; i < parser->problem_offset; i++)
        line += reader->bytes[i] == '\n';
    return line;
}

static bool next_event(struct reader *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(&reader->parser, event))
        return true;
    if (reader->parser.error == YAML_MEMORY_ERROR)
        return error_set(reader->error, ERROR_SYSTEM, "%s: out of memory", reader->file);
    const char *problem = reader->parser.problem ? reader->parser.problem : "not YAML";
    return fail(reader, problem_line(reader), problem);
}

static struct node *read_node(struct reader *reader, yaml_event_t *event, int depth);

static struct node *new_node(struct reader *reader, enum node_kind kind, int line)
{
    struct node *node = arena_alloc(reader->arena, 1, sizeof *node, reader->error);
    if (node) {
        node->kind = kind;
        node->line = line;
    }
    return node;
}

/* Reads a key; null if there cannot be such a key in the map. */
static const char *read_key(struct reader *reader, const struct node *map, yaml_event_t *event,
                            int depth)
{
    const struct node *name = read_node(reader, event, depth);
    if (!name)
        return NULL;
    if (name->kind != NODE_SCALAR)
        fail(reader, name->line, "a key must be a plain word");
    else if (!strcmp(name->text, "<<"))
        fail(reader, name->line, "merge keys (<<) are not supported");
    else if (map->count == KEY_LIMIT)
        fail(reader, name->line, "too many keys");
    else if (node_child(map, name->text))
        error_set(reader->error, ERROR_DATA, "%s:%d: '%s' is given twice", reader->file, name->line,
                  name->text);
    else
        return name->text;
    return NULL;
}

/* Reads the children up to the event that closes the collection. In a map, keys and values
 * alternate. */
static bool read_children(struct reader *reader, struct node *parent, yaml_event_type_t end,
                          int depth)
{
    struct node **link = &parent->children;
    for (;;) {
        yaml_event_t event;
        if (!next_event(reader, &event))
            return false;
        if (event.type == end) {
            yaml_event_delete(&event);
            return true;
        }
        const char *key = NULL;
        if (parent->kind == NODE_MAP) {
            key = read_key(reader, parent, &event, depth + 1);
            if (!key || !next_event(reader, &event))
                return false;
        }
        struct node *child = read_node(reader, &event, depth + 1);
        if (!child)
            return false;
        child->key = key;
        *link = child;
        link = &child->next;
        parent->count++;
    }
}

static struct node *read_scalar(struct reader *reader, const yaml_event_t *event, int line)
{
    const char *value = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    if (strlen(value) != length) {
        fail(reader, line, "a zero byte in a value");
        return NULL;
    }
    struct node *node = new_node(reader, NODE_SCALAR, line);
    if (node)
        node->text = arena_text(reader->arena, value, length, reader->error);
    return node && node->text ? node : NULL;
}

static struct node *read_collection(struct reader *reader, enum node_kind kind,
                                    yaml_event_type_t end, int line, int depth)
{
    struct node *node = new_node(reader, kind, line);
    return node && read_children(reader, node, end, depth) ? node : NULL;
}

static bool has_tag(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.tag;
    default:
        return false;
    }
}

/* Consumes the event. */
static struct node *read_node(struct reader *reader, yaml_event_t *event, int depth)
{
    int line = (int)event->start_mark.line + 1;
    struct node *node = NULL;
    if (depth > DEPTH_LIMIT)
        fail(reader, line, "nested too deeply");
    else if (has_tag(event))
        fail(reader, line, "tags (!name) are not supported");
    else if (event->type == YAML_SCALAR_EVENT)
        node = read_scalar(reader, event, line);
    else if (event->type == YAML_SEQUENCE_START_EVENT)
        node = read_collection(reader, NODE_LIST, YAML_SEQUENCE_END_EVENT, line, depth);
    else if (event->type == YAML_MAPPING_START_EVENT)
        node = read_collection(reader, NODE_MAP, YAML_MAPPING_END_EVENT, line, depth);
    else if (event->type == YAML_ALIAS_EVENT)
        fail(reader, line, "aliases (*name) are not supported");
    else
        fail(reader, line, "a value is missing");
    yaml_event_delete(event);
    return node;
}

/* STREAM-START (DOCUMENT-START node DOCUMENT-END)? STREAM-END */
static struct node *read_stream(struct reader *reader)
{
    yaml_event_t event;
    struct node *root = NULL;
    for (;;) {
        if (!next_event(reader, &event))
            return NULL;
        yaml_event_type_t type = event.type;
        int line = (int)event.start_mark.line + 1;
        if (type == YAML_STREAM_END_EVENT) {
            yaml_event_delete(&event);
            return root ? root : new_node(reader, NODE_MAP, 1);
        }
        if (type == YAML_DOCUMENT_START_EVENT && root) {
            yaml_event_delete(&event);
            fail(reader, line, "more than one document");
            return NULL;
        }
        if (type == YAML_STREAM_START_EVENT || type == YAML_DOCUMENT_START_EVENT ||
            type == YAML_DOCUMENT_END_EVENT) {
            yaml_event_delete(&event);
            continue;
        }
        root = read_node(reader, &event, 0);
        if (!root)
            return NULL;
    }
}

struct node *node_read_yaml(const char *bytes, size_t length, const char *file, struct arena *arena,
                            struct error *error)
{
    struct reader reader = {.bytes = bytes, .file = file, .arena = arena, .error = error};
    if (!yaml_parser_initialize(&reader.parser)) {
        error_set(error, ERROR_SYSTEM, "out of memory");
        return NULL;
    }
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)bytes, length);
    struct node *root = read_stream(&reader);
    yaml_parser_delete(&reader.parser);
    return root;
}

struct node *node_read_yaml_file(const char *path, struct arena *arena, struct error *error)
{
    struct text text = {0};
    struct node *root = NULL;
    if (file_read(path, FILE_LIMIT, &text, error))
        root = node_read_yaml(text_of(&text), text.length, path, arena, error);
    text_release(&text);
    return root;
}

/* Appends {HEAD: NAME, KEY: VALUE, ...} for NAME:KEY=VALUE,... A value may itself be YAML flow:
 * brackets, braces and double quotes shelter commas. */
static void write_long_form(struct text *flow, const char *text, const char *head)
{
    const char *colon = strchr(text, ':');
    text_append(flow, "{%s: %.*s, ", head, (int)(colon - text), text);
    int depth = 0;
    bool in_key = true, quoted = false;
    for (const char *at = colon + 1; *at; at++) {
        if (quoted && *at == '\\' && at[1]) {
            text_append_bytes(flow, at++, 2);
            continue;
        }
        quoted ^= *at == '"';
        if (quoted) {
            text_append_bytes(flow, at, 1);
            continue;
        }
        depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
        if (depth == 0 && in_key && *at == '=') {
            text_append(flow, ": ");
            in_key = false;
        } else if (depth == 0 && *at == ',') {
            text_append(flow, ", ");
            in_key = true;
        } else {
            text_append_bytes(flow, at, 1);
        }
    }
    text_append(flow, "}");
}

/* What was typed has no line that would help to find it. */
static void forget_lines(struct node *node)
{
    node->line = 0;
    for (struct node *child = node->children; child; child = child->next)
        forget_lines(child);
}

struct node *node_read_short(const char *text, const char *head, struct arena *arena,
                             struct error *error)
{
    const char *colon = strchr(text, ':');
    bool is_short = colon && text[0] != '{' && text[0] != '[' && !isspace((unsigned char)colon[1]);
    struct text flow = {0};
    if (is_short)
        write_long_form(&flow, text, head);
    else
        text_append(&flow, "%s", text);
    struct error reason;
    struct node *node = text_is_whole(&flow, &reason)
                            ? node_read_yaml(text_of(&flow), flow.length, "", arena, &reason)
                            : NULL;
    text_release(&flow);
    if (node)
        forget_lines(node);
    else if (reason.code == ERROR_DATA)
        error_set(error, ERROR_DATA, "'%s' is neither NAME:KEY=VALUE,... nor {KEY: VALUE, ...}",
                  text);
    else
        error_set(error, reason.code, "%s", reason.message);
    return node;
}

const struct node *node_child(const struct node *map, const char *key)
{
    if (map->kind != NODE_MAP)
        return NULL;
    for (const struct node *child = map->children; child; child = child->next)
        if (!strcmp(child->key, key))
            return child;
    return NULL;
}

const char *node_child_text(const struct node *map, const char *key)
{
    const struct node *child = node_child(map, key);
    return child && child->kind == NODE_SCALAR ? child->text : NULL;
}

bool node_scalar_is_plain(const char *scalar)
{
    if (!*scalar)
        return false;
    for (const char *at = scalar; *at; at++)
        if (!isalnum((unsigned char)*at) && !strchr("_-./+", *at))
            return false;
    if (scalar[0] == '-') /* not the mark of a list item or of a document */
        return isdigit((unsigned char)scalar[1]) || scalar[1] == '.';
    return strncmp(scalar, "...", 3) != 0;
}

/* The code point at `at` if YAML lets it stand in quotes only as an escape (controls and line
 * breaks), else -1; *length is set to the bytes it takes. */
static int escaped_character(const char *at, size_t *length)
{
    const unsigned char *bytes = (const unsigned char *)at;
    *length = 1;
    if (bytes[0] < 0x20 || bytes[0] == 0x7F)
        return bytes[0];
    if (bytes[0] == 0xC2 && bytes[1] >= 0x80 && bytes[1] < 0xA0) {
        *length = 2;
        return bytes[1];
    }
    if (bytes[0] == 0xE2 && bytes[1] == 0x80 && (bytes[2] == 0xA8 || bytes[2] == 0xA9)) {
        *length = 3;
        return 0x2000 | (bytes[2] & 0x3F);
    }
    return -1;
}

void node_write_scalar(const char *scalar, struct text *text)
{
    if (node_scalar_is_plain(scalar)) {
        text_append(text, "%s", scalar);
        return;
    }
    text_append(text, "\"");
    size_t length;
    for (const char *at = scalar; *at; at += length) {
        int escaped = escaped_character(at, &length);
        if (escaped >= 0)
            text_append(text, "\\u%04x", (unsigned)escaped);
        else if (*at == '"' || *at == '\\')
            text_append(text, "\\%c", *at);
        else
            text_append_bytes(text, at, 1);
    }
    text_append(text, "\"");
}

void node_write_flow(const struct node *node, struct text *text)
{
    if (node->kind == NODE_SCALAR) {
        node_write_scalar(node->text, text);
        return;
    }
    bool map = node->kind == NODE_MAP;
    text_append(text, map ? "{" : "[");
    for (const struct node *child = node->children; child; child = child->next) {
        if (map) {
            node_write_scalar(child->key, text);
            text_append(text, ": ");
        }
        node_write_flow(child, text);
        if (child->next)
            text_append(text, ", ");
    }
    text_append(text, map ? "}" : "]");
}

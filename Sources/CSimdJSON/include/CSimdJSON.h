// Finds the records of JSON log files and their requested fields, on simdjson's structural index.

#ifndef PARAPET_CSIMDJSON_H
#define PARAPET_CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Which fields are wanted, and which records are worth a look at all. Made once, then shared by all readers.
typedef struct json_plan json_plan;

typedef enum {
    JSON_TEST_EQUALS = 0,
    JSON_TEST_PREFIX = 1,
    JSON_TEST_SUFFIX = 2,
    JSON_TEST_CONTAINS = 3,
    // The field is there, whatever it has.
    JSON_TEST_EXISTS = 4,
} json_test;

json_plan *json_plan_new(void);
void json_plan_free(json_plan *plan);
// Wants the field at this path, names with dots between or within them; it leads also through texts that are JSON
// themselves. The first call makes field 0, and so on.
void json_plan_field(json_plan *plan, const char *path, size_t length);
// Lets records through whose field at this path passes the test; with several calls one is enough. Before the first
// call all records pass. The value is compared without regard to the case of ASCII letters, and is in lower case.
void json_plan_filter(
    json_plan *plan, const char *path, size_t path_length, json_test test, const uint8_t *value, size_t length);
// From now on no record passes unless a filter lets it through.
void json_plan_close(json_plan *plan);
// Lets records through that pass none of the other filters, but one of these: light records. Of them just the members
// are read that can hold a light field.
void json_plan_light_filter(
    json_plan *plan, const char *path, size_t path_length, json_test test, const uint8_t *value, size_t length);
// Lets all records through that pass none of the other filters, as light ones.
void json_plan_light_all(json_plan *plan);
// Reads the field at this path, which json_plan_field wants, also of light records. All fields are wanted before.
void json_plan_light_field(json_plan *plan, const char *path, size_t length);

typedef enum {
    JSON_ABSENT = 0,
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_TEXT,
    JSON_OBJECT,
    // The values are those that `next` leads to.
    JSON_LIST,
} json_kind;

// The value of a field. The bytes are valid until the reader advances.
typedef struct {
    const uint8_t *bytes;
    // In bytes.
    uint32_t length;
    // The place of the next value of the same list in the reader's values; 0 for none.
    uint32_t next;
    // The place of an object in the structural index.
    uint32_t first;
    uint32_t last;
    // In which index: 0 for the record's, else that of a text in it that is JSON itself.
    uint32_t source;
    json_kind kind;
} json_value;

typedef enum {
    JSON_DAMAGE_CUT = 0,
    JSON_DAMAGE_BROKEN = 1,
    JSON_DAMAGE_NO_JSON = 2,
} json_damage_reason;

typedef struct {
    // From the beginning of the buffer, in bytes.
    uint64_t offset;
    json_damage_reason reason;
} json_damage;

enum { JSON_DAMAGES_KEPT = 4 };

typedef struct {
    // Records found, with those that no filter let through.
    uint64_t records;
    uint64_t rejected;
    // Places where something was lost.
    uint64_t damaged;
    // Records read after bytes that JSON does not allow (invalid UTF-8, control characters) were replaced.
    uint64_t repaired;
    // Objects that have none of the names by which records are known; they are among the records all the same.
    uint64_t foreign;
    // The first of the damages.
    json_damage damages[JSON_DAMAGES_KEPT];
} json_account;

// Goes through one buffer after the other; one thread uses it at a time.
typedef struct json_reader json_reader;

json_reader *json_reader_new(const json_plan *plan);
void json_reader_free(json_reader *reader);
// A file may come in several buffers, which begin and end between two records; then `isWhole` is false. `inRows` is
// true if the buffer starts inside a CloudTrail Lake result array, as json_cut reports.
void json_reader_begin(json_reader *reader, const uint8_t *bytes, size_t length, bool isWhole, bool inRows);
// Goes to the next record that passes the filters; false at the end.
bool json_reader_next(json_reader *reader);
// Of the buffer, as far as it was read.
const json_account *json_reader_account(const json_reader *reader);

// Whether it has one of the names by which records are known.
bool json_reader_is_record(const json_reader *reader);
// Whether only members are read that can hold a light field.
bool json_reader_is_light(const json_reader *reader);
// The current record's fields by their number, and behind them the elements of their lists.
const json_value *json_reader_values(const json_reader *reader);
// The current record's text.
const uint8_t *json_reader_record(const json_reader *reader, size_t *length);
// All strings, numbers and booleans in an object of the record, or in the record itself where `object` is null; valid
// until the next call.
const json_value *json_reader_leaves(json_reader *reader, const json_value *object, size_t *count);
// An object of the record as JSON without spaces and with no escapes but those that JSON demands.
const uint8_t *json_reader_compact(json_reader *reader, const json_value *object, size_t *length);

// Follows the nesting of a JSON text that comes in parts, to find where it can be cut between two records.
typedef struct {
    uint64_t depth;
    // How many brackets enclose each record of the current array; 0 outside of one.
    uint64_t base;
    // The last string at the top level of an object, as far as there is room: the name of the brackets behind it.
    uint8_t name[16];
    uint8_t name_length;
    bool in_string;
    bool escaped;
    bool in_rows;
    // The value of in_rows at the end of the last record.
    bool ended_in_rows;
} json_cut;

// Reads on, and returns how many of these bytes end with a record; 0 where none ends in them.
size_t json_cut_after(json_cut *cut, const uint8_t *bytes, size_t length);

#ifdef __cplusplus
}
#endif

#endif

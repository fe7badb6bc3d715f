// Feeds the reader of CloudTrail's records with anything. The first byte chooses how; the rest is the file.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "CSimdJSON.h"

namespace {

struct Plans {
    json_plan *all = json_plan_new();
    json_plan *filtered = json_plan_new();

    Plans() {
        for (json_plan *plan : {all, filtered})
            for (const char *path : {"eventName", "userIdentity.type", "a", "a.b", "a.b.c", "requestParameters"})
                json_plan_field(plan, path, std::strlen(path));
        auto filter = [&](const char *path, json_test test, const char *value) {
            json_plan_filter(filtered, path, std::strlen(path), test, reinterpret_cast<const uint8_t *>(value), std::strlen(value));
        };
        filter("eventName", JSON_TEST_EQUALS, "stop");
        filter("a.b", JSON_TEST_CONTAINS, "q");
        filter("userIdentity.type", JSON_TEST_EXISTS, "");
    }
};

struct Result {
    std::multiset<std::string> matching;
    json_account account;
};

void check(bool holds, const char *what) {
    if (holds) return;
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

// Reads every byte, so that the sanitizers see what does not belong there.
std::string text(const json_value &value) {
    return std::string(reinterpret_cast<const char *>(value.bytes), value.length);
}

bool has_letters_of(const std::string &value, const char *wanted) {
    std::string lower;
    for (char letter : value) lower += char(letter >= 'A' && letter <= 'Z' ? letter + 32 : letter);
    return lower == wanted;
}

void use(json_reader *reader, const json_value &value) {
    const json_value *values = json_reader_values(reader);
    size_t count = 0;
    if (value.kind == JSON_LIST) {
        for (uint32_t next = value.next; next; next = values[next].next) use(reader, values[next]);
    } else if (value.kind == JSON_OBJECT) {
        size_t length = 0;
        const uint8_t *compact = json_reader_compact(reader, &value, &length);
        check(length > 0 && compact[0] == '{' && compact[length - 1] == '}', "an object's text is no object");
        const json_value *leaves = json_reader_leaves(reader, &value, &count);
        for (size_t leaf = 0; leaf < count; leaf++) text(leaves[leaf]);
    } else {
        text(value);
    }
}

Result read(const json_plan *plan, const uint8_t *bytes, size_t length, bool isWhole, bool inRows) {
    Result result;
    json_reader *reader = json_reader_new(plan);
    json_reader_begin(reader, bytes, length, isWhole, inRows);
    uint64_t handedOut = 0;
    while (json_reader_next(reader)) {
        handedOut++;
        size_t size = 0;
        const uint8_t *record = json_reader_record(reader, &size);
        check(size >= 2 && (record[0] == '{' || record[0] == '['), "a record does not begin as one");
        for (int field = 0; field < 6; field++) use(reader, json_reader_values(reader)[field]);
        const json_value name = json_reader_values(reader)[0];
        if (name.kind == JSON_TEXT && has_letters_of(text(name), "stop")) result.matching.insert(text(name));
        size_t count = 0;
        json_reader_leaves(reader, nullptr, &count);
    }
    result.account = *json_reader_account(reader);
    check(handedOut + result.account.rejected == result.account.records, "the records do not add up");
    json_reader_free(reader);
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static Plans plans;
    if (size == 0) return 0;
    bool isWhole = data[0] & 1;
    size_t copies = data[0] & 2 ? 8 : 1;
    bool inRows = data[0] & 4;
    // Of exactly its size, so that reading beyond its end is seen; repeated, so that it has many records.
    size_t length = (size - 1) * copies;
    std::unique_ptr<uint8_t[]> bytes(new uint8_t[length ? length : 1]);
    for (size_t copy = 0; copy < copies; copy++) std::memcpy(bytes.get() + copy * (size - 1), data + 1, size - 1);
    Result all = read(plans.all, bytes.get(), length, isWhole, inRows);
    Result filtered = read(plans.filtered, bytes.get(), length, isWhole, inRows);
    if (all.account.damaged == 0 && filtered.account.damaged == 0) {
        check(all.account.records == filtered.account.records, "a filter changes how many records there are");
        check(all.matching == filtered.matching, "a filter hides a match");
    }
    // Cut between records wherever it can be, it holds the same ones.
    uint64_t cutRecords = 0, cutDamages = 0;
    json_cut cut = {};
    cut.in_rows = cut.ended_in_rows = inRows;
    size_t chunk = 1 + size_t(data[0] >> 3) * 7, start = 0;
    for (size_t at = 0; at < length; at += chunk) {
        size_t size = length - at < chunk ? length - at : chunk;
        bool startsInRows = cut.ended_in_rows;
        size_t end = json_cut_after(&cut, bytes.get() + at, size);
        check(end <= size, "a cut is beyond the end");
        if (end == 0) continue;
        size_t ended = at + end;
        Result part = read(plans.all, bytes.get() + start, ended - start, false, startsInRows);
        cutRecords += part.account.records;
        cutDamages += part.account.damaged;
        start = ended;
    }
    Result rest = read(plans.all, bytes.get() + start, length - start, false, cut.ended_in_rows);
    cutRecords += rest.account.records;
    cutDamages += rest.account.damaged;
    if (isWhole && !inRows && all.account.damaged + all.account.repaired == 0) {
        check(cutDamages == 0, "a cut does damage");
        check(cutRecords == all.account.records, "a cut changes how many records there are");
    }
    return 0;
}

#ifndef PARAPET_READER_HPP
#define PARAPET_READER_HPP

#include <string>
#include <vector>

#include "index.hpp"
#include "walk.hpp"

// Goes through a buffer in slices that fit into the processor's cache. A slice that cannot be indexed, or in which
// something is broken, is gone through record by record from there on.
struct json_reader {
    explicit json_reader(const json_plan &plan) : plan(plan), walk(plan) {}

    // - isWhole: the file begins and ends with the buffer.
    // - inRows: it begins among the rows of a query's result.
    void begin(const uint8_t *bytes, size_t length, bool isWhole, bool inRows);
    bool next();

    const json_plan &plan;
    parapet::Walk walk;
    json_account account = {};
    // The record: in which index, and from where to where.
    const parapet::Index *index = nullptr;
    uint32_t first = 0;
    uint32_t last = 0;
    // False for an object that has none of the names by which records are known.
    bool isRecord = false;
    // Whether only its light fields are read.
    bool isLight = false;
    std::vector<json_value> leaves;
    std::string compact;
    parapet::Arena arena;

private:
    enum class Outcome { emitted, rejected, ignored, container, cut, broken };

    // The index entry at `place`, and its end.
    Outcome object(const parapet::Index &index, uint32_t place, uint32_t &after, int nesting = 0);
    Outcome envelope(const parapet::Index &index, uint32_t place, int nesting, bool &isText);
    Outcome unread();
    Outcome row(const parapet::Index &index, uint32_t place, uint32_t &after);
    // True if the record is to be handed out.
    bool take(Outcome outcome);

    void next_slice();
    // Counts the record from `place` to `after` if it is not as it stood in the file.
    void note_repair(uint32_t place, uint32_t after);
    bool next_in_slice();
    bool next_slowly();
    bool enter_member(uint32_t &place);
    bool goes_on(uint32_t place) const;
    // Starts a new slice at `place`, since this one ends within what begins there.
    void slice_again(uint32_t place);
    // Goes on record by record from the byte at `place`.
    void slow_down(uint32_t place);

    size_t container_at(size_t from) const;
    // In the slow way: the record of the bytes from `position` to `to`.
    Outcome alone(size_t to);
    // Whether a record of the bytes `from..<to` has swallowed those that should follow it: it ends with the file, while
    // the container around it does not.
    bool swallows(size_t from, size_t to) const;
    // A bracket that closes a container; false where another one is open.
    bool close(uint8_t bracket);
    void damage(size_t offset, json_damage_reason reason);
    void lose(json_damage_reason reason);

    const uint8_t *bytes = nullptr;
    size_t length = 0;
    // How much of the buffer was read: the beginning of the slice.
    size_t position = 0;
    size_t sliceEnd = 0;
    size_t sliceSize = 0;
    uint32_t place = 0;
    bool inSlice = false;
    bool slow = false;
    // The brackets of containers that are open.
    std::string open;
    bool isWhole = false;
    bool inRows = false;
    // The slice is read from a repaired copy.
    bool isRepaired = false;
    // After a damage, until the next record.
    bool lost = false;
    // Bytes that were gone through in vain.
    size_t waste = 0;

    parapet::Index main;
    // Of the texts that hold a record, by the number of envelopes around them.
    static constexpr int deepestEnvelope = 4;
    parapet::Index inners[deepestEnvelope + 1];
    std::string texts[deepestEnvelope + 1];
    std::string repaired;
};

#endif

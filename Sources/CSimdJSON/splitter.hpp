#ifndef PARAPET_SPLITTER_HPP
#define PARAPET_SPLITTER_HPP

#include <cstddef>
#include <cstdint>

namespace parapet {

// In bytes. Fuzzing makes all of them small, so that short inputs go every way.
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
constexpr size_t usualSlice = 64, largestSlice = 256, sliceReach = 32, usualRecord = 128, longestRecord = 1024;
#else
// With its index and what the unpacking leaves, about what the second level of cache holds; and how much it grows.
constexpr size_t usualSlice = 256 << 10, largestSlice = 4 << 20;
// How far a record's beginning, or a line's end, is looked for behind a slice.
constexpr size_t sliceReach = 64 << 10;
// CloudTrail's records have 256 kB at most, CloudTrail Lake's 1 MB.
constexpr size_t usualRecord = 1 << 20, longestRecord = 16 << 20;
#endif

enum class Split : uint8_t { whole, cut, broken };

// Where the object that begins at `from` ends, by brackets outside strings: for texts that are not quite JSON.
// - to: behind its closing bracket, or the end of the search.
Split split_record(const uint8_t *bytes, size_t length, size_t from, size_t &to);

// Where the next record may begin, from `from` on: at what CloudTrail's records begin with, or at a line; `length` for
// nowhere.
size_t next_beginning(const uint8_t *bytes, size_t length, size_t from);

// The place of the object behind the time with which lines of exports of CloudWatch Logs begin, if one begins at `from`: else 0.
size_t time_end(const uint8_t *bytes, size_t from, size_t length);

// Whether something in `from..<to` begins as CloudTrail's records do.
bool holds_record(const uint8_t *bytes, size_t from, size_t to);

// The end of a slice that begins at `from`: preferably between two records, never within a string, as far as the text is
// JSON.
size_t slice_end(const uint8_t *bytes, size_t length, size_t from, size_t size);

}  // namespace parapet

#endif

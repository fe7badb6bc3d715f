#ifndef PARAPET_WALK_HPP
#define PARAPET_WALK_HPP

#include <memory>
#include <vector>

#include "index.hpp"
#include "plan.hpp"
#include "text.hpp"

namespace parapet {

// The findings of a walk through an object that may be a record, at its top level.
struct Findings {
    bool isRecord = false;
    // A light filter let it through.
    bool isLight = false;
    // Where the array of records, or what holds the record, begins; 0 for none.
    uint32_t records = 0;
    bool hasRows = false;
    uint32_t envelope = 0;
    uint32_t weakEnvelope = 0;
};

enum class Ending : uint8_t {
    // The object ended.
    whole,
    // A filter let it through before its end.
    admitted,
    // It holds records, and is none itself.
    container,
    // The index ended first.
    cut,
    // It is no JSON.
    broken,
};

// Goes once through the objects of an index, along a tree of paths.
class Walk {
    const json_plan &plan;

public:
    explicit Walk(const json_plan &plan)
        : plan(plan), values(plan.fields + 1), seen(plan.nodes.size()) {}

    // Forgets the fields of the record before.
    void clear();
    // Takes the fields of the object at `place`, or asks the filters about it.
    // - after: the place behind the object.
    Ending fields(const Index &index, uint32_t place, uint32_t &after) { return run<false>(index, place, after); }
    Ending filters(const Index &index, uint32_t place, uint32_t &after) { return run<true>(index, place, after); }
    // Takes the light fields of the object that the filters were asked about last, and forgets others.
    Ending light_fields();

    // The index of a text in the record, by `source`.
    const Index &text(uint32_t source) const { return *texts[source - 1]; }

    Findings findings;
    // By the numbers of the fields, and behind them what lists have.
    std::vector<json_value> values;

private:
    template <bool Filtering> Ending run(const Index &index, uint32_t place, uint32_t &after);
    // Both return the place after the object or value; 0 where `ending` says why there is none.
    template <bool Filtering> uint32_t object(uint32_t place, uint32_t node, bool inList, bool atTop);
    template <bool Filtering> uint32_t value(uint32_t place, uint32_t node, bool inList, int nesting);
    // Takes the fields within a text that is JSON itself, such as requestParameters in rows of Athena.
    void within(Token text, uint32_t node, bool inList);
    uint32_t elements(uint32_t place, uint32_t node, bool inList, int nesting);
    template <bool Filtering> uint32_t leaf(uint32_t place, uint32_t node, bool inList);
    // The place behind a skipped value.
    uint32_t pass(uint32_t place);
    uint32_t spelt(uint32_t node, Token name);
    bool note(Mark mark, uint32_t place);
    void note_light(uint32_t node, uint32_t place, bool again);
    void forget(uint32_t node);
    void store(int32_t field, json_value value, bool inList);
    // Whether the filter of that number, if any, lets the text of a string or a scalar through.
    bool admits(int32_t filter, Token text);
    bool admits(int32_t filter, json_kind kind, Token scalar);
    // Whether the filter of that number lets the object between two places through.
    bool has(int32_t filter, uint32_t place, uint32_t after);
    uint32_t stop(Ending why) {
        ending = why;
        return 0;
    }

    const Index *index = nullptr;
    // For each node, the object in which it was seen last.
    std::vector<uint64_t> seen;
    uint64_t objects = 0;
    std::vector<uint32_t> tails;
    struct Member {
        uint32_t node, place;
    };
    // The members of the object that can hold light fields, in their order.
    std::vector<Member> lightMembers;
    // Only light fields are taken, and no others have values.
    bool isLight = false;
    std::vector<std::unique_ptr<Index>> texts;
    // How many of them are of this record, and which one is read; 0 for the record itself.
    uint32_t textCount = 0, source = 0;
    int textDepth = 0;
    Arena arena;
    Ending ending = Ending::whole;
};

// A scalar that is no string; the kind is JSON_ABSENT if it is none.
json_kind scalar_kind(Token token);

}  // namespace parapet

#endif

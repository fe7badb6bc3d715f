import Foundation
import Testing

@testable import Analytics

@Suite("Stored baselines")
struct BaselineTests {
    private static let access =
        #"{"addresses":{"b\/198.51.100.1":492800},"agents":{"aws-cli\/2":492801},"#
        + #""reading":{"b\/r\/198.51.100.1":{"hour":492800,"median":5000}},"#
        + #""refused":{"b\/*\/198.51.100.1":{"alertedSince":492700,"hour":492800,"keys":39,"median":12.5}},"#
        + #""requesters":{"b\/r":492800},"version":1}"#
    private static let flows =
        #"{"lastHour":492800,"networks":{"eni-1":{"198.51.100.0":492800}},"peerPeaks":{"eni-1":{"198.51.100.9":5}},"#
        + #""ports":{"eni-1":{"443":492799}},"#
        + #""series":{"eni-1\/0":{"hours":[{"a":12,"b":13,"h":492800,"p":14,"r":-0.5,"s":0.25,"t":16}],"#
        + #""slowBytes":1000,"slowStart":492790,"slowSum":1.5,"unusualBefore":2}},"#
        + #""sweeps":{"198.51.100.9:22":492800},"topPeers":{"eni-1":[7,8]},"version":1}"#
    private static let keys =
        #"{"from":1774000000,"keys":{"AKIAEXAMPLE":{"changed":1774000300,"created":1774000100,"createdBy":"bob","#
        + #""first":1774000200,"isActive":true,"last":1774000250,"reactivated":1774000300,"reactivatedBy":"eve"}},"#
        + #""seesCreation":true,"until":1774100000,"users":{"123456789012\/ann":{"first":1774000200,"last":1774000250}},"#
        + #""version":1}"#

    private func check<Content>(_ type: Baseline<Content>.Type, _ text: String) throws {
        let baseline = try JSONDecoder().decode(type, from: Data(text.utf8))
        #expect(baseline.isReadable && baseline.isPossible)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(baseline), as: UTF8.self) == text)

        var members = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        for (name, _) in members where name != "version" {
            var cut = members
            cut[name] = nil
            let bytes = try JSONSerialization.data(withJSONObject: cut)
            #expect(throws: DecodingError.self, "without \(name)") { try JSONDecoder().decode(type, from: bytes) }
        }
        members["version"] = 2
        for name in members.keys where name != "version" { members[name] = "another format" }
        let other = try JSONDecoder().decode(type, from: JSONSerialization.data(withJSONObject: members))
        #expect(!other.isReadable)
        #expect(other.content(until: .max) == Content())
    }

    @Test("Files of the first version are read, and written as they were; of another version nothing is read")
    func format() throws {
        try check(AccessBaseline.self, Self.access)
        try check(FlowBaseline.self, Self.flows)
        try check(KeyBaseline.self, Self.keys)
    }

    @Test("What was seen later than now is clamped, whatever it is")
    func clamped() throws {
        func content<Content>(_ type: Baseline<Content>.Type, _ text: String, until latest: Int) throws -> String {
            let content = try JSONDecoder().decode(type, from: Data(text.utf8)).content(until: latest)
            return String(decoding: try JSONEncoder().encode(content), as: UTF8.self)
        }
        let access = try content(AccessBaseline.self, Self.access, until: 492_750)
        #expect(!access.contains("492800") && !access.contains("492801") && access.contains("492750"))
        let flows = try content(FlowBaseline.self, Self.flows, until: 492_750)
        #expect(!flows.contains("492800") && !flows.contains("492799") && !flows.contains("slowSum"))
        let keys = try content(KeyBaseline.self, Self.keys, until: 1_774_000_220)
        #expect(!keys.contains("1774000250") && !keys.contains("1774000300") && keys.contains("1774000200"))
    }

    @Test("Old entries go, and of too many those that were seen longest ago", arguments: [0, 5, 40, 100])
    func aged(bound: Int) {
        let all = Dictionary(uniqueKeysWithValues: (0..<60).map { ("name \($0)", $0 / 2) })
        var entries = all
        entries.age(since: 10, keeping: bound)
        let recent = all.filter { $0.value >= 10 }.sorted { ($0.value, $0.key) > ($1.value, $1.key) }
        #expect(entries == Dictionary(uniqueKeysWithValues: recent.prefix(bound).map { ($0.key, $0.value) }))
    }
}

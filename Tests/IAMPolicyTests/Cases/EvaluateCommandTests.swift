import Foundation
import Testing
import TestSupport

/// `parapet access evaluate` as a user runs it.
@Suite(.timeLimit(.minutes(5))) struct EvaluateCommandTests {
    private struct Answer: Decodable, Equatable {
        var id: String?
        var decision: String?
        var error: String?
    }

    private static let sound = #"{"id":"sound","request":{"principal":"anonymous","action":"a:b","resource":"*"}}"#
    private static let user = "arn:aws:iam::111122223333:user/ada"

    private func evaluate(_ bytes: Data) async throws -> (outcome: Subprocess.Outcome, answers: [Answer]) {
        let file = URL.temporaryDirectory.appending(path: "cases-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try bytes.write(to: file)
        let outcome = try await Subprocess.run(
            Repository.parapet, ["access", "evaluate", "--cases", file.path, "--format", "json"])
        return (outcome, (try? JSONDecoder().decode([Answer].self, from: Data(outcome.standardOutput.utf8))) ?? [])
    }

    /// A file of three cases: a sound one, one with the policy as its only identity policy, and a sound one.
    private func file(around policy: Data) -> Data {
        Data("[\(Self.sound),".utf8)
            + Data(
                #"{"id":"odd","request":{"principal":"\#(Self.user)","action":"s3:GetObject","resource":"*"},"#.utf8)
            + Data(#""identityPolicies":["#.utf8) + policy + Data("]},".utf8)
            + Data(Self.sound.replacing("sound", with: "last").utf8) + Data("]".utf8)
    }

    /// Each allows everything, were it not for one thing.
    private static let allow = #"{"Effect":"Allow","Action":"*","Resource":"*"}"#

    static let policies: [(name: String, policy: Data)] = [
        ("a string", Data(#""policy""#.utf8)),
        ("null", Data("null".utf8)),
        ("an empty object", Data("{}".utf8)),
        ("broken JSON", Data(#"{"Statement":[\#(allow),]}"#.utf8)),
        ("an unknown element", Data(#"{"Statement":[\#(allow)],"Statements":[]}"#.utf8)),
        ("an unknown version", Data(#"{"Version":"2020-01-01","Statement":[\#(allow)]}"#.utf8)),
        (
            "an unknown operator",
            Data(
                #"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringIs":{"a":"b"}}}]}"#
                    .utf8)
        ),
        ("a key twice", Data(#"{"Statement":[{"Effect":"Allow","Effect":"Allow","Action":"*","Resource":"*"}]}"#.utf8)),
        (
            "Action and NotAction",
            Data(#"{"Statement":[{"Effect":"Allow","Action":"*","NotAction":"a:b","Resource":"*"}]}"#.utf8)
        ),
        ("a number for an action", Data(#"{"Statement":[{"Effect":"Allow","Action":1,"Resource":"*"}]}"#.utf8)),
        ("a list in a list", Data(#"{"Statement":[{"Effect":"Allow","Action":[["*"]],"Resource":"*"}]}"#.utf8)),
        (
            "a deep nest",
            Data(
                (#"{"Statement":[\#(allow)],"Id":"# + String(repeating: "[", count: 50_000)
                    + String(repeating: "]", count: 50_000) + "}").utf8)
        ),
        (
            "ten times IAM's largest quota",
            Data(#"{"Statement":[\#(String(repeating: allow + ",", count: 10 * 10_240 / 47 + 1))\#(allow)]}"#.utf8)
        ),
        (
            "a megabyte in one name",
            Data(#"{"Id":"\#(String(repeating: "x", count: 1 << 20))","Statement":[\#(allow)]}"#.utf8)
        ),
        (
            "bytes that are not UTF-8",
            Data(#"{"Id":""#.utf8) + Data([0xC3, 0x28]) + Data(#"","Statement":[\#(allow)]}"#.utf8)
        ),
        ("an overlong slash", Data(#"{"Id":""#.utf8) + Data([0xC0, 0xAF]) + Data(#"","Statement":[\#(allow)]}"#.utf8)),
        ("half of a surrogate pair", Data(#"{"Id":"\ud800","Statement":[\#(allow)]}"#.utf8)),
    ]

    @Test(arguments: policies.indices)
    func aPolicyThatCannotBeReadIsAnErrorAndNeverADecision(index: Int) async throws {
        let (outcome, answers) = try await evaluate(file(around: Self.policies[index].policy))
        let name = Self.policies[index].name
        #expect(outcome.status == 1, "\(name)")
        #expect(answers.map(\.id) == ["sound", "odd", "last"], "\(name): \(outcome.standardOutput.prefix(500))")
        #expect(answers.map(\.decision) == ["implicitDeny", nil, "implicitDeny"], "\(name)")
        #expect(answers.count == 3 && answers[1].error?.hasPrefix("identityPolicies[0]: ") == true, "\(name)")
    }

    @Test func aPolicyOfIAMsLargestSizeIsDecided() async throws {
        let statements = Array(repeating: Self.allow, count: 10_240 / 48).joined(separator: ",")
        let (outcome, answers) = try await evaluate(file(around: Data(#"{"Statement":[\#(statements)]}"#.utf8)))
        #expect(outcome.status == 0)
        #expect(answers.map(\.decision) == ["implicitDeny", "allowed", "implicitDeny"])
    }

    @Test func thousandsOfCasesAreAnsweredInTheirOrder() async throws {
        let cases = (0..<5_000).map { Self.sound.replacing("sound", with: "case-\($0)") }
        let (outcome, answers) = try await evaluate(Data("[\(cases.joined(separator: ","))]".utf8))
        #expect(outcome.status == 0 && outcome.standardError.isEmpty)
        #expect(answers.map(\.id) == (0..<5_000).map { "case-\($0)" })
    }

    @Test(arguments: ["", "{}", "[", "null", "\"[]\"", "[{}", "not JSON"])
    func aFileThatIsNoArrayIsRefusedWithoutAnAnswer(text: String) async throws {
        let (outcome, _) = try await evaluate(Data(text.utf8))
        #expect(outcome.status == 1)
        #expect(outcome.standardOutput.isEmpty)
        #expect(outcome.standardError.hasPrefix("error: "))
    }
}

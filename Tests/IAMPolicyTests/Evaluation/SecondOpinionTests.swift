import Foundation
import IAMPolicy
import Testing
import TestSupport

/// Principal Mapper's local simulator (PyPI `principalmapper`) is asked about thousands of cases made by chance
/// (`Tests/Support/python/access_opinions.py`). Where it is known to be wrong, the script mends it and names the difference
/// with the page of the guide that it goes against; every other disagreement fails.
@Suite(.timeLimit(.minutes(5))) struct SecondOpinionTests {
    private struct Answer: Decodable {
        struct Opinion: Decodable {
            /// The simulator's own answer.
            let said: Bool
            /// Its answer with all known differences mended.
            let mended: Bool
            /// The differences that changed the answer.
            let `for`: [String]
        }
        let opinions: [String: Opinion]
        /// The known differences, each with its page.
        let differences: [String: String]
    }

    @Test(arguments: [1, 2])
    func theSimulatorAgreesWhereItIsNotKnownToBeWrong(seed: Int) async throws {
        let outcome = try await Subprocess.python(
            "Tests/Support/python/access_opinions.py", ["--seed", "\(seed)", "--cases", "2500"])
        try #require(outcome.status == 0, "\(outcome.standardError)")
        let lines = outcome.standardOutput.split(separator: "\n", maxSplits: 1)
        try #require(lines.count == 2)
        let answer = try JSONDecoder().decode(Answer.self, from: Data(lines[0].utf8))
        let entries = try AccessCase.read(Array(lines[1].utf8))
        #expect(entries.count == 2500)

        var met: [String: Int] = [:]
        var allowed = 0
        for entry in entries {
            let accessCase = try entry.result.get()
            let opinion = try #require(answer.opinions[accessCase.id])
            let isAllowed = accessCase.decision.isAllowed
            #expect(isAllowed == opinion.mended, "unexplained: \(accessCase.id) of seed \(seed)")
            allowed += isAllowed ? 1 : 0
            guard isAllowed != opinion.said else { continue }
            #expect(!opinion.for.isEmpty, "no difference explains \(accessCase.id) of seed \(seed)")
            for name in opinion.for {
                #expect(answer.differences[name]?.contains("User Guide, ") == true)
                met[name, default: 0] += 1
            }
        }
        #expect(allowed > 500 && entries.count - allowed > 500, "both answers must be common")
        #expect(met.count >= answer.differences.count / 2, "most of the table must occur: \(met)")
    }
}

import Inventory
import Posture
import Practices
import Testing

/// Every check's examples, which `parapet explain` prints, are true.
@Suite struct CheckExampleTests {
    @Test("each example gets the status that it states", arguments: Catalogue.ids)
    func examplesAreTrue(of id: String) throws {
        let check = try Catalogue.check(id)
        for example in check.examples {
            let findings = check.findings(in: example)
            let statuses = Set(findings.map(\.status))
            let told = "\(example.name): \(findings.map { "\($0.status) \($0.resource.id): \($0.message)" })"
            switch example.status {
            case .pass: #expect(statuses == [.pass], "\(told)")
            case .fail: #expect(statuses.contains(.fail), "\(told)")
            case .unknown: #expect(statuses.contains(.unknown) && !statuses.contains(.fail), "\(told)")
            case .manual, .muted, .notApplicable: Issue.record("no check gives \(example.status)")
            }
        }
    }

    @Test("each check shows what passes, what fails and what is unknown", arguments: Catalogue.ids)
    func examplesShowAllThree(of id: String) throws {
        let check = try Catalogue.check(id)
        #expect(Set(check.examples.map(\.status)).isSuperset(of: [.pass, .fail, .unknown]))
        #expect(Set(check.examples.map(\.name)).count == check.examples.count)
    }

    @Test("messages are one short sentence, and verdicts cite evidence", arguments: Catalogue.ids)
    func messagesAreReadable(of id: String) throws {
        let check = try Catalogue.check(id)
        for finding in check.examples.flatMap({ check.findings(in: $0) }) where finding.status != .unknown {
            #expect(!finding.message.isEmpty && finding.message.count <= 100, "\(finding.message)")
            #expect(finding.message.first?.isLowercase == false, "\(finding.message)")
            #expect(!finding.message.contains("\n") && !finding.message.hasSuffix("."), "\(finding.message)")
            #expect(!finding.evidence.isEmpty, "\(finding.message)")
        }
    }
}

extension Catalogue {
    static var ids: [String] { checks.map(\.about.id) }

    static func check(_ id: String) throws -> any Check {
        try #require(checks.first { $0.about.id == id }, "no check \(id)")
    }
}

extension Check {
    func findings(in account: Account, by criteria: Criteria = .sample) -> [Finding] {
        Evaluator(checks: [self], criteria: criteria).findings(in: account)
    }

    func findings(in example: Example) -> [Finding] { findings(in: example.account, by: example.criteria) }
}

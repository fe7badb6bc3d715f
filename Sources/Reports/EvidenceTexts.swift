import Basics
import Posture
import Synchronization

/// The JSON texts of evidence that several findings share, such as the rules of a security group, which twenty checks
/// cite. Each is made once.
final class EvidenceTexts: Sendable {
    /// Evidence, and whatever else its text depends on.
    private struct Key: Hashable {
        /// The memory that holds the evidence. The findings keep it, so no other evidence can be there.
        var memory: Int
        var resource: ObjectIdentifier
        var region: String

        /// `nil` for evidence that is never shared.
        init?(_ finding: Finding) {
            guard finding.status != .notApplicable, !finding.evidence.isEmpty else { return nil }
            memory = finding.evidence.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) }
            resource = finding.resource.identity
            region = finding.region
        }
    }

    /// Maximum number of bytes of all kept texts.
    private static let limit = 64_000_000

    private struct State {
        /// The texts of shared evidence, empty as long as they are not made; `nil` before the first one is wanted.
        var texts: [Key: [UInt8]]?
        var bytes = 0
    }

    private let findings: [Finding]
    private let state = Mutex(State())

    /// - Parameter findings: all findings whose evidence is written.
    init(_ findings: [Finding]) { self.findings = findings }

    /// Returns the text of the finding's evidence: the kept one, or else what `make` returns.
    /// - Parameter make: always returns texts of the same style and depth.
    func text(of finding: Finding, _ make: () -> [UInt8]) -> [UInt8] {
        guard let key = Key(finding), let kept = kept(key) else { return make() }
        guard kept.isEmpty else { return kept }
        let text = make()
        state.withLock { state in
            guard state.bytes < Self.limit else { return }
            state.texts?[key] = text
            state.bytes += text.count
        }
        return text
    }

    /// The kept text of shared evidence, empty if there is none yet; `nil` for evidence of a single finding.
    private func kept(_ key: Key) -> [UInt8]? {
        state.withLock { state in
            if state.texts == nil {
                var uses: [Key: Int] = [:]
                // By index: a loop over the elements copies each of them.
                for place in findings.indices { if let key = Key(findings[place]) { uses[key, default: 0] += 1 } }
                state.texts = uses.filter { $0.value > 1 }.mapValues { _ in [] }
            }
            return state.texts?[key]
        }
    }
}

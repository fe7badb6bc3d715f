import AWSClient
import Inventory
import Posture
import Practices
import Synchronization
import Testing
import TestSupport

/// What only a connection can show: a body that ends early, is reset, drips or never comes, and a way to another host. No finding
/// passes by it, none vanishes, and the other host hears nothing.
///
/// Some calls of a scan are tried, and all by `make test-faults`.
@Suite(.timeLimit(.minutes(15))) struct NetworkFaultTests {
    enum Fault: String, CaseIterable, CustomTestStringConvertible {
        case cut, reset, dripping, silent, closed, redirected

        var testDescription: String { rawValue }
    }

    @Test(arguments: Fault.allCases)
    func noFaultOfTheNetworkEarnsAPass(_ fault: Fault) async throws {
        let (upstream, baseline) = try await SweepTests.baseline.value
        let visits = Mutex(0)
        let trap = try await TestServer.start { _ in
            visits.withLock { $0 += 1 }
            return .answer(.json("{}"))
        }
        let recorded = SweepTests.replay(upstream)
        for operation in FaultSample.chosen(baseline.calls, 2, seed: UInt64(fault.rawValue.utf8.count)) {
            let elsewhere = trap.endpoint
            let server = try await TestServer.start { request in
                guard let answer = try? await recorded.send(request, timeout: .zero, maximumBodyBytes: .max) else {
                    return .hangUp
                }
                guard WireOperation(request)?.description == operation else { return .answer(answer) }
                switch fault {
                case .cut: return .cut(answer, after: answer.body.count / 2)
                case .reset: return .reset(answer, after: answer.body.count / 2)
                case .dripping: return .drip(answer, pause: 100)
                case .silent: return .silence
                case .closed: return .hangUp
                case .redirected:
                    return .answer(
                        HTTPResponse(status: 307, headers: [.init("Location", elsewhere + request.path)], body: []))
                }
            }
            let checks = Catalogue.checks.filter { $0.asks(operation) }
            let isTimed = [Fault.dripping, .silent].contains(fault)
            let run = await SampleScan.scan(server.endpoint, checks: checks, timeout: .seconds(isTimed ? 1 : 300))
            let known = Dictionary(baseline.findings.map { (FindingKey($0), $0.status) }) { first, _ in first }
            let unknown = run.findings.filter { $0.status == .unknown }
            for finding in run.findings where finding.status == .pass {
                #expect(known[FindingKey(finding)] == .pass, "\(fault) \(operation): \(FindingKey(finding)) passes")
            }
            let now = Set(run.findings.map(FindingKey.init))
            for (key, status) in known where status != .unknown && checks.contains(where: { $0.about.id == key.check })
            {
                #expect(
                    now.contains(key) || unknown.contains { $0.check == key.check },
                    "\(fault) \(operation): \(key) vanished")
            }
            let told = run.findings.flatMap(\.evidence).contains { $0.source == .call(operation) && $0.says(operation) }
            // On a busy machine, the time of another call may be up first.
            let isTold = told || unknown.contains { $0.unknown?.call == operation || isTimed }
            #expect(isTold, "\(fault) \(operation) is not told")
        }
        #expect(visits.withLock { $0 } == 0, "another host was asked")
    }
}

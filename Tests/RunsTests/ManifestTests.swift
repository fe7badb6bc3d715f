import Dashboard
import Foundation
import Reports
import Testing
import TestSupport

@testable import Runs

@Suite struct ManifestTests {
    @Test func aManifestHoldsTheHashesThatOthersCompute() async throws {
        let (one, other) = (try TextFile("abc", name: "a b\\c\nd.txt"), try TextFile("", name: "empty"))
        defer {
            one.remove()
            other.remove()
        }
        let manifest = try TextFile("", name: "sums")
        defer { manifest.remove() }
        // A device cannot be read again.
        let bytes = try Manifest(of: [one.path, "/dev/null", other.path]).bytes
        try OutputFile.write(bytes, to: manifest.path)
        // The SHA-256 of "abc" in FIPS 180-2, appendix B.1.
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("\\\(hash)  "))
        let check = ["--check", "--strict", manifest.path]
        #expect(try await Subprocess.run("/usr/bin/sha256sum", check).status == 0)
        try Data("abd".utf8).write(to: URL(filePath: one.path))
        #expect(try await Subprocess.run("/usr/bin/sha256sum", check).status != 0)
    }

    @Test func aFileThatIsMissingIsNamed() throws {
        let error = #expect(throws: (any Error).self) { try ScanScope.File(role: "mutes", path: "/nonexistent/m.yaml") }
        #expect("\(try #require(error))".contains("/nonexistent/m.yaml"))
    }

    @Test func whatCanBeReadOnceIsNotReadForItsHash() throws {
        #expect(try ScanScope.File(role: "mutes", path: "/dev/zero").sha256 == "not taken")
    }

    @Test func frameworksListTheirControlsOnceAndInOrder() throws {
        let frameworks = ComplianceFrameworks.all
        #expect(
            frameworks.map(\.id) == [
                "cis-7.0", "cis-6.0", "cis-5.0", "cis-3.0", "cis-1.4", "pci-4.0.1", "nist-800-53", "securityhub",
                "config",
            ])
        for framework in frameworks {
            let ids = framework.controls.map(\.id)
            #expect(!ids.isEmpty && Set(ids).count == ids.count, "\(framework.id)")
            // Only of CIS all controls are known, so that the others say what their lists lack.
            let isWhole = framework.id.hasPrefix("cis")
            #expect(framework.controls.contains { $0.checks.isEmpty } == isWhole, "\(framework.id)")
            #expect((framework.note != nil) == ["pci-4.0.1", "nist-800-53"].contains(framework.id), "\(framework.id)")
        }
        let pci = try #require(frameworks.first { $0.id == "pci-4.0.1" }).controls.map(\.id)
        #expect(pci.prefix(3) == ["1.3.1", "1.4.4", "2.2.6"] && pci.suffix(2) == ["8.6.3", "10.2.1"], "\(pci)")
        #expect(ComplianceFrameworks.ofReports.map(\.controls.count) == frameworks.prefix(7).map(\.controls.count))
    }
}

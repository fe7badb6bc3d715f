import Basics
import Foundation
import Hunting
import Reports
import Testing
import TestSupport

@testable import Runs

#if canImport(Glibc)
    import Glibc
#endif

/// Files that a run writes.
@Suite struct OutputFileTests {
    /// A folder that is gone with the value.
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.path + "/parapet-output-\(UUID().uuidString)"

        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }

        var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
        func mode(_ name: String) throws -> Int {
            try #require(FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")[.posixPermissions] as? Int)
        }
        func text(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }
    }

    @Test func aPrivateFileIsTheOwnersAloneAndAnExistingOneKeepsItsMode() throws {
        let folder = try Folder()
        try OutputFile.write([1], to: folder.path + "/new", isPrivate: true)
        try OutputFile.write([1], to: folder.path + "/report")
        #expect(try folder.mode("new") == 0o600)
        #expect(try folder.mode("report") != 0o600)
        for mode in [0o600, 0o640, 0o604, 0o444] {
            chmod(folder.path + "/report", mode_t(mode))
            try OutputFile.write([2, 3], to: folder.path + "/report")
            #expect(try folder.mode("report") == mode)
        }
        #expect(try folder.names == ["new", "report"])
    }

    @Test func aSymbolicLinkIsFollowedAndOneToNowhereIsRefused() throws {
        let folder = try Folder()
        try OutputFile.write(Array("old".utf8), to: folder.path + "/file")
        symlink("file", folder.path + "/link")
        symlink("link", folder.path + "/second")
        symlink("nothing", folder.path + "/dangling")
        try OutputFile.write(Array("new".utf8), to: folder.path + "/second")
        #expect(try folder.text("file") == "new")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path + "/second") == "link")
        let failure = #expect(throws: Failure.self) { try OutputFile.write([1], to: folder.path + "/dangling") }
        #expect(failure?.why.contains("symbolic link") == true)
        #expect(throws: Failure.self) { try OutputFile.check([folder.path + "/dangling"]) }
    }

    @Test func twoNamesOfOneFileAreRefused() throws {
        let folder = try Folder()
        try OutputFile.write([1], to: folder.path + "/file")
        symlink("file", folder.path + "/link")
        link(folder.path + "/file", folder.path + "/hard")
        for (first, second) in [
            ("file", "file"), ("file", "link"), ("file", "hard"),
            ("file", "../\(URL(filePath: folder.path).lastPathComponent)/file"),
            ("new", "./new"), ("new", ".//new"),
        ] {
            #expect(throws: Failure.self, "\(first) \(second)") {
                try OutputFile.check(["\(folder.path)/\(first)", "\(folder.path)/\(second)"])
            }
        }
        try OutputFile.check([folder.path + "/file", folder.path + "/new", "/dev/null", "/dev/null"])
        let report = try Destinations(of: HuntReport.self, formats: [.json], files: [folder.path + "/new"])
        try report.check(beside: [folder.path + "/file"])
        #expect(throws: Failure.self) { try report.check(beside: [folder.path + "/./new"]) }
    }

    @Test func whatKilledRunsLeftIsRemovedAndNothingElse() throws {
        let folder = try Folder()
        // A number that no process has.
        let gone = Int32.max
        let own = "a.json.\(getpid()).88.tmp"
        let left = ["a.json.1234.5678.tmp", "a.json.\(gone).77.tmp"]
        let names =
            left + [
                "a.json.1234.99.tmp", "a.json.12x.5.tmp", "b.json.1234.5678.tmp", "a.json.1.tmp", "a.json.tmp", own,
                "a.json.0.5.tmp", "a.json.-1.5.tmp",
            ]
        for name in names {
            try Data("half".utf8).write(to: URL(filePath: "\(folder.path)/\(name)"))
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: [own, left[1]].contains(name) ? 0 : -3_600)],
                ofItemAtPath: "\(folder.path)/\(name)")
        }
        // Another run is writing this one.
        let descriptor = open("\(folder.path)/a.json.1234.99.tmp", O_RDONLY)
        flock(descriptor, LOCK_EX)
        defer { close(descriptor) }
        try OutputFile.write([1], to: folder.path + "/a.json")
        #expect(try folder.names == (names.dropFirst(left.count) + ["a.json"]).sorted())
    }

    @Test func whatFailsLeavesTheOldFileAndNoOther() throws {
        let folder = try Folder()
        try OutputFile.write(Array("old".utf8), to: folder.path + "/a")
        #expect(throws: CancellationError.self) {
            try OutputFile.write(to: folder.path + "/a") { pass in
                try pass(Array("ne".utf8))
                throw CancellationError()
            }
        }
        #expect(try folder.text("a") == "old" && folder.names == ["a"])
    }

    @Test func aBaselineIsUsedByOneHuntAtATime() throws {
        let folder = try Folder()
        let path = folder.path + "/baseline.json"
        try withExtendedLifetime(try BaselineFile(path)) { first in
            let failure = #expect(throws: Failure.self) { _ = try BaselineFile(path) }
            #expect(failure?.why == "it is in use by a hunt (process \(getpid()))")
            symlink("baseline.json", folder.path + "/link")
            try first.write(HuntBaseline())
            #expect(throws: Failure.self) { _ = try BaselineFile(folder.path + "/link") }
        }
        #expect(try folder.names == ["baseline.json", "link"])
        #expect(try folder.mode("baseline.json") == 0o600)
        // A process that was killed leaves the lock's file, and no lock.
        try Data("process 1\n".utf8).write(to: URL(filePath: path + ".lock"))
        #expect(try BaselineFile(path).read() == HuntBaseline())
    }
}

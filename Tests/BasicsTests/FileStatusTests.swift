import Basics
import Foundation
import Testing

@Suite struct FileStatusTests {
    /// A new folder with `body`'s files, deleted afterwards.
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "status-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    @Test func filesFoldersLinksAndDevicesAreToldApart() throws {
        try inFolder { folder in
            let file = "\(folder)/file"
            try Data("four".utf8).write(to: URL(filePath: file))
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: file)
            try FileManager.default.linkItem(atPath: file, toPath: "\(folder)/second")
            let status = try #require(FileStatus(file))
            #expect(status.kind == .file)
            #expect(status.size == 4)
            #expect(status.mode == 0o640)
            #expect(status.owner == getuid())
            #expect(abs(Double(status.modified.seconds) - Date().timeIntervalSince1970) < 3_600)
            #expect(FileStatus(folder)?.kind == .folder)
            #expect(FileStatus("/dev/null")?.kind == .other)
            #expect(FileStatus("\(folder)/link") == status)
            #expect(FileStatus("\(folder)/link", followsLink: false)?.kind == .link)
            #expect(FileStatus("\(folder)/second")?.identity == status.identity)
            #expect(FileStatus(folder)?.identity != status.identity)
            let descriptor = open(file, O_RDONLY)
            defer { close(descriptor) }
            #expect(FileStatus(descriptor: descriptor) == status)
        }
    }

    @Test func whatIsNotThereHasNoStatus() throws {
        try inFolder { folder in
            #expect(FileStatus("\(folder)/missing") == nil)
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/link", withDestinationPath: "\(folder)/missing")
            #expect(FileStatus("\(folder)/link") == nil)
            #expect(FileStatus("\(folder)/link", followsLink: false)?.kind == .link)
            #expect(FileStatus(descriptor: -1) == nil)
        }
    }
}

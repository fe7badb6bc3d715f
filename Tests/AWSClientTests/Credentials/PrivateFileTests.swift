import FoundationEssentials
import Testing

@testable import AWSClient

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

@Suite("Files that hold secrets")
struct PrivateFileTests {
    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "parapet-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    @Test("A replaced file holds the new bytes and only its owner may read it; nothing else is left behind")
    func replaces() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = "\(folder)/token.json"
        try PrivateFile.replace(path, with: Array("first".utf8))
        try PrivateFile.replace(path, with: Array("second".utf8))
        #expect(try PrivateFile.contents(of: path) == Array("second".utf8))
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["token.json"])
    }

    @Test("No file is nil; a directory, a file beyond the bound, and a place that cannot be written are errors")
    func failures() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try PrivateFile.contents(of: "\(folder)/none") == nil)
        #expect(throws: FileError.self) { try PrivateFile.contents(of: folder) }
        #expect(throws: FileError.self) { try PrivateFile.contents(of: "/dev/zero") }
        #expect(throws: FileError.self) { try PrivateFile.replace("\(folder)/none/token", with: []) }
    }
}

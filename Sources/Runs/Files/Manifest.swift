public import Basics
import Crypto
import FoundationEssentials
import Glibc
public import Reports

/// The SHA-256 hashes of files, to verify later that they are the ones that a run wrote.
public struct Manifest: Sendable {
    private var lines: [String] = []

    /// - Parameter files: the files. Pipes and devices are omitted, because they cannot be read again.
    /// - Throws: ``Failure`` with the name of a file that cannot be read.
    public init(of files: [String]) throws(Failure) {
        for file in files where Self.isFile(file) { lines.append(Self.line(file, try Self.sha256(of: file))) }
    }

    /// Source: GNU coreutils, "md5sum invocation": a line with an escaped name begins with a backslash.
    private static func line(_ file: String, _ hash: String) -> String {
        let escapes = ["\\": "\\\\", "\n": "\\n", "\r": "\\r"]
        let escaped = file.unicodeScalars.map { escapes[String($0)] ?? String($0) }.joined()
        return (escaped == file ? "" : "\\") + "\(hash)  \(escaped)\n"
    }

    /// The manifest in the format of `sha256sum --check`.
    public var bytes: [UInt8] { Array(lines.joined().utf8) }

    /// Returns the hash of a file's content, in hexadecimal digits.
    /// - Throws: ``Failure`` with the file's name.
    public static func sha256(of path: String) throws(Failure) -> String {
        var hash = SHA256()
        try InputFile.read(path) { hash.update(data: $0) }
        return Hexadecimal.text(hash.finalize())
    }

    fileprivate static func isFile(_ path: String) -> Bool { FileStatus(path)?.kind == .file }
}

extension ScanScope.File {
    /// A file that a run reads. A pipe or another file that can be read only once has no hash.
    /// - Throws: ``Failure`` with the name of a file that cannot be read.
    public init(role: String, path: String) throws(Failure) {
        let isReadOnce = FileManager.default.fileExists(atPath: path) && !Manifest.isFile(path)
        self.init(role: role, path: path, sha256: isReadOnce ? "not taken" : try Manifest.sha256(of: path))
    }
}

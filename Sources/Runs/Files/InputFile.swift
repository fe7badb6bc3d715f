public import Basics
import FoundationEssentials
import Glibc

/// Reads files and folders that the user specifies.
public enum InputFile {
    /// - Throws: ``Failure`` with the file's name.
    public static func bytes(_ path: String) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        try read(path) { bytes += $0 }
        return bytes
    }

    /// Reads a file piece by piece, because a pipe has no size.
    /// - Throws: ``Failure`` with the file's name.
    static func read(_ path: String, _ take: (ArraySlice<UInt8>) -> Void) throws(Failure) {
        if let file = fopen(path, "r") {
            defer { fclose(file) }
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            while case let count = fread(&piece, 1, piece.count, file), count > 0 { take(piece[..<count]) }
            if ferror(file) == 0 { return }
        }
        let exists = FileManager.default.fileExists(atPath: path)
        throw Failure(
            "\(path) cannot be read",
            why: exists ? "it is a folder, or read permission is missing" : "the file does not exist",
            advice: "check the path")
    }

    /// Returns the text without a byte-order mark.
    /// - Throws: ``Failure`` with the file's name.
    public static func text(_ path: String) throws(Failure) -> String {
        guard let text = String(validating: try bytes(path), as: UTF8.self) else {
            throw Failure("\(path) cannot be read", why: "it is not UTF-8 text", advice: "check the path")
        }
        return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    }

    /// - Throws: ``Failure`` if `path` is not a folder.
    static func checkFolder(_ path: String) throws(Failure) {
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory else {
            throw Failure("\(path) cannot be read", why: "the folder does not exist", advice: "check the path")
        }
    }
}

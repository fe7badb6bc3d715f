import FoundationEssentials

/// A folder that only its owner can read.
public enum PrivateFolder {
    /// Creates the folder, and those above it, with mode 0700. A folder that exists stays as it is.
    /// - Throws: the error of the file system. `errno` does not have the reason.
    public static func create(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
}

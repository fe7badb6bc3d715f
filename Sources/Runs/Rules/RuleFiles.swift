import Basics
import FoundationEssentials
import Sigma

/// Rule files on disk.
struct RuleFiles {
    private(set) var files: [(name: String, text: String)] = []
    /// Files in folders that cannot be read. The others are used all the same.
    private(set) var unreadable: [RuleProblem] = []
    private var known: Set<String> = []

    /// Reads what a path leads to, once.
    /// - Parameter path: a file, or a folder that is searched with all below it.
    /// - Throws: ``Failure`` if the path itself cannot be read, or no rule is below it.
    mutating func add(_ path: String) throws(Failure) {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Failure("\(path) cannot be read", why: "the file does not exist", advice: "check the path")
        }
        guard isFolder else {
            let text = try InputFile.text(path)
            if known.insert(path).inserted { files.append((path, text)) }
            return
        }
        guard var names = Self.entries(of: path) else {
            throw Failure(
                "\(path) cannot be read", why: "read permission for the folder is missing", advice: "check the path")
        }
        let folder = path.hasSuffix("/") ? path : path + "/"
        let before = unreadable.count
        names = walk(names, in: folder).sorted()
        guard !names.isEmpty || unreadable.count > before else {
            throw Failure(
                "\(path) cannot be used", why: "it contains no rule",
                advice: "rules are files with the extension .yml or .yaml")
        }
        for name in names where known.insert(folder + name).inserted {
            do throws(Failure) {
                files.append((folder + name, try InputFile.text(folder + name)))
            } catch {
                unreadable.append(
                    RuleProblem(file: folder + name, line: 1, reason: "the file cannot be read: \(error.why)"))
            }
        }
    }

    /// The rule files among the entries of a folder and below, by their paths from it.
    private mutating func walk(_ names: [String], in folder: String) -> [String] {
        var found: [String] = []
        for name in names {
            var isFolder = false
            let path = folder + name
            let isNamedAsRule = name.hasSuffix(".yml") || name.hasSuffix(".yaml")
            // A folder is searched, whatever its name.
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder else {
                if isNamedAsRule { found.append(name) }
                continue
            }
            // A link to a folder might lead back.
            if (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil {
                if isNamedAsRule {
                    unreadable.append(
                        RuleProblem(file: path, line: 1, reason: "links to folders are not followed"))
                }
                continue
            }
            if let below = Self.entries(of: path) {
                found += walk(below, in: path + "/").map { "\(name)/\($0)" }
            } else {
                unreadable.append(RuleProblem(file: path, line: 1, reason: "read permission for the folder is missing"))
            }
        }
        return found
    }

    private static func entries(of folder: String) -> [String]? {
        try? FileManager.default.contentsOfDirectory(atPath: folder)
    }
}

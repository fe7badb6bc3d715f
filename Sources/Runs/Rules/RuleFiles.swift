import Basics
import FoundationEssentials
import Sigma

/// Rule files on disk.
struct RuleFiles {
    private(set) var files: [(name: String, text: String)] = []
    /// Files and folders below a given folder that cannot be read. The others are used nevertheless.
    private(set) var unreadable: [RuleProblem] = []
    private var known: Set<String> = []

    /// Reads the rule files at a path, unless they were read already.
    /// - Parameter path: a file, or a folder that is searched at any depth.
    /// - Throws: ``Failure`` if the path itself cannot be read, or contains no rule file.
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

    /// Returns the rule files among the entries of a folder and below, by their paths from the folder.
    private mutating func walk(_ names: [String], in folder: String) -> [String] {
        var found: [String] = []
        for name in names {
            var isFolder = false
            let path = folder + name
            let isNamedAsRule = name.hasSuffix(".yml") || name.hasSuffix(".yaml")
            // A folder is searched even if its name ends like a rule file's.
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder else {
                if isNamedAsRule { found.append(name) }
                continue
            }
            // A link to a folder is not followed, because it might lead to a cycle.
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

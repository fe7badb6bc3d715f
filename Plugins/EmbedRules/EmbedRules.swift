import Foundation
import PackagePlugin

/// Puts the built-in rules into the binary: SwiftPM's own way writes one array literal of bytes for each file, the
/// example events among them, and does not look into folders.
@main
struct EmbedRules: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let folder = target.directoryURL.appending(path: "Rules").resolvingSymlinksInPath()
        let rules = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".yml") }.sorted()
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedRules.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(rules.count) rules", executable: try context.tool(named: "RuleEmbedder").url,
                arguments: [output.path, folder.path] + rules, inputFiles: rules.map { folder.appending(path: $0) },
                outputFiles: [output])
        ]
    }
}

import Foundation
import PackagePlugin

/// Embeds the built-in rules in the binary. SwiftPM's own resource embedding would write an array literal of bytes for
/// each file, would include the example events, and does not look into folders.
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

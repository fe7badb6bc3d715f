import Foundation

// RuleEmbedder OUTPUT FOLDER FILE…: writes the files of the folder as Swift string literals.
// Only the plugin EmbedRules runs it.

let arguments = CommandLine.arguments
guard arguments.count > 2 else { exit(64) }
let folder = URL(fileURLWithPath: arguments[2])

var code = "enum EmbeddedRules {\n    static let files: [(name: String, text: String)] = [\n"
for name in arguments.dropFirst(3) {
    let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    // With enough signs around it, nothing in the text has a meaning for the compiler.
    var signs = "#"
    while text.contains("\"\"\"" + signs) { signs += "#" }
    code += "        (\"\(name)\", \(signs)\"\"\"\n\(text)\n\"\"\"\(signs)),\n"
}
code += "    ]\n}\n"
try code.write(to: URL(fileURLWithPath: arguments[1]), atomically: true, encoding: .utf8)

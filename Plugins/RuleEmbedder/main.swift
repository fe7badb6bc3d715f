import Foundation
import RuleTree

// RuleEmbedder OUTPUT FOLDER FILE…: writes the files of the folder as Swift string literals, both unchanged and in the
// compact form that is quick to read. Only the plugin EmbedRules runs it.

let arguments = CommandLine.arguments
guard arguments.count > 2 else { exit(64) }
let folder = URL(fileURLWithPath: arguments[2])

func literal(_ text: String) -> String {
    // Adds number signs until the text contains neither the end of the literal nor an escape.
    var signs = "#"
    while text.contains("\"\"\"" + signs) || text.contains("\\" + signs) { signs += "#" }
    return "\(signs)\"\"\"\n\(text)\n\"\"\"\(signs)"
}

var files = ""
var compact = ""
for name in arguments.dropFirst(3) {
    let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    files += "        (\"\(name)\", \(literal(text))),\n"
    compact += "        \(literal(RuleNode.compact(try RuleNode.documents(inYAML: text).map { try $0.get() }))),\n"
}
let code = """
    enum EmbeddedRules {
        static let files: [(name: String, text: String)] = [
    \(files)    ]
        /// The documents of each file, as `RuleNode.compact` writes them.
        static let compact: [String] = [
    \(compact)    ]
    }

    """
try code.write(to: URL(fileURLWithPath: arguments[1]), atomically: true, encoding: .utf8)

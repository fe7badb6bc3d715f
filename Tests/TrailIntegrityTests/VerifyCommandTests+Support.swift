import Foundation
import FoundationXML
import TrailIntegrity

enum VerifyProgressLineTests {
    /// Half of the digests are read, and all of their log files.
    static var state: VerificationProgress.State {
        var state = VerificationProgress.State()
        state.listedDigests = 24
        state.digests = 12
        state.listedLogs = 72
        state.logs = 72
        state.bytes = 1_500_000
        return state
    }
}

/// Reads JUnit's XML as a CI server would.
final class XMLDocumentCheck: NSObject, XMLParserDelegate {
    private var failures: [String] = []

    /// The types of its failures.
    static func failures(in text: String) throws -> [String] {
        let check = XMLDocumentCheck()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = check
        guard parser.parse() else { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
        return check.failures
    }

    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String] = [:]
    ) {
        if elementName == "failure" { failures.append(attributes["type"] ?? "") }
    }
}

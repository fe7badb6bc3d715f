import Crypto
public import Foundation

/// A request for a page, after login and all checks.
public struct PageRequest: Sendable {
    /// The segments of the path, percent-decoded: `["findings", "3f2a"]`; none for the front page. No segment is empty,
    /// `.`, `..`, or holds a slash or a control character.
    public var path: [String]
    /// The parameters of the query, percent-decoded, in the order of the URL.
    public var query: [(name: String, value: String)]
    public var viewer: Viewer
    public var now: Date

    public init(path: [String], query: [(name: String, value: String)] = [], viewer: Viewer, now: Date) {
        self.path = path
        self.query = query
        self.viewer = viewer
        self.now = now
    }
}

/// The person whom a page is made for.
public struct Viewer: Sendable, Hashable {
    /// The name that the trusted proxy tells, or `token` after a login with the token.
    public var name: String
    /// The value of the field `csrf` in every form that changes something.
    public var csrfToken: String
    /// Whether pages offer to mute findings and to acknowledge alerts.
    public var mayWrite: Bool

    public init(name: String, csrfToken: String, mayWrite: Bool) {
        self.name = name
        self.csrfToken = csrfToken
        self.mayWrite = mayWrite
    }
}

/// A page as HTML.
public struct PageAnswer: Sendable {
    /// The HTTP status.
    public var status: Int
    public var html: String

    public init(status: Int = 200, html: String) {
        self.status = status
        self.html = html
    }
}

/// The pages, without the network.
///
/// The forms that pages may contain are posted to `/login` (fields `csrf`, `token`), `/logout`,
/// `/findings/ID/mute` (`reason`, and `days`: a number, or empty for no end), `/findings/ID/unmute`, and
/// `/alerts/ID/acknowledge`; each has the field `csrf`. An optional field `back` holds the path to return to.
public protocol PageSource: Sendable {
    /// - Returns: the page; `nil` if there is none at this path.
    func answer(_ request: PageRequest) throws -> PageAnswer?
    func login(message: String?, csrfToken: String) -> String
    /// A page that says that a request failed, with its HTTP status and a sentence.
    func problem(_ status: Int, _ text: String) -> String
    /// The style sheet. Pages refer to it by ``stylePath``.
    var style: String { get }
    /// The script. Pages refer to it by ``scriptPath``.
    var script: String { get }
}

extension PageSource {
    /// The path of the style sheet with the hash of its content, so that browsers may keep it forever.
    public var stylePath: String { "/style-\(Self.mark(style)).css" }
    /// The path of the script with the hash of its content.
    public var scriptPath: String { "/script-\(Self.mark(script)).js" }

    private static func mark(_ text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).prefix(8).map { String(format: "%02x", $0) }.joined()
    }
}

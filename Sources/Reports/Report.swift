public import Basics
public import FoundationEssentials
public import Pages

/// The result of a verb, in the one shape that every format reads.
///
/// Items are created one by one when a format reads them, so a report is written without memory for all of them.
public struct Report: Sendable {
    /// The class of the items in OCSF and AWS Security Hub.
    public enum Kind: Sendable { case compliance, detection }

    public var kind: Kind
    /// The words on the command line, such as `scan` or `access can`.
    public var verb: String
    public var title: String
    /// The version of Parapet.
    public var parapet: String
    public var started: Date?
    public var finished: Date
    /// The head of the report: what was read, when, and the result in one line.
    public var summary: [Fact] = []
    /// The number of items of each severity or status, the worst first.
    public var tallies: [(name: String, count: Int)] = []
    public var notes: [Note] = []
    public var overview: Overview?
    /// Values over time that a page draws before the items.
    var histories: Histories?
    /// Time ranges that a page draws before the items.
    var timelines: Timelines?
    /// The additional parts of an auditor's page; `nil` for the usual page.
    var audit: Audit?
    /// The rules that items refer to: checks, detection rules, kinds of problem.
    public var rules: [Rule] = []
    /// The test suites of JUnit.
    public var suites: [Suite] = []
    public var columns: [Column] = []
    public var items: Items
    /// The members of the JSON document besides ``lists``.
    var document: [String: JSON] = [:]
    /// The arrays of the JSON document that hold the items' records.
    public var lists: [List] = []
    /// Renders the report for a terminal. If the flag is true, it shows everything instead of the first few of each
    /// kind.
    public var table: @Sendable (TerminalText, Bool) -> String

    init(
        _ verb: String, _ kind: Kind, title: String, parapet: String = "", started: Date? = nil, finished: Date,
        items: Items, table: @escaping @Sendable (TerminalText, Bool) -> String
    ) {
        self.verb = verb
        self.kind = kind
        self.title = title
        self.parapet = parapet
        self.started = started
        self.finished = finished
        self.items = items
        self.table = table
        suites = [Suite(name: verb)]
    }
}

/// A kind of result that is reported, and the formats that make sense for it.
public protocol Reportable {
    /// The words on the command line.
    static var verb: String { get }
    static var formats: [Format] { get }
    var report: Report { get }
}

extension Report {
    /// Text with its style.
    public struct Words: Sendable, Hashable, ExpressibleByStringInterpolation {
        public enum Style: Sendable { case plain, code, link }

        public var text: String
        public var style: Style

        public init(stringLiteral value: String) { self = .plain(value) }
        public static func plain(_ text: String) -> Words { Words(text, .plain) }
        /// Text that comes from an account or a log.
        public static func code(_ text: String) -> Words { Words(text, .code) }
        /// A link, if the text is a web address. Other text is shown as code.
        public static func link(_ text: String) -> Words { Words(text, WebAddress.isOne(text) ? .link : .code) }

        private init(_ text: String, _ style: Style) {
            self.text = text
            self.style = style
        }
    }

    public struct Fact: Sendable, Hashable {
        public var name: String
        public var value: Words

        public init(_ name: String, _ value: Words) {
            self.name = name
            self.value = value
        }
    }

    /// A note that the reader must know before the items, such as a doubt about the result.
    public struct Note: Sendable {
        public var title: String
        public var sentence: String
        public var lines: [String]
        /// Whether the result may be incomplete because of it.
        public var isDoubt: Bool

        static func doubt(_ sentence: String, _ lines: [String] = []) -> Note {
            Note(title: "Not determined", sentence: sentence, lines: lines, isDoubt: true)
        }
    }

    /// A small table before the items: the number of items of each kind.
    public struct Overview: Sendable {
        public var title: String
        public var columns: [String]
        public var rows: [[Words]]
    }

    /// Values over time, each with its normal range.
    struct Histories: Sendable {
        var title: String
        var histories: [(name: Words, summary: String, picture: HistoryPicture)]
        /// The sentence about those that are not drawn.
        var omission: String?
    }

    /// What was proved of logs, from when to when.
    struct Timelines: Sendable {
        var timelines: [(name: String, account: String, drawing: Drawing)]
        /// The sentence about those that are not drawn.
        var omission: String?
    }

    /// The check, the detection rule or the kind of problem that an item is an instance of.
    public struct Rule: Sendable {
        public var id: String
        public var title: String
        public var severity: Severity
        /// `check`, `rule`, `correlation`, `analytic`; empty for a mere heading.
        public var kind = ""
        public var summary = ""
        /// The evaluation logic, if the title does not say it all.
        public var detail = ""
        public var remedy = ""
        /// The commands by which a person follows the remedy, in order.
        public var commands: [String] = []
        public var practice = ""
        /// Techniques of MITRE ATT&CK, such as `T1562.008`.
        public var techniques: [String] = []
        public var references: [String] = []
        /// The same condition in other catalogs, such as `cis:3.0/3.2`.
        public var equivalents: [String] = []
        /// The equivalents that have a page on the web.
        var links: [(name: String, address: String)] = []
        /// The titles of the documents that it rests on.
        var sources: [String] = []
        public var falsePositives: [String] = []
        /// The number of its suite among ``Report/suites``.
        public var suite = 0
    }

    public struct Suite: Sendable {
        public var name: String
        /// Tests that pass and are not items.
        public var passes: [String] = []
        /// Tests that could not be run and are not items: their names, and the reasons.
        public var errors: [(name: String, message: String)] = []
        /// Tests without anything to test that are not items: their names, and the reasons.
        public var skips: [(name: String, message: String)] = []
    }

    /// A column of CSV, and of the table on a page if it has a title. Its cells come from the items' records.
    public struct Column: Sendable {
        public enum Style: Sendable {
            case plain, code, badge
            /// Shown with the details of an item, not in a column.
            case detail
        }

        public var name: String
        public var title: String?
        public var style: Style
        /// Whether a page offers to show the items of one value only.
        public var isFilter: Bool
        /// The paths to the value in a record. The first path that leads to a value is used.
        private let paths: [[String]]
        private let text: @Sendable (JSON) -> String

        /// - Parameters:
        ///   - paths: for example `resource.type`. Without paths, the name is the path.
        ///   - text: the cell for a value.
        init(
            _ name: String, _ title: String? = nil, _ style: Style = .plain, isFilter: Bool = false,
            from paths: String..., text: @escaping @Sendable (JSON) -> String = { $0.text ?? JSONText.compact($0) }
        ) {
            self.name = name
            self.title = title
            self.style = style
            self.isFilter = isFilter
            self.paths = (paths.isEmpty ? [name] : paths).map { $0.split(separator: ".").map(String.init) }
            self.text = text
        }

        fileprivate func cell(of record: JSON) -> String {
            for path in paths {
                if let value = path.reduce(record, { $0?[$1] }), !value.isNull { return text(value) }
            }
            return ""
        }
    }

    /// An array of the JSON document.
    public struct List: Sendable {
        public var name: String
        /// The `type` of its records in NDJSON.
        public var type: String
    }

    /// The items. Each is created when it is read.
    public struct Items: RandomAccessCollection, Sendable {
        public let startIndex = 0
        public let endIndex: Int
        private let make: @Sendable (Int) -> any ReportItem

        init(count: Int, make: @escaping @Sendable (Int) -> any ReportItem) {
            endIndex = count
            self.make = make
        }

        init(_ items: [any ReportItem]) { self.init(count: items.count) { items[$0] } }

        public static let none = Items([])

        public subscript(place: Int) -> any ReportItem { make(place) }
    }

    public enum Status: String, Sendable, CaseIterable {
        case fail, unknown, manual, muted, pass, notApplicable, information

        /// Whether a person should look at it.
        var needsAttention: Bool { self != .pass && self != .notApplicable }
    }
}

extension Report {
    /// The cells of an item, one for each of ``columns``.
    func cells(of item: any ReportItem) -> [String] {
        let (record, others) = (item.record, item.cells)
        return columns.map { others[$0.name] ?? $0.cell(of: record) }
    }
}

/// One finding, problem, alert or answer, as every format reads it.
public protocol ReportItem: Sendable {
    /// An identifier that is the same for the same item in every run.
    var id: String { get }
    /// The number of its rule among ``Report/rules``.
    var rule: Int { get }
    var status: Report.Status { get }
    var severity: Severity { get }
    /// The subject of the item, such as a resource or an actor.
    var subject: String { get }
    var message: String { get }
    /// Rule, subject and message in one sentence.
    var sentence: String { get }
    var account: String? { get }
    var region: String? { get }
    var resource: ReportResource? { get }
    /// The times at which it was first and last seen, in seconds since 1970; `nil` for a state at the time of the
    /// report.
    var seen: ClosedRange<Int>? { get }
    /// The number of times that it was seen.
    var count: Int { get }
    var activity: ReportActivity? { get }
    /// The log file, and the line in it, that it was found in.
    var file: (name: String, line: Int?)? { get }
    /// The cells, by the names of their columns, that the record does not hold.
    var cells: [String: String] { get }
    /// The evidence for the item, for people.
    var details: [Report.Fact] { get }
    var picture: HistoryPicture? { get }
    /// The number of its array among ``Report/lists``.
    var list: Int { get }
    /// The item as the JSON document has it.
    var record: JSON { get }
    /// Writes ``record``, with a member `type` if there is one. Items of reports with many items do so without creating
    /// ``record``.
    func write(to writer: inout JSONWriter, type: String?)
}

extension ReportItem {
    public var severity: Severity { .informational }
    public var sentence: String { "\(subject): \(message)" }
    public var account: String? { nil }
    public var region: String? { nil }
    public var resource: ReportResource? { nil }
    public var seen: ClosedRange<Int>? { nil }
    public var count: Int { 1 }
    public var cells: [String: String] { [:] }
    public var details: [Report.Fact] { [] }
    public var activity: ReportActivity? { nil }
    public var file: (name: String, line: Int?)? { nil }
    public var picture: HistoryPicture? { nil }
    public var list: Int { 0 }
}

/// A resource of AWS that an item is about.
public struct ReportResource: Sendable {
    /// CloudFormation's name for the type, such as `AWS::CloudTrail::Trail`.
    public var type: String
    public var id: String
    public var arn: String
    public var name: String?

    public init(type: String, id: String, arn: String, name: String? = nil) {
        self.type = type
        self.id = id
        self.arn = arn
        self.name = name
    }

    /// The partition in its ARN.
    var partition: String? { Self.partition(of: arn) }

    /// The partition in an ARN; `nil` if the text is not an ARN, or if it has no partition.
    static func partition(of arn: String) -> String? {
        ARN(arn).flatMap { $0.partition.isEmpty ? nil : String($0.partition) }
    }
}

/// An activity in a log: the actor, the operation and the source, as far as the log has them.
public struct ReportActivity: Sendable {
    public var actor: String
    public var operation: String?
    public var service: String?
    public var address: String?
    public var userAgent: String?
}

import Analytics
import Basics
import LogReaders
import Testing

/// Records of CloudTrail about keys and logins, at days since 1 January 2026.
struct KeyEvents {
    static let start = 1_767_225_600
    static let key = "AKIAIOSFODNN7EXAMPLE"

    var records: [String] = []

    /// What one event is made of, beside its time.
    struct Event {
        var name = "ListBuckets"
        var source = "s3.amazonaws.com"
        var key: String? = KeyEvents.key
        var actor = "arn:aws:iam::123456789012:user/ann"
        var account = "123456789012"
        var recipient = "123456789012"
        var region = "us-east-1"
        var address = "203.0.113.5"
        var request = "null"
        var response = "null"
        var error: String?
        var type = "IAMUser"
    }

    /// - Parameter day: with parts of days behind the point.
    mutating func add(_ day: Double, _ event: Event) {
        let time = Self.time(Self.start + Int((day * 86_400).rounded()))
        let key = event.key.map { "\"accessKeyId\":\"\($0)\"," } ?? ""
        let error = event.error.map { "\"errorCode\":\"\($0)\"," } ?? ""
        let user = event.actor.split(separator: "/").last ?? ""
        records.append(
            """
            {"eventVersion":"1.11","userIdentity":{"type":"\(event.type)",\(key)"arn":"\(event.actor)","accountId":\
            "\(event.account)","userName":"\(user)"},"eventTime":"\(time)","eventSource":"\(event.source)","eventName":\
            "\(event.name)","awsRegion":"\(event.region)","sourceIPAddress":"\(event.address)",\(error)\
            "requestParameters":\(event.request),"responseElements":\(event.response),"eventID":\
            "event-\(records.count)","recipientAccountId":"\(event.recipient)"}
            """)
    }

    mutating func use(_ day: Double, key: String? = KeyEvents.key, error: String? = nil) {
        add(day, Event(key: key, error: error))
    }

    /// A session's event: it says that there are logs.
    mutating func other(_ day: Double) { use(day, key: "ASIAIOSFODNN7EXAMPLE") }

    mutating func create(_ day: Double, error: String? = nil) {
        let response = #"{"accessKey":{"accessKeyId":"\#(Self.key)","userName":"ann","status":"Active"}}"#
        add(day, admin("CreateAccessKey", #"{"userName":"ann"}"#, response, error))
    }

    mutating func update(_ day: Double, _ status: String, error: String? = nil) {
        let request = #"{"userName":"ann","accessKeyId":"\#(Self.key)","status":"\#(status)"}"#
        add(day, admin("UpdateAccessKey", request, "null", error))
    }

    mutating func login(_ day: Double, _ result: String = "Success", type: String = "IAMUser") {
        add(
            day,
            Event(
                name: "ConsoleLogin", source: "signin.amazonaws.com", key: nil,
                response: #"{"ConsoleLogin":"\#(result)"}"#, type: type))
    }

    mutating func createProfile(_ day: Double) {
        add(day, admin("CreateLoginProfile", #"{"userName":"ann"}"#, #"{"loginProfile":{"userName":"ann"}}"#, nil))
    }

    private func admin(_ name: String, _ request: String, _ response: String, _ error: String?) -> Event {
        Event(
            name: name, source: "iam.amazonaws.com", key: "ASIAIOSFODNN7ADMIN00",
            actor: "arn:aws:sts::123456789012:assumed-role/admin/bob", request: request, response: response,
            error: error, type: "AssumedRole")
    }

    static func time(_ seconds: Int) -> String {
        let days = seconds / 86_400
        // Howard Hinnant's days to dates, for years behind 1970.
        let (shifted, rest) = (days + 719_468, seconds % 86_400)
        let (era, dayOfEra) = (shifted / 146_097, shifted % 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let slot = (5 * dayOfYear + 2) / 153
        let month = slot < 10 ? slot + 3 : slot - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(year)-\(two(month))-\(two(dayOfYear - (153 * slot + 2) / 5 + 1))T"
            + "\(two(rest / 3_600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
    }

    /// What a worker makes of them.
    /// - Parameter now: by default so late that every test's events are believed.
    static func tally(
        _ records: [String], _ settings: KeySettings = KeySettings(), now: Int = start + 1_000 * 86_400
    ) throws -> KeyTally {
        var list = FieldList()
        let fields = KeyFields(&list)
        var tally = KeyTally(settings, fields: fields, seed: 7, now: now)
        for record in records { tally.add(JSONEvent(try JSON(parsing: record), fields: list)) }
        return tally
    }

    func report(_ baseline: KeyBaseline = KeyBaseline()) throws -> KeyReport {
        KeyHistory(try Self.tally(records), baseline: baseline).report()
    }

    func rules(_ baseline: KeyBaseline = KeyBaseline()) throws -> [String] { try report(baseline).alerts.map(\.rule) }
}

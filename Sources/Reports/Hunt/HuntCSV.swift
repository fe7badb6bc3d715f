import Analytics
public import FoundationEssentials
import Hunting

extension HuntReport {
    /// RFC 4180 with a header: one alert a line, its fields and evidence as JSON.
    public func csv() -> Data {
        var data = Data(CSVText.line(Self.columns).utf8)
        for alert in result.alerts {
            let cells = [
                HuntWords.moment(alert.time), HuntWords.moment(alert.lastTime), alert.severity.rawValue, alert.rule,
                alert.title, alert.practice, alert.account ?? "", alert.region ?? "", alert.actor, alert.event ?? "",
                Self.compact(HuntRecords.fields(alert)), Self.compact(HuntRecords.evidence(alert)),
            ]
            data += Data(CSVText.line(cells).utf8)
        }
        return data
    }

    private static let columns = [
        "time", "last_time", "severity", "rule", "title", "practice", "account", "region", "actor", "event", "fields",
        "evidence",
    ]

    /// Nodes hold nothing that JSON cannot say, so that writing them does not fail.
    private static func compact(_ node: JSONNode) -> String { (try? RecordWriter.compact(node)) ?? "" }
}

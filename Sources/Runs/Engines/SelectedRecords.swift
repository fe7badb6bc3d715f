import Basics
import DistributedEngines
import FoundationEssentials
import Hunting
import LogReaders

/// The records that an engine selected for a hunt.
struct SelectedRecords: Sendable {
    /// The name of the table, or the places of the files, for reports.
    var places: [String]
    var store: RowStore
    /// In bytes.
    var scanned: Int
    /// Why the result may be incomplete.
    var doubts: [String]
    /// What the query read and cost, for users.
    var notes: [String]
}

extension RowStore {
    /// The number of records and sums, for users.
    var returned: String {
        "\(count) records" + (sums.rowCount == 0 ? "" : " and \(sums.rowCount) sums of \(sums.records) more")
    }
}

extension HuntSieve {
    /// - Throws: ``Failure`` if a rule cannot be narrowed or is without its fields.
    func checkStrictly() throws(Failure) {
        guard let remark = remarks.first else { return }
        throw Failure(
            "the engine cannot run every rule", why: remark, advice: "omit --strict-engine, or the rule")
    }

    /// What the rows that came back leave open.
    func doubts(about store: RowStore) -> [String] {
        var doubts = blind.map { rule, fields in
            "the rule \(rule) reads \(fields.joined(separator: ", ")), which the table does not have"
        }
        if store.unreadable > 0, table.isOCSF {
            doubts.append("\(store.unreadable) events of the table are not of \(table.source.rawValue)")
        } else if store.unreadable > 0 {
            doubts.append("\(store.unreadable) lines of the logs do not fit the table's definition")
        }
        if store.untimed > 0 {
            doubts.append(
                "the query could not read the times of \(store.untimed) records, so correlations may lack events")
        }
        return doubts
    }
}

import GRDB

/// A row of a table. Dates are seconds since 1970.
protocol StoreRow: FetchableRecord, PersistableRecord {}

extension StoreRow {
    static func databaseDateDecodingStrategy(for column: String) -> DatabaseDateDecodingStrategy {
        .timeIntervalSince1970
    }
    static func databaseDateEncodingStrategy(for column: String) -> DatabaseDateEncodingStrategy {
        .timeIntervalSince1970
    }
}

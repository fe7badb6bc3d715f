public import Basics
import GRDB

/// Writes within a transaction of the store.
public struct StoreWriter {
    let database: Database

    init(_ database: Database) { self.database = database }
}

extension Store {
    /// Changes the file in one transaction: all of `body` or nothing.
    @discardableResult
    public func change<Value>(_ what: String, _ body: (StoreWriter) throws -> Value) throws(Failure) -> Value {
        try write(what) { try body(StoreWriter($0)) }
    }
}

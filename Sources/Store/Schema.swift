import GRDB

/// The tables. A migration that was released never changes; a later one alters what it made.
enum Schema {
    /// The mark of the file's header that tells a store from the databases of other programs: `PARA` in ASCII.
    /// - Source: SQLite, "Database File Format", 1.3.15.
    static let application = 0x5041_5241

    /// The tables that are counted and exported.
    static let tables = [
        "scan", "standing", "finding", "change", "mute", "alert", "verification", "coverage", "problem", "traffic",
        "access", "baseline", "cursor", "object", "journal", "delivery", "sign",
    ]

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(sql: "PRAGMA application_id = \(application)")
            try database.create(table: "scan") { table in
                table.primaryKey("id", .text)
                table.column("started", .double).notNull()
                table.column("finished", .double).notNull().indexed()
                table.column("parapet", .text).notNull()
                table.column("accounts", .text).notNull()
                table.column("regions", .text).notNull()
                table.column("checks", .text).notNull()
                table.column("isPartial", .boolean).notNull()
            }
            // The sums of each practice after each scan: the trend.
            try database.create(table: "standing") { table in
                table.column("scan", .text).notNull().references("scan", onDelete: .cascade)
                table.column("time", .double).notNull().indexed()
                table.column("account", .text).notNull()
                table.column("practice", .text).notNull()
                table.column("status", .text).notNull()
                table.column("count", .integer).notNull()
                table.primaryKey(["scan", "account", "practice", "status"])
            }
            try database.create(table: "finding") { table in
                table.primaryKey("id", .text)
                table.column("check", .text).notNull().indexed()
                table.column("practice", .text).notNull().indexed()
                table.column("severity", .text).notNull()
                table.column("severityRank", .integer).notNull()
                table.column("status", .text).notNull().indexed()
                table.column("account", .text).notNull()
                table.column("region", .text).notNull()
                table.column("resourceType", .text).notNull()
                table.column("resource", .text).notNull().indexed()
                table.column("arn", .text).notNull().indexed()
                table.column("name", .text)
                table.column("title", .text).notNull()
                table.column("message", .text).notNull()
                table.column("hasFix", .boolean).notNull()
                table.column("record", .text).notNull()
                table.column("firstSeen", .double).notNull()
                table.column("lastSeen", .double).notNull()
                table.column("changed", .double).notNull().indexed()
                table.column("resolved", .double)
            }
            // The sums of the front page are read from this index alone.
            try database.create(index: "findingBySum", on: "finding", columns: ["account", "practice", "status"])
            try database.create(table: "change") { table in
                table.autoIncrementedPrimaryKey("number")
                table.column("finding", .text).notNull().indexed().references("finding", onDelete: .cascade)
                table.column("time", .double).notNull().indexed()
                table.column("scan", .text).notNull()
                table.column("before", .text)
                table.column("after", .text).notNull()
                table.column("message", .text).notNull()
            }
            try database.create(table: "mute") { table in
                table.primaryKey("finding", .text)
                table.column("reason", .text).notNull()
                table.column("by", .text).notNull()
                table.column("since", .double).notNull()
                table.column("until", .double)
            }
            try database.create(table: "alert") { table in
                table.primaryKey("id", .text)
                table.column("rule", .text).notNull().indexed()
                table.column("title", .text).notNull()
                table.column("source", .text).notNull()
                table.column("severity", .text).notNull()
                table.column("severityRank", .integer).notNull()
                table.column("practice", .text).notNull().indexed()
                table.column("account", .text)
                table.column("region", .text)
                table.column("actor", .text).notNull()
                table.column("event", .text)
                table.column("time", .double).indexed()
                table.column("lastTime", .double)
                table.column("record", .text).notNull()
                table.column("finding", .text).indexed()
                table.column("stored", .double).notNull().indexed()
                table.column("acknowledged", .double)
                table.column("acknowledgedBy", .text)
            }
            try database.create(table: "verification") { table in
                table.autoIncrementedPrimaryKey("number")
                table.column("time", .double).notNull().indexed()
                table.column("from", .double).notNull()
                table.column("to", .double).notNull()
                table.column("digestsValid", .integer).notNull()
                table.column("digestsInvalid", .integer).notNull()
                table.column("logsValid", .integer).notNull()
                table.column("logsInvalid", .integer).notNull()
            }
            try database.create(table: "coverage") { table in
                table.autoIncrementedPrimaryKey("number")
                table.column("verification", .integer).notNull().indexed().references(
                    "verification", onDelete: .cascade)
                table.column("trail", .text).notNull()
                table.column("account", .text).notNull()
                table.column("region", .text).notNull()
                table.column("from", .double).notNull()
                table.column("to", .double).notNull()
            }
            try database.create(table: "problem") { table in
                table.autoIncrementedPrimaryKey("number")
                table.column("verification", .integer).notNull().indexed().references(
                    "verification", onDelete: .cascade)
                table.column("kind", .text).notNull()
                table.column("trail", .text).notNull()
                table.column("account", .text).notNull()
                table.column("region", .text).notNull()
                table.column("object", .text).notNull()
                table.column("message", .text).notNull()
                table.column("isInformation", .boolean).notNull()
                table.column("from", .double)
                table.column("to", .double)
            }
            // What hunts saw in flow logs and access logs, for the pages on traffic and access.
            try database.create(table: "traffic") { table in
                table.column("interface", .text).notNull()
                table.column("direction", .text).notNull()
                table.column("hour", .integer).notNull().indexed()
                table.column("bytes", .double).notNull()
                table.column("lower", .double)
                table.column("upper", .double)
                table.column("isUnusual", .boolean).notNull()
                table.column("peers", .text).notNull()
                table.primaryKey(["interface", "direction", "hour"])
            }
            try database.create(table: "access") { table in
                table.column("bucket", .text).notNull()
                table.column("day", .integer).notNull().indexed()
                table.column("requester", .text).notNull()
                table.column("operation", .text).notNull()
                table.column("isRefused", .boolean).notNull()
                table.column("count", .integer).notNull()
                table.column("addresses", .text).notNull()
                table.column("lastTime", .double).notNull()
                table.primaryKey(["bucket", "day", "requester", "operation", "isRefused"])
            }
            try database.create(table: "baseline") { table in
                table.primaryKey("name", .text)
                table.column("content", .blob).notNull()
                table.column("updated", .double).notNull()
            }
            try database.create(table: "cursor") { table in
                table.primaryKey("place", .text)
                table.column("content", .text).notNull()
                table.column("updated", .double).notNull()
            }
            // Log objects that were read to their end, so that none is read twice.
            try database.create(table: "object") { table in
                table.primaryKey("name", .text)
                table.column("tag", .text).notNull()
                table.column("read", .double).notNull().indexed()
            }
            try database.create(table: "journal") { table in
                table.primaryKey("run", .text)
                table.column("begun", .double).notNull()
                table.column("ended", .double)
                table.column("content", .text).notNull()
            }
            // Messages that are to be sent: written with what they tell in one transaction, and sent afterwards.
            try database.create(table: "delivery") { table in
                table.autoIncrementedPrimaryKey("number")
                table.column("notifier", .text).notNull()
                table.column("subject", .text).notNull()
                table.column("group", .text).notNull()
                table.column("kind", .text).notNull()
                table.column("severity", .text).notNull()
                table.column("content", .text).notNull()
                table.column("created", .double).notNull().indexed()
                table.column("due", .double).notNull()
                table.column("attempts", .integer).notNull()
                table.column("state", .text).notNull()
                table.column("sent", .double)
                table.column("error", .text)
                table.uniqueKey(["notifier", "subject", "kind"])
            }
            try database.create(index: "deliveryByState", on: "delivery", columns: ["state", "due"])
            // What a running watch tells about itself: its lag, its last scan, its schedule.
            try database.create(table: "sign") { table in
                table.primaryKey("name", .text)
                table.column("content", .text).notNull()
                table.column("updated", .double).notNull()
            }
        }
        migrator.registerMigration("2-search") { database in
            // A number of its own, since a row's number may change when the file is compacted.
            try database.execute(sql: "ALTER TABLE finding ADD COLUMN number INTEGER")
            try database.execute(sql: "UPDATE finding SET number = rowid")
            try database.execute(
                sql: """
                    CREATE VIRTUAL TABLE findingText USING fts5(
                        \(SearchIndex.columns), content='finding', content_rowid='number', tokenize='trigram',
                        detail='full')
                    """)
            try database.execute(sql: "INSERT INTO findingText (findingText) VALUES ('rebuild')")
            // The index is kept by ``SearchIndex``: SQLite does not let triggers of an untrusted schema use it.
            try database.execute(
                sql: """
                    CREATE TABLE findingCounter (last INTEGER NOT NULL);
                    INSERT INTO findingCounter SELECT COALESCE(MAX(number), 0) FROM finding;
                    CREATE TRIGGER findingAdded AFTER INSERT ON finding BEGIN
                        UPDATE findingCounter SET last = last + 1;
                        UPDATE finding SET number = (SELECT last FROM findingCounter) WHERE id = new.id;
                    END;
                    CREATE INDEX findingNumber ON finding (number, status, severity, practice, account, region, "check");
                    CREATE INDEX findingWorst ON finding
                        (\(statusRank), severityRank DESC, "check", account, region, practice, severity, status, number);
                    CREATE INDEX findingPractice ON finding (practice, severity, status, account, region, "check");
                    CREATE INDEX findingAccount ON finding (account, region, status, severity, practice, "check");
                    CREATE INDEX findingCheck ON finding ("check", status, severity, account, region, practice);
                    CREATE INDEX findingRegion ON finding (region);
                    CREATE INDEX alertOpen ON alert (acknowledged, severity);
                    CREATE INDEX alertLatest ON alert (COALESCE(time, stored) DESC, id);
                    """)
        }
        return migrator
    }

    /// The places of the statuses in the order of lists.
    static let ranks = ["fail": 0, "unknown": 1, "manual": 2, "muted": 3, "pass": 4, "notApplicable": 5]

    /// The place of a status as SQL. An index holds it, so its text must not change.
    static let statusRank = """
        CASE status WHEN 'fail' THEN 0 WHEN 'unknown' THEN 1 WHEN 'manual' THEN 2 WHEN 'muted' THEN 3 WHEN 'pass' THEN 4 \
        WHEN 'notApplicable' THEN 5 ELSE 6 END
        """
}

internal import Analytics
internal import LogReaders
internal import LogSources
internal import Sigma

/// Runs rules and analytics over S3 server access logs.
struct AccessHunt: LogHunt {
    let context: HuntContext
    /// The requests that an engine has summed up.
    private let sums: RecordSums?
    fileprivate let lookup: AccessEvent.Lookup

    init(_ context: HuntContext, sums: RecordSums? = nil) {
        self.context = context
        self.sums = sums
        lookup = AccessEvent.Lookup(context.records.fields)
    }

    func worker() -> Worker { Worker(self) }

    var part: WritableKeyPath<HuntBaseline, AccessBaseline?> { \.access }
    var remembered: WritableKeyPath<HuntMemory, AccessTally?> { \.access }

    /// Merges the workers' tallies, and adds the sums at the end, when the records of their clients are known.
    func merged(_ workers: [Worker]) -> AccessTally? {
        guard var whole = largest(of: workers) ?? newTally() else { return nil }
        _ = sums?.forEachAccess { whole.add($0) }
        return whole
    }

    fileprivate func newTally() -> AccessTally? {
        let settings = context.settings
        guard settings.runsAnalytics else { return nil }
        return AccessTally(settings.access, seed: context.seed, now: settings.moment)
    }

    func report(_ tally: AccessTally, _ baseline: AccessBaseline) -> AccessReport {
        AccessLogAnalytics(tally, baseline: baseline).report()
    }

    final class Worker: HuntWorker {
        let matcher: RuleMatcher
        /// `nil` while a piece is read: it is taken out, so that nothing is copied or checked for each record.
        var tally: AccessTally?
        private(set) var hasEventsInRange = false
        private var reader = AccessLogReader()
        private let exported = ExportedLines(of: .s3Access)
        private let hunt: AccessHunt
        private let hasRules: Bool

        var events: Int { reader.records }

        fileprivate init(_ hunt: AccessHunt) {
            self.hunt = hunt
            tally = hunt.newTally()
            matcher = RuleMatcher(hunt.context.rules)
            hasRules = hunt.context.hasRules
        }

        func read(_ piece: LogPiece) {
            exported.read(piece) { read($0, piece) }
        }

        private func read(_ lines: Bytes, _ piece: LogPiece) {
            let before = reader.damaged.count
            let settings = hunt.context.settings
            var tally = tally.take()
            reader.read(lines) { record in
                guard !settings.isLimitedInTime || record.time.map(settings.admits) ?? true else { return }
                hasEventsInRange = true
                tally?.add(record)
                if hasRules { judge(record, piece.file) }
            }
            self.tally = tally
            piece.lost(reader.damaged.count - before, reader.damaged.shown(after: before))
        }

        /// Distinguishes a record from others of the same request. A request that deletes many objects has a line for
        /// each object.
        private static func identity(of record: AccessRecord) -> Int {
            var hasher = Hasher()
            for field in [AccessField.operation, .key, .versionID] {
                hasher.combine(record[field].count)
                hasher.combine(bytes: UnsafeRawBufferPointer(record[field]))
            }
            return hasher.finalize()
        }

        private func judge(_ record: AccessRecord, _ file: LogFile) {
            let event = AccessEvent(record, hunt.lookup)
            matcher.match(event) { place in
                hunt.context.alert(place, on: event, of: Self.identity(of: record), in: file) {
                    .values(
                        $0.reduce(into: [:]) { values, name in
                            guard let field = AccessField(named: name), record.has(field) else { return }
                            values[name] = String(decoding: record[field], as: UTF8.self)
                        }, line: hunt.context.settings.keepsRaw ? Array(record.line) : nil)
                }
            }
        }
    }
}

extension DamagedLines {
    /// A damaged line, for display.
    /// - Parameter count: the number of damaged lines before it.
    func shown(after count: Int) -> String {
        samples.dropFirst(count).first.map { "a line that is not a record (\($0.reason)): \($0.text)" }
            ?? "a line that is not a record"
    }
}

import Basics

extension AccessLogAnalytics {
    /// Finds requesters that read much more than they usually do.
    func reading(_ subject: AccessSubject, _ learned: inout LearnedAccess) -> [Alert] {
        let hours = subject.client.hours.entries.filter { $0.bytes > 0 }
            .map { LevelJudge.Volume(slot: $0.slot, amount: Double($0.bytes)) }
        guard let last = hours.last else { return [] }
        let judge = LevelJudge(floor: settings.readFloor, growth: settings.readGrowth, gap: 0, window: 168)
        // A requester without history that reads much is unusual, unless it is an expected reader.
        let verdict = judge.judge(
            hours, known: known(before.reading, subject)?.median,
            unknown: settings.expects(subject.client.requester) ? nil : 0)
        if let median = verdict.learned {
            learned.reading[subject.key].update(LearnedAccess.UsualLevel(median: median, hour: Int(last.slot)))
        }
        guard let first = verdict.unusual.first, let end = verdict.unusual.last, let most = verdict.most else {
            return []
        }
        let shown = hours.filter { $0.slot <= end.slot }.suffix(48)
        let span = subject.client.hours.span(from: first.slot, to: end.slot, length: AllowedHour.length, \.sending)
        let band = max(settings.readFloor, most.usual * settings.readGrowth)
        return [
            alert(
                "access-unusual-reading", "Unusual read volume", subject, .high,
                from: span.first, to: span.last,
                [
                    .init("observed", .int(Int(saturating: most.amount))),
                    .init("expected", .int(Int(saturating: most.usual))),
                    .init("band", .array([0, .int(Int(saturating: band))])), .init("unit", "bytes in an hour"),
                    .init("history", .array(shown.map { .int(Int(saturating: $0.amount)) })),
                    .init("sparkline", .string(Sparkline.text(shown.map { Robust.log($0.amount) }))),
                ] + subject.evidence
                    + (subject.client.largest.map { [.init("records", .array([$0.evidence]))] } ?? []))
        ]
    }
}

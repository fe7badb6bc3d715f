internal import Basics

extension KeyHistory {
    /// Finds uses of a key after months without use.
    func silentKey(_ key: String, _ timeline: CredentialTimeline) -> [Alert] {
        timeline.unusedPeriods(of: settings.silence).map { silence in
            alert(
                "key-used-after-silence", "Dormant access key used", .medium,
                "unused-credentials", key, silence.end, ["key": key],
                since(silence) + origin(timeline) + [uses(timeline, silence.end)])
        }
    }

    /// Finds console logins of a user after months without one.
    func silentUser(_ user: String, _ timeline: CredentialTimeline) -> [Alert] {
        timeline.unusedPeriods(of: settings.silence).map { silence in
            alert(
                "login-after-silence", "Dormant user sign-in", .medium, "unused-credentials",
                user, silence.end, ["user": user], since(silence) + origin(timeline) + [uses(timeline, silence.end)])
        }
    }

    /// Finds the first use of a key after the age at which it should have been rotated.
    func oldKey(_ key: String, _ timeline: CredentialTimeline) -> [Alert] {
        guard let (use, born) = timeline.firstUse(past: settings.maximumAge) else { return [] }
        let isCreation = timeline.created != nil
        return [
            alert(
                "old-key-used", "Overdue access key used", .low, "credential-rotation",
                key, use, ["key": key],
                [
                    .init(isCreation ? "age_days" : "min_age_days", .int((use.time - born) / 86_400)),
                    .init("max_age_days", .int(settings.maximumKeyAgeDays)),
                    .init(isCreation ? "created" : "first_seen", .string(Moment(nearestTo: born).description)),
                ] + creator(timeline) + [uses(timeline, use)])
        ]
    }

    /// Finds the first use of a key after it was activated again.
    func reactivatedKey(_ key: String, _ timeline: CredentialTimeline) -> [Alert] {
        timeline.reactivations.compactMap { reactivation in
            guard let use = timeline.use(from: reactivation.time, before: reactivation.end) else { return nil }
            var evidence: [JSON.Object.Member] = [
                .init("reactivated", .string(Moment(nearestTo: reactivation.time).description))
            ]
            let actor = reactivation.change.map { tally.text($0.event.actor) } ?? timeline.memory?.reactivatedBy
            if let actor { evidence.append(.init("reactivated_by", .string(actor))) }
            if let event = reactivation.change?.event.id.text {
                evidence.append(.init("reactivated_event", .string(event)))
            }
            if let owner = reactivation.change.flatMap({ tally.text($0.owner) }) {
                evidence.append(.init("user", .string(owner)))
            }
            evidence.append(.init("days_until_use", .int((use.time - reactivation.time) / 86_400)))
            return alert(
                "reactivated-key-used", "Reactivated access key used", .medium,
                "unused-credentials", key, use, ["key": key], evidence + origin(timeline) + [uses(timeline, use)])
        }
    }

    private func alert(
        _ rule: String, _ title: String, _ severity: Severity, _ practice: String, _ name: String,
        _ use: CredentialTimeline.Use, _ fields: [String: String], _ evidence: [JSON.Object.Member]
    ) -> Alert {
        var fields = fields
        // Only the time is known for a later use of a day.
        if use.isExact {
            fields["operation"] = tally.text(use.event.operation)
            fields["address"] = tally.text(use.event.address)
        }
        return Alert(
            rule: rule, title: title, event: use.isExact ? use.event.id.text : nil, time: use.time,
            severity: severity, account: tally.text(use.event.account),
            region: use.isExact ? tally.text(use.event.region) : nil, actor: tally.text(use.event.actor) ?? name,
            practice: practice, fields: fields, evidence: evidence)
    }

    private func since(_ silence: CredentialTimeline.UnusedPeriod) -> [JSON.Object.Member] {
        let name =
            switch silence.beginning {
            case .use: "last_use_before"
            case .creation: "created_never_used"
            case .logs: "logs_begin"
            }
        var evidence: [JSON.Object.Member] = [
            .init("days_without_use", .int((silence.end.time - silence.begin) / 86_400)),
            .init(name, .string(Moment(nearestTo: silence.begin).description)),
        ]
        if silence.covered < silence.end.time - silence.begin {
            evidence.append(.init("days_covered_by_logs", .int(silence.covered / 86_400)))
        }
        return evidence
    }

    /// The time at which the credential was created, and the principal that created it.
    private func origin(_ timeline: CredentialTimeline) -> [JSON.Object.Member] {
        guard let created = timeline.created else { return [] }
        return [.init("created", .string(Moment(nearestTo: created).description))] + creator(timeline)
    }

    private func creator(_ timeline: CredentialTimeline) -> [JSON.Object.Member] {
        var evidence: [JSON.Object.Member] = []
        let actor = timeline.entry.created.flatMap { tally.text($0.event.actor) } ?? timeline.memory?.createdBy
        if let actor { evidence.append(.init("created_by", .string(actor))) }
        if let owner = timeline.entry.created.flatMap({ tally.text($0.owner) }) {
            evidence.append(.init("created_for", .string(owner)))
        }
        return evidence
    }

    /// The first events of the next days of use.
    private func uses(_ timeline: CredentialTimeline, _ use: CredentialTimeline.Use) -> JSON.Object.Member {
        let shown = timeline.uses(from: use.time).prefix(5).map { event in
            let parts: [(String, String?)] = [
                ("time", Moment(nearestTo: event.time).description), ("event", event.id.text),
                ("operation", tally.text(event.operation)),
                ("address", tally.text(event.address)), ("region", tally.text(event.region)),
            ]
            return JSON.members(
                parts.compactMap { name, text in text.map { JSON.Object.Member(name, .string($0)) } })
        }
        return .init("uses_by_day", .array(shown))
    }
}

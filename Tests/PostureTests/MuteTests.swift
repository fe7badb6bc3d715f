import Basics
import FoundationEssentials
import Inventory
import Posture
import Testing

@Suite struct MuteTests {
    private static let now = Criteria.sample.now

    /// One failing finding: check `s3-check`, bucket `logs-1`, region `eu-west-1`, account 123456789012.
    private func failing(_ judgement: Judgement = .fail("bad")) -> [Finding] {
        Fixed("s3-check", [.on("logs-1", in: "eu-west-1", judgement)]).findings(in: .sample)
    }

    @Test(
        "a mute covers a finding if each of its patterns matches",
        arguments: [
            (Mute(check: "s3-check", reason: ""), true),
            (Mute(check: "s3-*", reason: ""), true),
            (Mute(check: "*", reason: ""), true),
            (Mute(check: "s3-chec?", reason: ""), true),
            (Mute(check: "s3", reason: ""), false),
            (Mute(check: "*", resource: "logs-1", reason: ""), true),
            (Mute(check: "*", resource: "arn:aws:s3:::logs-*", reason: ""), true),
            (Mute(check: "*", resource: "logs-2", reason: ""), false),
            (Mute(check: "*", account: "123456789012", reason: ""), true),
            (Mute(check: "*", account: "999999999999", reason: ""), false),
            (Mute(check: "*", region: "eu-*", reason: ""), true),
            (Mute(check: "*", region: "us-*", reason: ""), false),
        ])
    func patterns(_ mute: Mute, _ covers: Bool) {
        let (findings, warnings) = Mutes([mute], asOf: Self.now).applied(to: failing())
        #expect(findings.map(\.status) == [covers ? .muted : .fail])
        #expect(warnings.isEmpty == covers)
    }

    @Test("a mute ends at its moment, and the user is told", arguments: [(1.0, true), (0, false), (-1, false)])
    func expiry(_ seconds: TimeInterval, _ lasts: Bool) {
        let mute = Mute(check: "s3-check", reason: "", until: Self.now.addingTimeInterval(seconds))
        let (findings, warnings) = Mutes([mute], asOf: Self.now).applied(to: failing())
        #expect(findings.map(\.status) == [lasts ? .muted : .fail])
        #expect(warnings.contains { $0.hasPrefix("mute for s3-check on * expired on 20") } == !lasts)
    }

    @Test("what is unknown may be accepted too, and keeps its reason")
    func unknown() {
        let (findings, warnings) = Mutes([Mute(check: "s3-check", reason: "r")], asOf: Self.now)
            .applied(to: failing(.unknown(.never)))
        #expect(findings.map(\.status) == [.muted] && findings.map(\.unknown) == [.never])
        #expect(warnings.isEmpty)
    }

    @Test("a mute that names checks covers those and no others", arguments: [("s3-check", true), ("other", false)])
    func namedChecks(_ name: String, _ covers: Bool) {
        var mute = Mute(check: "securityhub:S3.1", reason: "r")
        mute.checks = [name]
        #expect(
            Mutes([mute], asOf: Self.now).applied(to: failing()).findings.map(\.status) == [covers ? .muted : .fail])
    }

    @Test("a mute that covers no failing finding is reported")
    func unused() {
        let mutes = [Mute(check: "s3-check", reason: ""), Mute(check: "iam-check", resource: "root", reason: "")]
        let (_, warnings) = Mutes(mutes, asOf: Self.now).applied(to: failing())
        #expect(warnings == ["mute for iam-check on root matches no failing or not determined finding"])
        #expect(Mutes([mutes[0]], asOf: Self.now).applied(to: failing(.pass("good"))).warnings.count == 1)
        #expect(Mutes(mutes, asOf: Self.now).applied(to: failing(), leaving: ["iam-check"]).warnings.isEmpty)
        let elsewhere = Mute(check: "s3-check", account: "999999999999", region: "us-esat-1", reason: "")
        #expect(
            Mutes([elsewhere], asOf: Self.now).applied(to: failing(), leaving: ["iam-check"]).warnings == [
                "mute for s3-check on * in account 999999999999 in region us-esat-1 matches no failing or not determined finding"
            ])
    }

    @Test(
        "what passes, or a person must decide, is not muted",
        arguments: [
            Judgement.pass("good"), .manual("judge", []), .notApplicable("none", Evidence("x", 0, from: .settings)),
        ])
    func others(_ judgement: Judgement) {
        let findings = failing(judgement)
        #expect(Mutes([Mute(check: "*", reason: "")], asOf: Self.now).applied(to: findings).findings == findings)
    }

    @Test("the message names the owner and the reason of the first mute in force")
    func message() {
        let mutes = [
            Mute(check: "*", owner: "ada", reason: "old", until: .distantPast),
            Mute(check: "*", owner: "bob", reason: "accepted until the move"),
            Mute(check: "*", reason: "another"),
        ]
        let (findings, warnings) = Mutes(mutes, asOf: Self.now).applied(to: failing())
        #expect(findings.map(\.message) == ["bad — accepted (bob): accepted until the move"])
        #expect(warnings.count == 1)
    }

    @Test("without mutes nothing changes") func none() {
        #expect(Mutes([], asOf: Self.now).applied(to: failing()).findings == failing())
    }
}

extension Unknown {
    static let never = Unknown(.notYet, detail: "not yet")
}

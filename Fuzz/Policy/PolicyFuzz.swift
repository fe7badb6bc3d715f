// One input is one policy document. Fuzz/run compiles this file into one module with Sources/IAMPolicy.

/// Parses the bytes as a policy and, if they are one, prints it, parses it again and decides requests by it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPolicy(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    do throws(PolicyError) {
        let policy = try Policy(parsing: bytes)
        PolicyProbe.checkPrinting(policy)
        PolicyProbe.checkEvaluation(policy)
        PolicyProbe.askAtRest(policy)
    } catch {
        expect(error.line >= 1 && error.column >= 1, "an error without a place: \(error)")
    }
    return 0
}

/// What must hold of every policy, whatever it says.
enum PolicyProbe {
    static func checkPrinting(_ policy: Policy) {
        for text in [policy.json, policy.indentedJSON] {
            expect((try? Policy(parsing: text)) == policy, "what was printed is no policy, or another: \(text)")
        }
    }

    /// The two implementations of the evaluation logic agree, with the policy in each place where it can stand.
    static func checkEvaluation(_ policy: Policy) {
        let named = NamedPolicy("fuzzed", policy)
        let all = NamedPolicy("all", everything)
        let level = ControlLevel(id: "r", policies: [named])
        let sets = [
            PolicySet(identity: [named], resource: named),
            PolicySet(identity: [all], resource: named, restrictPublicBuckets: true),
            PolicySet(identity: [all], boundaries: [named], session: named),
            PolicySet(identity: [all], serviceControl: [level], resourceControl: [level], vpcEndpoint: [named]),
        ]
        for policies in sets {
            for request in requests {
                let decision = policies.decision(on: request)
                let access = policies.access(for: request)
                expect(access.isCertain == decision.isAllowed, "\(decision) but \(access) for \(request)")
                expect(access.isCertain || access.isRuledOut, "doubt without an unknown key: \(access)")
                var unknown = request
                unknown.context = RequestContext().incomplete
                let open = policies.access(for: unknown)
                expect(!open.isCertain || decision.isAllowed, "certain but \(decision) for \(request)")
                expect(!open.isRuledOut || !decision.isAllowed, "ruled out but \(decision) for \(request)")
            }
        }
    }

    static func askAtRest(_ policy: Policy) {
        _ = policy.publicGrants()
        _ = policy.publicGrants(under: .kms)
        _ = policy.fullAdministration
        _ = policy.allowsOnlyTLS(for: "arn:aws:s3:::logs")
        _ = policy.statements(
            allowing: "s3:PutObject", to: .service("cloudtrail.amazonaws.com"), on: "arn:aws:s3:::logs/k")
    }

    private static let everything = Policy(statements: [
        Statement(effect: .allow, actions: .only(["*"]), resources: .only(["*"]))
    ])

    private static let context: RequestContext = [
        "aws:username": "ada", "aws:userid": "AIDAEXAMPLE", "aws:SourceIp": "10.0.0.1", "aws:TagKeys": ["a", "b", ""],
        "aws:CurrentTime": "2026-01-02T03:04:05Z", "aws:EpochTime": "1767323045", "aws:SecureTransport": "true",
        "aws:PrincipalArn": "arn:aws:iam::111122223333:user/ada", "n": "1.5", "b": "QQ==", "empty": [], "blank": "",
    ]

    private static let requests: [AccessRequest] = [
        AccessRequest(
            .user(arn: "arn:aws:iam::111122223333:user/ada"), "s3:GetObject", on: "arn:aws:s3:::logs/ada/k",
            ownedBy: "111122223333", context: context),
        AccessRequest(
            .session(arn: "arn:aws:sts::444455556666:assumed-role/auditor/ada"), "kms:Decrypt",
            on: "arn:aws:kms:us-east-1:111122223333:key/k", context: context),
        AccessRequest(
            .service("lambda.amazonaws.com"), "sts:AssumeRole", on: "arn:aws:iam::111122223333:role/deploy",
            context: context),
        AccessRequest(.anonymous, "s3:ListBucket", on: "arn:aws:s3:::logs", ownedBy: "111122223333"),
    ]
}

/// Says what is wrong in optimized builds too, where `precondition` only stops.
func expect(_ holds: Bool, _ message: @autoclosure () -> String) {
    if !holds { fatalError(message()) }
}

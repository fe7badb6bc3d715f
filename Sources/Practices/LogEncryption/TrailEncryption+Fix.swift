import AWSClient
import Basics
import EffectiveAccess
import IAMPolicy
import Inventory
import Posture

extension LogEncryption {
    static let fixes = [encryptionFix, defaultEncryptionFix, surplusFix, keyRotationFix]

    /// Encrypts the trail with a KMS key, which is created if none is known. The key policy allows CloudTrail and the
    /// readers first; then the trail, and finally the bucket, change to the key.
    ///
    /// Source: AWS CloudTrail User Guide, "Encrypting CloudTrail log files with AWS KMS keys (SSE-KMS)".
    private static let encryptionFix = Fix(
        "trail-encryption",
        "Encrypts the trail and its bucket with a KMS key whose policy allows CloudTrail and the readers.",
        checks: ["cloudtrail-kms-encryption"],
        calls: NewTrailKey.calls.union([
            .putKeyPolicy, .putBucketPolicy, .deleteBucketPolicy, .updateTrail, .putBucketEncryption,
            .deleteBucketEncryption,
        ]),
        reads: [.trails, .bucketRegions, .bucketEncryption, .organization, .regions]
    ) { target, reading, observed throws(Unknown) in
        let trail = try reading.trail(target.resource.arn)
        guard trail.obstacle(in: reading) == nil, let bucket = reading.bucket(of: trail) else { return [] }
        let all = [trail.fixed("KmsKeyId"), bucket.encryption, bucket.policy]
        if let key = reading.encryptionKey(for: trail) { return all + [key.policy, key.description] }
        let made = NewTrailKey.made(in: bucket.region)
        guard let keys = observed.known(made).map(NewTrailKey.keys) else { return all + [made] }
        let usable = observed.usable(keys, in: bucket.region, of: reading)
        return all + keys.map(\.description) + (usable.map { [$0.policy] } ?? [])
    } propose: { target, reading, observed throws(Unknown) in
        let trail = try reading.trail(target.resource.arn)
        if let obstacle = trail.obstacle(in: reading) { return .declined(obstacle) }
        guard let bucket = reading.bucket(of: trail) else {
            return .declined("bucket \(trail.s3BucketName) is not one of this account, or does not exist")
        }
        let key: TrailKey
        if let known = reading.encryptionKey(for: trail) {
            key = known
        } else {
            let made = try observed[NewTrailKey.made(in: bucket.region)]
            guard let usable = observed.usable(NewTrailKey.keys(made), in: bucket.region, of: reading) else {
                let new = NewTrailKey(in: bucket.region, for: reading, made: made)
                let isPlanned = observed.steps.contains { $0.keeps?.name == new.kept.name }
                let steps = try encrypting(
                    trail, bucket, by: new.kept.reference, "the new key", for: target, reading, observed)
                return .steps((isPlanned ? [] : new.creation(for: target)) + steps)
            }
            key = usable
        }
        if let obstacle = key.obstacle(
            to: reading, in: bucket.region, describedAs: try observed[key.description])
        {
            return .declined(obstacle)
        }
        let policy = try observed[key.policy]
        var text = PolicyText(policy)
        if let obstacle = try text.admitCloudTrail(
            with: key.arn, for: reading.trails.filter { $0.kmsKeyID == key.arn } + [trail], in: reading)
        {
            return .declined(obstacle)
        }
        text.admitReaders(reading.settings.trailAccess?.readers ?? [], in: reading)
        switch try key.replacing(
            policy, by: text, "Allow CloudTrail and the readers of the logs to use key", for: target, in: reading)
        {
        case .steps(let steps):
            return .steps(
                steps
                    + (try encrypting(
                        trail, bucket, by: .string(key.arn), "key \(key.id)", for: target, reading, observed)))
        case let other: return other
        }
    }

    /// Returns the steps that change the trail and its bucket to a key.
    /// - Parameters:
    ///   - key: the ARN of the key, or the placeholder for it.
    ///   - name: the key for a person.
    private static func encrypting(
        _ trail: Trail, _ bucket: FixedBucket, by key: JSON, _ name: String, for target: Fix.Target, _ reading: Reading,
        _ observed: Observations
    ) throws(Unknown) -> [Step] {
        let needed = try bucket.admitting([trail], for: target, in: reading, observed).beforeUpdateOfTrail
        var steps = needed.steps
        let state = trail.fixed("KmsKeyId")
        steps.append(
            Step(
                "Encrypt the log files of trail \(trail.name) with \(name)", on: trail.trailARN,
                for: target.checks, state: state, before: try observed[state],
                call: trail.update(["KmsKeyId": key]), after: ["KmsKeyId": key],
                undo: trail.update(["KmsKeyId": ""]),
                notes: [
                    "Files that were delivered before stay as they are. Undoing leaves the files of the meantime "
                        + "encrypted: keep the key."
                ] + needed.notes,
                reach: [
                    reading.settings.trailAccess?.readers.isEmpty == false
                        ? "The readers in the settings (trail-access) can decrypt; other readers of log files need kms:Decrypt."
                        : "Readers of log files need kms:Decrypt by an IAM policy: the settings name no readers (trail-access)."
                ], cost: "AWS KMS charges for the key and its use."))
        let encryption = try observed[bucket.encryption]
        let rule: JSON = [
            "ApplyServerSideEncryptionByDefault": ["SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key],
            "BucketKeyEnabled": .bool(encryption["BucketKeyEnabled"] == true),
        ]
        if !encryption.isSame(as: rule) {
            steps.append(
                bucket.encrypting(
                    by: rule, before: encryption, "Encrypt bucket \(bucket.name) by default with \(name)",
                    for: target,
                    notes: ["Other principals that write into the bucket need kms:GenerateDataKey with the key."])
            )
        }
        return steps
    }

    /// Enables default encryption with Amazon S3 managed keys, which do not lock out any reader.
    private static let defaultEncryptionFix = Fix(
        "bucket-default-encryption", "Enables default encryption of the bucket with Amazon S3 managed keys.",
        checks: ["trail-bucket-default-encryption", "s3-bucket-default-encryption"],
        calls: [.putBucketEncryption, .deleteBucketEncryption]
    ) { target, reading, _ in
        [FixedBucket(target, in: reading).encryption]
    } propose: { target, reading, observed throws(Unknown) in
        let bucket = FixedBucket(target, in: reading)
        let before = try observed[bucket.encryption]
        guard before.isNull else { return .steps([]) }
        return .steps([
            bucket.encrypting(
                by: ["ApplyServerSideEncryptionByDefault": ["SSEAlgorithm": "AES256"], "BucketKeyEnabled": false],
                before: before, "Encrypt bucket \(bucket.name) by default with Amazon S3 managed keys", for: target)
        ])
    }

    static let enabledFix = Fix(
        "trail-key-enabled", "Enables the KMS key of the trail.",
        checks: ["trail-key-enabled"], calls: [.enableKey, .disableKey]
    ) { target, _, _ in
        [TrailKey(target.resource.arn).state]
    } propose: { target, reading, observed throws(Unknown) in
        let key = TrailKey(target.resource.arn)
        let before = try observed[key.state]
        guard key.account == reading.id else {
            return .declined("the key is account \(key.account)'s, which alone can change it")
        }
        guard before["KeyState"] == "Disabled" else {
            return .declined(
                "the key is \(before["KeyState"]?.text ?? "in an unknown state"), not Disabled: a person must decide "
                    + "what becomes of it")
        }
        return .steps([
            Step(
                "Enable key \(key.id)", on: key.arn, for: target.checks, state: key.state, before: before,
                call: APICall(.enableKey, in: key.region, ["KeyId": .string(key.id)]), after: ["KeyState": "Enabled"],
                undo: APICall(.disableKey, in: key.region, ["KeyId": .string(key.id)]),
                reach: ["The key was disabled on purpose or by mistake: find out before you apply."])
        ])
    }

    /// Limits CloudTrail's own statements in the key policy to the account's trails. Other statements are kept.
    static let keyPolicyFix = Fix(
        "trail-key-policy", "Limits CloudTrail's statements in the key policy to your trails (encryption context).",
        checks: ["trail-key-encryption-context"], calls: [.putKeyPolicy],
        reads: [.trails, .keyDescription]
    ) { target, reading, _ in
        [TrailKey(target.resource.arn).policy]
    } propose: { target, reading, observed throws(Unknown) in
        let key = TrailKey(target.resource.arn)
        guard key.account == reading.id else {
            return .declined("the key is account \(key.account)'s, which alone can change it")
        }
        let policy = try observed[key.policy]
        var text = PolicyText(policy)
        let trails = reading.trails.filter { reading.isEncrypted($0, with: key) }
        if let obstacle = try text.admitCloudTrail(with: key.arn, for: trails, in: reading) {
            return .declined(obstacle)
        }
        return try key.replacing(
            policy, by: text, "Allow CloudTrail only for your trails to use key", for: target, in: reading)
    }

    /// Denies the decryption of log files to principals that cannot read them. Other uses of the key stay allowed.
    private static let surplusFix = Fix(
        "trail-key-surplus-decrypters",
        "Denies the decryption of log files to principals that cannot read them, in the key policy.",
        checks: ["trail-key-decrypters-are-readers"], calls: [.putKeyPolicy], reads: DecryptersAreReaders().about.reads
    ) { target, reading, _ in
        [TrailKey(target.resource.arn).policy]
    } propose: { target, reading, observed throws(Unknown) in
        let key = TrailKey(target.resource.arn)
        guard key.account == reading.id else {
            return .declined("the key is account \(key.account)'s, which alone can change it")
        }
        let surplus = DecryptersAreReaders.surplus(
            reading.trails.filter { reading.isEncrypted($0, with: key) }, key.arn, in: reading
        ).map(\.name)
        let others = surplus.filter { ARN($0).map { $0.service != "iam" || $0.resource == "root" } ?? true }
        if let first = others.first {
            return .declined("\(first) is no user or role: remove it from the key policy or its grant by hand")
        }
        let readers = (reading.settings.trailAccess?.readers ?? []).map { WildcardPattern($0) }
        if let reader = surplus.first(where: { name in readers.contains { $0.matches(name) } }) {
            return .declined(
                "\(reader) is a reader in the settings (trail-access) and cannot read the bucket: allow it that")
        }
        let policy = try observed[key.policy]
        var text = PolicyText(policy)
        text.append([
            "Sid": "DenyDecryptionOfLogsBySurplus", "Effect": "Deny", "Principal": ["AWS": "*"],
            "Action": "kms:Decrypt", "Resource": "*",
            "Condition": [
                "ArnEquals": ["aws:PrincipalArn": JSON(surplus.sorted())],
                "Null": .object(JSON.Object([CloudTrailGrant.encryptionContext: "false"])),
            ],
        ])
        return try key.replacing(
            policy, by: text, "Deny the decryption of log files to \(surplus.count) principals with key", for: target,
            in: reading,
            reach: surplus.sorted().map { "\($0) can no longer decrypt log files; other uses of the key stay." })
    }
}

extension Observations {
    /// Returns the first key that trails can be encrypted with, as far as descriptions were observed.
    fileprivate func usable(_ keys: [TrailKey], in region: String, of reading: Reading) -> TrailKey? {
        keys.first { key in
            known(key.description).map { key.obstacle(to: reading, in: region, describedAs: $0) == nil } ?? false
        }
    }
}

/// A KMS key in the calls of fixes.
struct TrailKey {
    let arn: String

    init(_ arn: String) { self.arn = arn }

    var id: String { String(arn.split(separator: "/").last ?? "") }
    var region: String { ARN(arn).map { String($0.region) } ?? "" }
    var account: String { ARN(arn).map { String($0.account) } ?? "" }

    private func call(_ operation: AWSClient.Operation, _ more: KeyValuePairs<String, JSON> = [:]) -> APICall {
        APICall(
            operation, in: region,
            .members([.init("KeyId", .string(arn))] + more.map { .init($0.key, $0.value) }))
    }

    var policy: Observation {
        Observation(call(.getKeyPolicy, ["PolicyName": "default"]), "Policy", .document)
    }

    fileprivate var state: Observation { Observation(call(.describeKey), "KeyMetadata", .members(["KeyState"])) }

    var description: Observation {
        Observation(call(.describeKey), "KeyMetadata", .members(["KeyState", "KeyManager", "KeySpec", "KeyUsage"]))
    }

    /// Returns the reason why the trail cannot be encrypted with the key; `nil` if it can.
    func obstacle(to reading: Reading, in region: String, describedAs description: JSON) -> String? {
        if account != reading.id { return "key \(arn) is account \(account)'s, which alone can change its policy" }
        if self.region != region { return "key \(arn) is not in \(region), where the bucket is" }
        if description["KeyManager"] == "AWS" { return "key \(arn) is AWS's: its policy cannot be changed" }
        if description["KeyState"] != "Enabled" {
            return "key \(arn) is \(description["KeyState"]?.text ?? "not known")"
        }
        if let kind = description["KeySpec"]?.text, kind != "SYMMETRIC_DEFAULT" {
            return "key \(arn) is not a symmetric key"
        }
        return nil
    }

    /// Returns a step that replaces the key policy; no step if the new policy is the same.
    /// - Returns: the reason instead if that is not possible.
    func replacing(
        _ policy: JSON, by new: PolicyText, _ title: String, for target: Fix.Target, in reading: Reading,
        reach: [String] = []
    ) throws(Unknown) -> Fix.Proposal {
        guard !new.document.isSame(as: policy) else { return .steps([]) }
        guard try new.policy.hasAdministrator(of: arn, in: account) else {
            return .declined(
                "no principal could change the policy of key \(id) afterwards: name an administrator in it first")
        }
        let text = new.document.written(.compact)
        // Source: AWS KMS Developer Guide, "Resource quotas".
        guard text.utf8.count <= 32_768 else {
            return .declined("the policy of key \(id) would exceed the 32 KB that AWS KMS admits")
        }
        func put(_ text: String) -> APICall {
            call(.putKeyPolicy, ["PolicyName": "default", "Policy": .string(text)])
        }
        return .steps([
            Step(
                "\(title) \(id)", on: arn, for: target.checks, state: self.policy, before: policy, call: put(text),
                after: new.document, undo: put(policy.written(.compact)), reach: reach)
        ])
    }
}

extension Policy {
    /// Whether a principal that the policy names, or the account through its IAM policies, can change the key policy.
    fileprivate func hasAdministrator(of key: String, in account: String) -> Bool {
        let set = PolicySet(resource: NamedPolicy("policy", self))
        let named = statements.filter { $0.effect == .allow }.flatMap { statement -> [Principal] in
            if case .only(let principals) = statement.principals { principals } else { [] }
        }
        return (named.compactMap { Caller($0.text) } + [.root(accountID: account)]).contains { caller in
            caller.accountID == account
                && !set.access(for: AccessRequest(caller, "kms:PutKeyPolicy", on: key)).isRuledOut
        }
    }
}

extension PolicyText {
    /// Changes the policy of a trail's key as `trail-key-encryption-context` requires.
    /// - Parameter narrowing: whether statements that allow trails of any account are limited, in addition to appending
    ///   missing statements.
    /// - Returns: the reason why that is not possible; `nil` if it is.
    mutating func admitCloudTrail(
        with key: String, for trails: [Trail], in reading: Reading, narrowing: Bool = true
    ) throws(Unknown) -> String? {
        let needs = CloudTrailNeeds(Set(trails.map(\.trailARN)).sorted())
        let policy = try policy
        let present = narrowing ? policy.statementsAdmittingCloudTrail(to: "kms:GenerateDataKey") : []
        for statement in present {
            let grant = CloudTrailGrant(statement: statement, action: "kms:GenerateDataKey", resource: key)
            guard let others = try grant.others(in: policy, besides: trails, reading) else { continue }
            guard let index = policy.statements.firstIndex(of: statement), others == .anybody else {
                return
                    "\(statement.title) of the key policy serves \(others.trails): whether it should is a person's to decide"
            }
            guard statements[index].isForCloudTrailAlone else {
                return "\(statement.title) of the key policy serves others besides CloudTrail: split it by hand"
            }
            narrow(index, to: needs.encryptionCondition(reading.partition))
        }
        func refusal(_ text: PolicyText, _ action: String) throws(Unknown) -> String? {
            for trail in trails {
                let access = try text.policy.access(
                    ofCloudTrail: action, on: key, for: trail,
                    action == "kms:DescribeKey" ? [:] : trail.encryptionContext)
                if let refusal = access.refusal { return refusal }
            }
            return nil
        }
        if try refusal(self, "kms:GenerateDataKey") != nil { append(needs.encryptionStatement(reading.partition)) }
        if try refusal(self, "kms:DescribeKey") != nil { append(needs.descriptionStatement) }
        var rest = try refusal(self, "kms:GenerateDataKey")
        if rest == nil { rest = try refusal(self, "kms:DescribeKey") }
        return rest.map { "CloudTrail would not be allowed to use the key: \($0)" }
    }

    /// Allows the readers in the settings to decrypt log files.
    mutating func admitReaders(_ readers: [String], in reading: Reading) {
        func isPattern(_ text: String) -> Bool { text.contains { $0 == "*" || $0 == "?" } }
        let own = readers.filter { ARN($0)?.service == "iam" }
        let named = own.filter { !isPattern($0) }
        let patterns = own.filter(isPattern)
        func admit(_ sid: String, _ principals: JSON, _ condition: [String: JSON]) {
            var all = condition
            all["Null"] = .object(JSON.Object([CloudTrailGrant.encryptionContext: "false"]))
            append([
                "Sid": .string(sid), "Effect": "Allow", "Principal": ["AWS": principals], "Action": "kms:Decrypt",
                "Resource": "*", "Condition": .object(JSON.Object(all)),
            ])
        }
        if !named.isEmpty {
            admit("AllowReadersToDecryptLogs", named.count == 1 ? .string(named[0]) : JSON(named), [:])
        }
        if !patterns.isEmpty {
            admit(
                "AllowReadersToDecryptLogsByPattern", "*",
                [
                    "ArnLike": ["aws:PrincipalArn": JSON(patterns)],
                    "StringEquals": ["aws:PrincipalAccount": .string(reading.id)],
                ])
        }
    }
}

extension FixedBucket {
    /// The default encryption of the bucket; null if there is none.
    var encryption: Observation {
        Observation(
            call(.getBucketEncryption), "Rule", .members(["ApplyServerSideEncryptionByDefault", "BucketKeyEnabled"]))
    }

    /// Returns a step that sets the rule of the default encryption.
    func encrypting(
        by rule: JSON, before: JSON, _ title: String, for target: Fix.Target, notes: [String] = []
    ) -> Step {
        func put(_ rule: JSON) -> APICall {
            call(.putBucketEncryption, ("ServerSideEncryptionConfiguration", ["Rules": [rule]]))
        }
        return Step(
            title, on: arn(target), for: target.checks, state: encryption, before: before, call: put(rule),
            after: rule, undo: before.isNull ? call(.deleteBucketEncryption) : put(before), notes: notes)
    }
}

extension Reading {
    /// - Throws: `Unknown` if no trail with the ARN is listed.
    func trail(_ arn: String) throws(Unknown) -> Trail {
        guard let trail = account.trails.first(where: { $0.trailARN == arn }) else {
            throw Unknown(
                .notFound, call: Operation.describeTrails.description, detail: "the trail \(arn) is not listed")
        }
        return trail
    }

    /// Returns the trail's bucket if it exists and belongs to this account.
    func bucket(of trail: Trail) -> FixedBucket? {
        guard let region = try? self[.bucketRegions][trail.s3BucketName].value else { return nil }
        return FixedBucket(trail.s3BucketName, in: region, owner: account.id)
    }

    /// Whether the trail is encrypted with the key, by whichever identifier it names the key.
    fileprivate func isEncrypted(_ trail: Trail, with key: TrailKey) -> Bool {
        guard let reference = trail.kmsKeyID else { return false }
        return reference == key.arn || (try? self[.keyDescription][reference].value.arn) == key.arn
    }

    /// Returns the key in the settings; else the key of another trail of the account, or of the bucket.
    fileprivate func encryptionKey(for trail: Trail) -> TrailKey? {
        if let key = settings.trailKey { return TrailKey(key) }
        guard let region = bucket(of: trail)?.region else { return nil }
        let ofTrails = account.trails.filter { $0.accountID == account.id }.compactMap(\.kmsKeyID)
        let ofBucket = (try? self[.bucketEncryption][trail.s3BucketName].value)??.kmsMasterKeyID
        let keys = (ofTrails.sorted() + (ofBucket.map { [$0] } ?? [])).map { TrailKey($0) }
        return keys.first { $0.arn.contains(":key/") && $0.account == account.id && $0.region == region }
    }
}

import AWSClient
import Basics
import FoundationEssentials
import Inventory
import Posture

// Evidence from the columns of the credential report.

extension Reading {
    /// Returns one verdict for each user of the credential report, with the report's age in the evidence, because AWS
    /// generates a new report at most every four hours.
    /// - Parameter doubtful: the status that a key missing from the report could change; a user can have more than two
    ///   keys.
    func judgeCredentials(
        where isJudged: (UserCredentials) -> Bool, doubtful: Finding.Status? = nil,
        _ judge: (UserCredentials) throws(Unknown) -> Judgement
    ) throws(Unknown) -> [Verdict] {
        let evidence = try account[.credentialReport].value.generationEvidence
        return try judgeEach(.credentials, where: isJudged) { user throws(Unknown) in
            var judgement = try judge(user)
            if judgement.status == doubtful, let info = user.additionalCredentialsInfo {
                throw Unknown(
                    .truncated, call: Operation.getCredentialReport.description,
                    detail: "the credential report does not list all credentials of the user: \(info)")
            }
            judgement.evidence += evidence
            return judgement
        }
    }
}

extension Reading {
    /// Returns what IAM lists of the keys that make a user fail: ID, status and creation. The report has no IDs, so a key
    /// is found by the time of its creation. All of the user's keys are named if that is ambiguous.
    /// - Parameter keys: the failing keys; nothing is returned if there are none.
    func listedKeys(_ keys: [UserCredentials.AccessKey], of user: UserCredentials) -> [Evidence] {
        guard !keys.isEmpty else { return [] }
        switch account[.accessKeys][user.name].state {
        case .unknown(let unknown): return [.unread("AccessKeyMetadata", unknown, from: .listAccessKeys)]
        case .known(let listed):
            let named = listed.named(by: keys) ?? listed
            return [Evidence("AccessKeyMetadata", .array(named.map(\.evidence)), from: .listAccessKeys)]
        }
    }
}

extension [AccessKeyMetadata] {
    /// Returns the listed keys that were created when the report says that its keys were; `nil` if for one of these it is
    /// not exactly one. Both times are in whole seconds.
    fileprivate func named(by keys: [UserCredentials.AccessKey]) -> [AccessKeyMetadata]? {
        var named: Set<AccessKeyMetadata> = []
        for key in keys {
            guard let created = key.lastRotated else { return nil }
            let same = filter { $0.createDate.map { abs($0.timeIntervalSince(created)) < 1 } ?? false }
            guard same.count == 1 else { return nil }
            named.formUnion(same)
        }
        return filter(named.contains)
    }
}

extension AccessKeyMetadata {
    fileprivate var evidence: JSON {
        ["AccessKeyId": .string(accessKeyID), "CreateDate": JSON(createDate), "Status": .string(status)]
    }
}

extension CredentialReport {
    /// Evidence of the report's time; empty if it is unknown.
    var generationEvidence: [Evidence] {
        generatedAt.map { [Evidence("GeneratedTime", JSON($0), from: .getCredentialReport)] } ?? []
    }
}

extension UserCredentials {
    var passwordEvidence: [Evidence] {
        [
            Evidence("password_enabled", JSON(password.isEnabled), from: .getCredentialReport),
            Evidence("password_last_used", JSON(password.lastUsed), from: .getCredentialReport),
            Evidence("password_last_changed", JSON(password.lastChanged), from: .getCredentialReport),
        ]
    }

    var creationEvidence: Evidence {
        Evidence("user_creation_time", JSON(createdAt), from: .getCredentialReport)
    }
}

extension UserCredentials {
    /// Whether the user has an active key, or may have one that the report does not list.
    var mayHaveActiveKey: Bool { !activeKeys.isEmpty || additionalCredentialsInfo != nil }

    /// Returns the sample user with a key that the report does not list.
    static func withAdditionalKey(_ change: (inout UserCredentials) -> Void = { _ in }) -> UserCredentials {
        .sample {
            $0.additionalCredentialsInfo = "1 additional access key"
            change(&$0)
        }
    }
}

/// The report numbers a user's keys and does not contain their IDs (``Reading/listedKeys(_:of:)``).
extension UserCredentials.AccessKey {
    var evidence: [Evidence] { [activityEvidence, useEvidence, ageEvidence] }
    var activityEvidence: Evidence { column("active", .bool(isActive)) }
    var ageEvidence: Evidence { column("last_rotated", JSON(lastRotated)) }
    var useEvidence: Evidence { column("last_used_date", JSON(lastUsed)) }

    private func column(_ name: String, _ value: JSON) -> Evidence {
        Evidence("access_key_\(number)_\(name)", value, from: .getCredentialReport)
    }
}

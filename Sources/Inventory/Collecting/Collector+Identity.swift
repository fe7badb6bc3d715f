import AWSClient
import FoundationEssentials

/// What AWS IAM says of the account.
struct IdentityReading: Sendable {
    var identities: Fact<Identities>
    var credentialReport: Fact<CredentialReport>
    var summary: Fact<AccountSummary>
    var passwordPolicy: Fact<PasswordPolicy?>
    var virtualMFADevices: Fact<[VirtualMFADevice]>
    var lastAccessed: Fact<[String: Fact<[ServiceAccess]>]>

    func fill(_ account: inout Account) {
        account.identities = identities
        account.credentialReport = credentialReport
        account.summary = summary
        account.passwordPolicy = passwordPolicy
        account.virtualMFADevices = virtualMFADevices
        account.lastAccessed = lastAccessed
    }
}

extension Collector {
    func readIdentity() async -> IdentityReading {
        async let identities = readIdentities()
        async let report = readCredentialReport()
        async let summary = fact(.accountSummary) { () throws(AWSError) in
            AccountSummary(try await client.send(IAM.getAccountSummary(), in: baseRegion))
        }
        async let passwordPolicy = fact(.passwordPolicy) { () throws(AWSError) -> PasswordPolicy? in
            do throws(AWSError) {
                return PasswordPolicy(try await client.send(IAM.getAccountPasswordPolicy(), in: baseRegion).policy)
            } catch  where error.code == "NoSuchEntity" {
                return nil
            }
        }
        async let devices = fact(.virtualMFADevices) { () throws(AWSError) in
            try await client.all(IAM.listVirtualMFADevices(), in: baseRegion, \.devices)
                .map { VirtualMFADevice(serialNumber: $0.serialNumber, userARN: $0.user?.arn) }
                .sorted { $0.serialNumber < $1.serialNumber }
        }
        let known = await identities
        return IdentityReading(
            identities: known, credentialReport: await report, summary: await summary.flattened,
            passwordPolicy: await passwordPolicy, virtualMFADevices: await devices,
            lastAccessed: await readLastAccessed(of: known))
    }

    private func readIdentities() async -> Fact<Identities> {
        let pages = await fact(.identities) { () throws(AWSError) in
            try await client.all(IAM.getAccountAuthorizationDetails(), in: baseRegion) { [$0] }
        }
        return pages.map { pages throws(Unknown) in
            var identities = Identities()
            for page in pages {
                identities.users += page.userDetailList.map(User.init)
                identities.groups += page.groupDetailList.map(Group.init)
                identities.roles += page.roleDetailList.map(Role.init)
                for policy in page.policies {
                    if let policy = try ManagedPolicy(inUse: policy) { identities.policies.append(policy) }
                }
            }
            identities.users.sort { $0.arn < $1.arn }
            identities.groups.sort { $0.arn < $1.arn }
            identities.roles.sort { $0.arn < $1.arn }
            identities.policies.sort { $0.arn < $1.arn }
            return identities
        }
    }

    /// How long AWS is given to make a report: it takes seconds, in very large accounts a minute or two.
    private static let reportWaits: [Duration] = [1, 1, 2, 3, 5, 8, 10, 15, 20, 30, 30].map { .seconds($0) }

    private func readCredentialReport() async -> Fact<CredentialReport> {
        let answer = await fact(.credentialReport) { () throws(AWSError) in
            var state = try await client.send(IAM.generateCredentialReport(), in: baseRegion).state
            for wait in Self.reportWaits where state != "COMPLETE" {
                // Cancelled sleep: the next call says so.
                try? await sleep(wait)
                state = try await client.send(IAM.generateCredentialReport(), in: baseRegion).state
            }
            return try await client.send(IAM.getCredentialReport(), in: baseRegion)
        }
        return answer.map { answer throws(Unknown) in
            do {
                guard let content = Data(base64Encoded: answer.content) else {
                    throw CredentialReportError(reason: "it is not base64")
                }
                return try CredentialReport(csv: Array(content), generatedAt: answer.generatedTime)
            } catch {
                throw Unknown(
                    .failed, call: Operation.getCredentialReport.description,
                    detail: "the credential report cannot be read: \(error)")
            }
        }
    }
}

extension AccountSummary {
    /// `nil` where AWS left out a count that a verdict rests on.
    fileprivate init?(_ answer: GetAccountSummaryAnswer) {
        let counts = Dictionary(answer.entries.map { ($0.key, $0.value) }) { first, _ in first }
        guard let keys = counts["AccountAccessKeysPresent"], let mfa = counts["AccountMFAEnabled"] else { return nil }
        self.init(
            rootHasAccessKeys: keys > 0, rootHasMFA: mfa > 0,
            rootHasPassword: counts["AccountPasswordPresent"].map { $0 > 0 })
    }
}

extension Fact<AccountSummary?> {
    fileprivate var flattened: Fact<AccountSummary> {
        map { summary throws(Unknown) in
            guard let summary else {
                throw Unknown(
                    .failed, call: Operation.getAccountSummary.description,
                    detail: "the summary lacks the counts about root")
            }
            return summary
        }
    }
}

extension User {
    fileprivate init(_ answer: GetAccountAuthorizationDetailsAnswer.User) {
        self.init(
            name: answer.name, arn: answer.arn,
            inlinePolicies: (answer.inlinePolicies ?? []).map(InlinePolicy.init),
            attachedPolicies: (answer.attachedPolicies ?? []).map(AttachedPolicy.init),
            groupNames: (answer.groupNames ?? []).sorted(),
            permissionsBoundaryARN: answer.permissionsBoundary?.arn, createdAt: answer.createDate)
    }
}

extension Group {
    fileprivate init(_ answer: GetAccountAuthorizationDetailsAnswer.Group) {
        self.init(
            name: answer.name, arn: answer.arn,
            inlinePolicies: (answer.inlinePolicies ?? []).map(InlinePolicy.init),
            attachedPolicies: (answer.attachedPolicies ?? []).map(AttachedPolicy.init))
    }
}

extension Role {
    fileprivate init(_ answer: GetAccountAuthorizationDetailsAnswer.Role) {
        self.init(
            name: answer.name, arn: answer.arn, path: answer.path ?? "/",
            trustPolicy: PolicyDocument(percentEncoded: answer.trustPolicy),
            inlinePolicies: (answer.inlinePolicies ?? []).map(InlinePolicy.init),
            attachedPolicies: (answer.attachedPolicies ?? []).map(AttachedPolicy.init),
            permissionsBoundaryARN: answer.permissionsBoundary?.arn, lastUsed: answer.lastUsed?.date,
            instanceProfileARNs: .known((answer.instanceProfiles ?? []).map(\.arn).sorted()),
            createdAt: answer.createDate)
    }
}

extension ManagedPolicy {
    /// `nil` for one of AWS's own that nothing uses: it says nothing about the account.
    /// - Throws: ``Unknown`` where the version in force has no document.
    fileprivate init?(inUse answer: GetAccountAuthorizationDetailsAnswer.Policy) throws(Unknown) {
        let version = answer.versions.first { $0.id == answer.defaultVersionID }
        self.init(
            name: answer.arn.split(separator: "/").last.map(String.init) ?? answer.arn, arn: answer.arn,
            attachmentCount: answer.attachmentCount ?? 0,
            boundaryUsageCount: answer.boundaryUsageCount ?? 0,
            defaultDocument: PolicyDocument(percentEncoded: version?.document ?? ""))
        if !isAWSManaged {
            otherVersions = Self.versions(answer.versions.filter { $0.id != answer.defaultVersionID }, of: arn)
        }
        guard !isAWSManaged || attachmentCount > 0 || boundaryUsageCount > 0 else { return nil }
        guard version?.document != nil else {
            throw Unknown(
                .truncated, call: Operation.getAccountAuthorizationDetails.description,
                detail: "the policy \(answer.arn) came without the version that is in force")
        }
    }

    private static func versions(
        _ answers: [GetAccountAuthorizationDetailsAnswer.Version], of policy: String
    ) -> Fact<[PolicyVersion]> {
        let versions = answers.compactMap { version in
            version.document.map { PolicyVersion(id: version.id, document: PolicyDocument(percentEncoded: $0)) }
        }
        guard versions.count == answers.count else {
            return .unknown(
                Unknown(
                    .truncated, call: Operation.getAccountAuthorizationDetails.description,
                    detail: "a version of the policy \(policy) came without its document"))
        }
        return .known(versions.sorted { $0.id < $1.id })
    }
}

extension InlinePolicy {
    fileprivate init(_ answer: GetAccountAuthorizationDetailsAnswer.InlinePolicy) {
        self.init(name: answer.name, document: PolicyDocument(percentEncoded: answer.document))
    }
}

extension AttachedPolicy {
    fileprivate init(_ answer: GetAccountAuthorizationDetailsAnswer.AttachedPolicy) {
        self.init(name: answer.name, arn: answer.arn)
    }
}

extension PolicyDocument {
    /// IAM percent-encodes the documents that it returns (RFC 3986).
    fileprivate init(percentEncoded text: String) {
        self.init(text.hasPrefix("{") ? text : PercentEncoding.decode(text) ?? text)
    }
}

extension PasswordPolicy {
    fileprivate init(_ answer: GetAccountPasswordPolicyAnswer.PasswordPolicy) {
        self.init(
            minimumLength: answer.minimumPasswordLength ?? 6, requiresSymbols: answer.requireSymbols ?? false,
            requiresNumbers: answer.requireNumbers ?? false,
            requiresUppercase: answer.requireUppercaseCharacters ?? false,
            requiresLowercase: answer.requireLowercaseCharacters ?? false,
            maximumAgeInDays: (answer.maxPasswordAge ?? 0) > 0 ? answer.maxPasswordAge : nil,
            reusePrevention: (answer.passwordReusePrevention ?? 0) > 0 ? answer.passwordReusePrevention : nil)
    }
}

import AWSClient
import Inventory

// What a facet of the inventory is in an account: to take it away, and to put another account's in its place.

extension Account {
    /// The account as a scan would see it whose calls for this facet, and for no other, are refused.
    func without(_ facet: Facet) -> Account { replacing(facet, from: nil) }

    /// The account with another account's facet; what the other does not hold stays.
    func taking(_ facet: Facet, from other: Account) -> Account { replacing(facet, from: other) }

    private func replacing(_ facet: Facet, from other: Account?) -> Account {
        var account = self
        switch facet {
        case .regions: account.regions = other?.regions ?? .refused(facet)
        case .trails:
            account.trailARNs = other?.trailARNs ?? refused(trailARNs, facet)
            account.trails = other?.trails ?? []
        case .trailStatus: account.trails.replace(\.status, facet, from: other?.trails)
        case .eventSelectors: account.trails.replace(\.eventSelectors, facet, from: other?.trails)
        case .bucketPolicy: account.replace(\.policy, facet, of: trailBucketNames, from: other)
        case .bucketACL: account.replace(\.grants, facet, of: Set(buckets.keys), from: other)
        case .bucketPublicAccessBlock: account.replace(\.publicAccessBlock, facet, of: trailBucketNames, from: other)
        case .bucketVersioning: account.replace(\.versioning, facet, of: trailBucketNames, from: other)
        case .bucketLogging: account.replace(\.logging, facet, of: trailBucketNames, from: other)
        case .loggingTargetPolicy:
            account.replace(\.policy, facet, of: Set(buckets.keys).subtracting(trailBucketNames), from: other)
        case .bucketEncryption: account.replace(\.encryption, facet, of: trailBucketNames, from: other)
        case .bucketObjectLock: account.replace(\.objectLock, facet, of: trailBucketNames, from: other)
        case .accountPublicAccessBlock: account.publicAccessBlock = other?.publicAccessBlock ?? .refused(facet)
        case .keyDescription: account.replace(\.description, facet, from: other)
        case .keyRotation: account.replace(\.rotation, facet, from: other)
        case .keyPolicy: account.replace(\.policy, facet, from: other)
        case .keyGrants: account.replace(\.grants, facet, from: other)
        case .trailLogGroups: account.logGroups = other?.logGroups ?? logGroups.mapValues { _ in .refused(facet) }
        case .vpcs: account.vpcs = other?.vpcs ?? refused(vpcs, facet)
        case .flowLogs: account.flowLogs = other?.flowLogs ?? refused(flowLogs, facet)
        case .securityGroups: account.securityGroups = other?.securityGroups ?? refused(securityGroups, facet)
        case .prefixLists:
            account.prefixLists =
                other?.prefixLists ?? prefixLists.mapValues { $0.mapValues { _ in .refused(facet) } }
        case .networkACLs: account.networkACLs = other?.networkACLs ?? refused(networkACLs, facet)
        case .networkInterfaces:
            account.networkInterfaces = other?.networkInterfaces ?? refused(networkInterfaces, facet)
        case .identities: account.identities = other?.identities ?? .refused(facet)
        case .credentialReport: account.credentialReport = other?.credentialReport ?? .refused(facet)
        case .accountSummary: account.summary = other?.summary ?? .refused(facet)
        case .passwordPolicy: account.passwordPolicy = other?.passwordPolicy ?? .refused(facet)
        case .virtualMFADevices: account.virtualMFADevices = other?.virtualMFADevices ?? .refused(facet)
        case .lastAccessed: account.lastAccessed = other?.lastAccessed ?? .refused(facet)
        case .organization: account.organization = other?.organization ?? .refused(facet)
        case .organizationPolicies:
            account.organizationPolicies = other?.organizationPolicies ?? .refused(facet)
        case .workloads: account.workloads = other?.workloads ?? refused(workloads, facet)
        }
        return account
    }

    private var trailBucketNames: Set<String> { Set(trails.map(\.bucketName)) }

    private func refused<Value>(_ facet: Regional<Value>, _ name: Facet) -> Regional<Value> {
        let regions = Set((try? self.regions.value) ?? []).union(facet.facts.keys)
        return Regional(Dictionary(uniqueKeysWithValues: regions.map { ($0, .refused(name)) }))
    }

    private mutating func replace<Value>(
        _ path: WritableKeyPath<Bucket, Fact<Value>>, _ facet: Facet, of names: Set<String>, from other: Account?
    ) {
        for name in names {
            if other == nil {
                buckets[name]?[keyPath: path] = .refused(facet)
            } else if let bucket = other?.buckets[name] {
                buckets[name]?[keyPath: path] = bucket[keyPath: path]
            }
        }
    }

    private mutating func replace<Value>(
        _ path: WritableKeyPath<EncryptionKey, Fact<Value>>, _ facet: Facet, from other: Account?
    ) {
        for name in keys.keys {
            if other == nil {
                keys[name]?[keyPath: path] = .refused(facet)
            } else if let key = other?.keys[name] {
                keys[name]?[keyPath: path] = key[keyPath: path]
            }
        }
    }
}

extension [Trail] {
    fileprivate mutating func replace<Value>(
        _ path: WritableKeyPath<Trail, Fact<Value>>, _ facet: Facet, from others: [Trail]?
    ) {
        for index in indices {
            if others == nil {
                self[index][keyPath: path] = .refused(facet)
            } else if let trail = others?.first(where: { $0.arn == self[index].arn }) {
                self[index][keyPath: path] = trail[keyPath: path]
            }
        }
    }
}

extension Fact {
    fileprivate static func refused(_ facet: Facet) -> Fact {
        .unknown(
            Unknown(
                .accessDenied, call: facet.operations.last?.description, permission: facet.operations.last?.permission,
                detail: "refused by the test"))
    }
}

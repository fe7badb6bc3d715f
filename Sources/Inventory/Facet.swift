public import AWSClient

/// A part of the inventory that a check can read. What the chosen checks read decides which calls a scan makes,
/// and which permissions it needs.
public enum Facet: String, Sendable, Hashable, CaseIterable, Comparable {
    case regions
    case trails
    case trailStatus
    case eventSelectors
    case bucketPolicy
    case bucketACL
    case bucketPublicAccessBlock
    case bucketVersioning
    case bucketLogging
    /// The policy of the buckets that receive the trail buckets' access logs.
    case loggingTargetPolicy
    case bucketEncryption
    case bucketObjectLock
    case accountPublicAccessBlock
    case keyDescription
    case keyRotation
    case keyPolicy
    case keyGrants
    case trailLogGroups
    case vpcs
    case flowLogs
    case securityGroups
    case prefixLists
    case networkACLs
    case networkInterfaces
    case identities
    case credentialReport
    case accountSummary
    case passwordPolicy
    case virtualMFADevices
    /// When each user and role last used what it may use: some calls for each of them.
    case lastAccessed
    /// The organisation, which any member may ask about.
    case organization
    /// The organisation's policies, which members usually may not read.
    case organizationPolicies
    /// What runs under a role: instances, functions, stacks, build projects.
    case workloads

    public static func < (left: Facet, right: Facet) -> Bool { left.rawValue < right.rawValue }

    /// The calls that read this facet itself, without those of the facets in ``requires``.
    public var operations: [Operation] {
        switch self {
        case .regions: [.describeRegions]
        case .trails: [.describeTrails]
        case .trailStatus: [.getTrailStatus]
        case .eventSelectors: [.getEventSelectors]
        case .bucketPolicy, .loggingTargetPolicy: [.listBuckets, .getBucketLocation, .getBucketPolicy]
        case .bucketACL: [.listBuckets, .getBucketLocation, .getBucketACL]
        case .bucketPublicAccessBlock: [.listBuckets, .getBucketLocation, .getPublicAccessBlock]
        case .bucketVersioning: [.listBuckets, .getBucketLocation, .getBucketVersioning]
        case .bucketLogging: [.listBuckets, .getBucketLocation, .getBucketLogging]
        case .bucketEncryption: [.listBuckets, .getBucketLocation, .getBucketEncryption]
        case .bucketObjectLock: [.listBuckets, .getBucketLocation, .getObjectLockConfiguration]
        case .accountPublicAccessBlock: [.getAccountPublicAccessBlock]
        case .keyDescription: [.describeKey]
        case .keyRotation: [.getKeyRotationStatus]
        case .keyPolicy: [.getKeyPolicy]
        case .keyGrants: [.listGrants]
        case .trailLogGroups: [.describeLogGroups]
        case .vpcs: [.describeVPCs]
        case .flowLogs: [.describeFlowLogs]
        case .securityGroups: [.describeSecurityGroups, .describeSecurityGroupRules]
        case .prefixLists: [.getManagedPrefixListEntries]
        case .networkACLs: [.describeNetworkACLs]
        case .networkInterfaces: [.describeNetworkInterfaces]
        case .identities: [.getAccountAuthorizationDetails]
        case .credentialReport: [.generateCredentialReport, .getCredentialReport]
        case .accountSummary: [.getAccountSummary]
        case .passwordPolicy: [.getAccountPasswordPolicy]
        case .virtualMFADevices: [.listVirtualMFADevices]
        case .lastAccessed: [.generateServiceLastAccessedDetails, .getServiceLastAccessedDetails]
        case .organization: [.describeOrganization]
        case .organizationPolicies:
            [.listRoots, .listParents, .listPoliciesForTarget, .describePolicy]
        case .workloads: [.describeInstances, .listFunctions, .describeStacks, .listProjects, .batchGetProjects]
        }
    }

    /// The facets that must be read first, because they say what to ask for.
    public var requires: Set<Facet> {
        switch self {
        case .regions, .identities, .credentialReport, .accountSummary, .passwordPolicy, .virtualMFADevices,
            .accountPublicAccessBlock, .organization:
            []
        case .organizationPolicies: [.organization]
        case .lastAccessed: [.identities]
        case .trails, .workloads, .vpcs, .flowLogs, .securityGroups, .networkACLs, .networkInterfaces: [.regions]
        case .trailStatus, .eventSelectors, .bucketPolicy, .bucketACL, .bucketPublicAccessBlock, .bucketVersioning,
            .bucketLogging, .bucketEncryption, .bucketObjectLock, .keyDescription, .trailLogGroups:
            [.trails]
        case .keyRotation, .keyPolicy, .keyGrants: [.keyDescription]
        case .loggingTargetPolicy: [.bucketLogging]
        case .prefixLists: [.securityGroups]
        }
    }

    /// `facets` with everything that they require, directly or through others.
    public static func closure(of facets: Set<Facet>) -> Set<Facet> {
        var closed = facets
        var open = Array(facets)
        while let facet = open.popLast() {
            for required in facet.requires where closed.insert(required).inserted {
                open.append(required)
            }
        }
        return closed
    }
}

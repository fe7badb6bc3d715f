// Shorter ways to facts, kept until every reader asks by facet.

extension Account {
    public var regions: Fact<[String]> {
        get { self[.regions] }
        set { self[.regions] = newValue }
    }
    public var identities: Fact<Identities> {
        get { self[.identities] }
        set { self[.identities] = newValue }
    }
    public var credentialReport: Fact<CredentialReport> {
        get { self[.credentialReport] }
        set { self[.credentialReport] = newValue }
    }
    public var summary: Fact<AccountSummary> {
        get { self[.accountSummary] }
        set { self[.accountSummary] = newValue }
    }
    public var passwordPolicy: Fact<PasswordPolicy?> {
        get { self[.passwordPolicy] }
        set { self[.passwordPolicy] = newValue }
    }
    public var virtualMFADevices: Fact<[VirtualMFADevice]> {
        get { self[.virtualMFADevices] }
        set { self[.virtualMFADevices] = newValue }
    }
    public var lastAccessed: Fact<ByName<[ServiceAccess]>> {
        get { self[.lastAccessed] }
        set { self[.lastAccessed] = newValue }
    }
    public var organization: Fact<Organization?> {
        get { self[.organization] }
        set { self[.organization] = newValue }
    }
    public var organizationPolicies: Fact<OrganizationPolicies> {
        get { self[.organizationPolicies] }
        set { self[.organizationPolicies] = newValue }
    }
    public var publicAccessBlock: Fact<PublicAccessBlock> {
        get { self[.accountPublicAccessBlock] }
        set { self[.accountPublicAccessBlock] = newValue }
    }
    public var vpcs: Fact<ByName<[VPC]>> {
        get { self[.vpcs] }
        set { self[.vpcs] = newValue }
    }
    public var flowLogs: Fact<ByName<[FlowLog]>> {
        get { self[.flowLogs] }
        set { self[.flowLogs] = newValue }
    }
    public var securityGroups: Fact<ByName<[SecurityGroup]>> {
        get { self[.securityGroups] }
        set { self[.securityGroups] = newValue }
    }
    public var networkACLs: Fact<ByName<[NetworkACL]>> {
        get { self[.networkACLs] }
        set { self[.networkACLs] = newValue }
    }
    public var networkInterfaces: Fact<ByName<[NetworkInterface]>> {
        get { self[.networkInterfaces] }
        set { self[.networkInterfaces] = newValue }
    }
    public var logGroups: Fact<ByName<LogGroup>> {
        get { self[.trailLogGroups] }
        set { self[.trailLogGroups] = newValue }
    }
    public var prefixLists: Fact<ByName<ByName<[String]>>> {
        get { self[.prefixLists] }
        set { self[.prefixLists] = newValue }
    }
}

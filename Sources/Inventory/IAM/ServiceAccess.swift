public import AWSClient
public import FoundationEssentials

/// A service that a principal's policies allow it to use, with the time of its last use within the 400 days for which
/// AWS keeps these dates.
///
/// Source: IAM User Guide, "Refine permissions in AWS using last accessed information".
public struct ServiceAccess: Sendable, Codable, Hashable {
    /// The prefix of the service's actions, such as `s3`.
    public var serviceNamespace: String
    /// `nil` if the principal has not tried to use the service.
    public var lastAuthenticated: Date?
    /// The actions that AWS tracks individually; empty for services without tracked actions.
    @DefaultIfAbsent public var trackedActionsLastAccessed: [Action]

    public struct Action: Sendable, Codable, Hashable {
        /// Without the prefix, such as `GetObject`.
        public var actionName: String
        public var lastAccessedTime: Date?

        public init(actionName: String, lastAccessedTime: Date? = nil) {
            self.actionName = actionName
            self.lastAccessedTime = lastAccessedTime
        }
    }

    public init(
        serviceNamespace: String, lastAuthenticated: Date? = nil, trackedActionsLastAccessed: [Action] = []
    ) {
        self.serviceNamespace = serviceNamespace
        self.lastAuthenticated = lastAuthenticated
        self.trackedActionsLastAccessed = trackedActionsLastAccessed
    }
}

extension Facet {
    /// The services and actions that each user and role used last, by ARN: several calls for each principal.
    /// Service-linked roles are left out, because AWS chooses their permissions.
    public static let lastAccessed = FacetOf<ByName<[ServiceAccess]>>(
        "lastAccessed", calls: IAM.generateServiceLastAccessedDetails("example"),
        IAM.getServiceLastAccessedDetails(job: "example")
            as ReadRequest<GetServiceLastAccessedDetailsAnswer<ServiceAccess>>,
        requires: [.identities]
    ) { collector, account in
        await account[.identities].concurrently { identities in
            let arns = identities.users.map(\.arn) + identities.roles.filter { !$0.isServiceLinked }.map(\.arn)
            return await collector.concurrently(arns) { await collector.lastAccessed(of: $0) }
        }
    }
}

extension Collector {
    /// Waits for AWS to generate a report: it takes seconds.
    private static let lastAccessedWaits: [Duration] = [1, 1, 2, 3, 5, 8, 10, 15, 20, 30].map { .seconds($0) }

    fileprivate func lastAccessed(of arn: String) async -> Fact<[ServiceAccess]> {
        let pages = await fact { () throws(AWSError) in
            let job = try await client.send(IAM.generateServiceLastAccessedDetails(arn), in: baseRegion).jobID
            let request: ReadRequest<GetServiceLastAccessedDetailsAnswer<ServiceAccess>> =
                IAM.getServiceLastAccessedDetails(job: job)
            var page = try await client.send(request, in: baseRegion)
            for wait in Self.lastAccessedWaits where page.jobStatus == "IN_PROGRESS" {
                // If the sleep is canceled, the next call throws.
                try? await sleep(wait)
                page = try await client.send(request, in: baseRegion)
            }
            return try await client.all(request, in: baseRegion, after: page) { [$0] }
        }
        return pages.map { pages throws(Unknown) in
            var services: [ServiceAccess] = []
            for page in pages { services += try page.accesses }
            return services.sorted { $0.serviceNamespace < $1.serviceNamespace }
        }
    }
}

extension GetServiceLastAccessedDetailsAnswer<ServiceAccess> {
    /// - Throws: ``Unknown`` if AWS did not complete the report.
    fileprivate var accesses: [ServiceAccess] {
        get throws(Unknown) {
            let call = Operation.getServiceLastAccessedDetails.description
            guard jobStatus != "IN_PROGRESS" else {
                throw Unknown(.notYet, call: call, detail: "AWS has not made the report yet: try again")
            }
            guard jobStatus == "COMPLETED", let services = servicesLastAccessed else {
                let reason = error.map { "\($0.code): \($0.message)" } ?? "the job is \(jobStatus)"
                throw Unknown(.failed, call: call, detail: "AWS did not make the report (\(reason))")
            }
            return services.map { service in
                var service = service
                service.trackedActionsLastAccessed.sort { $0.actionName < $1.actionName }
                return service
            }
        }
    }
}

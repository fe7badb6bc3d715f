import AWSClient
import FoundationEssentials

extension Collector {
    /// What the account's users and roles used last. A service-linked role's rights are AWS's to choose, so it is left
    /// out.
    func readLastAccessed(of identities: Fact<Identities>) async -> Fact<[String: Fact<[ServiceAccess]>]> {
        guard facets.contains(.lastAccessed) else { return .notCollected }
        switch identities {
        case .unknown(let unknown): return .unknown(unknown)
        case .known(let identities):
            let arns = identities.users.map(\.arn) + identities.roles.filter { !$0.isServiceLinked }.map(\.arn)
            return .known(await concurrently(arns) { await readLastAccessed(of: $0) })
        }
    }

    /// How long AWS is given to make a report: it takes seconds.
    private static let waits: [Duration] = [1, 1, 2, 3, 5, 8, 10, 15, 20, 30].map { .seconds($0) }

    private func readLastAccessed(of arn: String) async -> Fact<[ServiceAccess]> {
        let pages = await fact { () throws(AWSError) in
            let job = try await client.send(IAM.generateServiceLastAccessedDetails(arn), in: baseRegion).jobID
            var page = try await client.send(IAM.getServiceLastAccessedDetails(job: job), in: baseRegion)
            for wait in Self.waits where page.status == "IN_PROGRESS" {
                // Cancelled sleep: the next call says so.
                try? await sleep(wait)
                page = try await client.send(IAM.getServiceLastAccessedDetails(job: job), in: baseRegion)
            }
            guard page.isTruncated ?? false else { return [page] }
            guard let marker = page.marker else {
                throw AWSError(
                    .brokenPaging, .getServiceLastAccessedDetails, region: baseRegion,
                    message: "AWS says that the list goes on, but not where")
            }
            let rest = IAM.getServiceLastAccessedDetails(job: job, after: marker)
            return try await [page] + client.all(rest, in: baseRegion) { [$0] }
        }
        return pages.map { pages throws(Unknown) in
            var services: [ServiceAccess] = []
            for page in pages { services += try page.accesses }
            return services.sorted { $0.namespace < $1.namespace }
        }
    }
}

extension GetServiceLastAccessedDetailsAnswer {
    /// - Throws: ``Unknown`` where the report was not made, or is not the one that was asked for.
    fileprivate var accesses: [ServiceAccess] {
        get throws(Unknown) {
            let call = Operation.getServiceLastAccessedDetails.description
            guard status != "IN_PROGRESS" else {
                throw Unknown(.notYet, call: call, detail: "AWS has not made the report yet: try again")
            }
            guard status == "COMPLETED", let services else {
                let reason = error.map { "\($0.code): \($0.message)" } ?? "the job is \(status)"
                throw Unknown(.failed, call: call, detail: "AWS did not make the report (\(reason))")
            }
            return services.map { service in
                ServiceAccess(
                    namespace: service.namespace, lastAuthenticated: service.lastAuthenticated,
                    actions: (service.actions ?? []).map { .init(name: $0.name, lastAccessed: $0.lastAccessed) }
                        .sorted { $0.name < $1.name })
            }
        }
    }
}

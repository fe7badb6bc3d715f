import Dashboard
import Posture
import Practices

extension ServeRun {
    /// Serves Parapet's own pages: see ``run(in:messages:onListening:pages:)``.
    public func run(in environment: RunEnvironment, messages: Messages) async throws {
        try await run(in: environment, messages: messages) {
            try DashboardPages($0, checks: Catalogue.checks.map(\.about), frameworks: ComplianceFrameworks.all)
        }
    }
}

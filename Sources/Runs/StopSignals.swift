import ServiceLifecycle
import UnixSignals

/// The signals that stop a service: SIGTERM and SIGINT. They count from the moment that this is made, so that a signal
/// that comes before the services run stops them too.
struct StopSignals: Service {
    private let signals: UnixSignalsSequence

    init() async { signals = await UnixSignalsSequence(trapping: .sigterm, .sigint) }

    /// Part of the group whose services stop with a signal.
    var configuration: ServiceGroupConfiguration.ServiceConfiguration {
        .init(service: self, successTerminationBehavior: .gracefullyShutdownGroup)
    }

    /// Waits for a signal, or for the end of the group.
    func run() async {
        for await _ in signals.cancelOnGracefulShutdown() { return }
    }
}

import Posture

/// The customer's applications: instances, functions, containers, and their configuration.
enum Workloads {
    static let checks: [any Check] = [InstanceMetadataVersion2()]
}

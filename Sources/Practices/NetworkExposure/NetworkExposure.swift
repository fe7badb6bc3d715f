import Posture

/// Commonly used ports are open to the networks that need them, not to the internet.
enum NetworkExposure {
    static let checks: [any Check] =
        [
            SecurityGroupAllPorts(),
            SecurityGroupDefaultClosed(),
            SecurityGroupUnused(),
            NetworkACLPort.ssh,
            NetworkACLPort.rdp,
            NetworkACLAllPorts(),
        ] + [SecurityGroupAuthorizedPorts()] + SecurityGroupService.all
}

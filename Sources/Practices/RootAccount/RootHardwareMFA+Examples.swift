import AWSClient
import Inventory
import Posture

extension RootHardwareMFA {
    var examples: [Example] {
        [
            .passes("the root user has MFA, and only an IAM user has a virtual device") {
                $0[.accountSummary] = .known(.sample)
                $0[.virtualMFADevices] = .known([device("alice", of: "user/alice")])
            },
            .passes("the root user has no password and no key") {
                $0[.accountSummary] = .known(.withoutRootCredentials)
                $0[.virtualMFADevices] = .known([])
            },
            .passes("only the credential report states that the root user has no password") {
                $0[.accountSummary] = .known(.sayingNothingOfRootsPassword)
                $0.holdRootWithoutPassword()
                $0[.virtualMFADevices] = .known([])
            },
            .fails("the device of the root user is virtual") {
                $0[.accountSummary] = .known(.sample)
                $0[.virtualMFADevices] = .known([device("phone", of: "root")])
            },
            .fails("the device of the root user is virtual and has its usual name") {
                $0[.accountSummary] = .known(.sample)
                $0[.virtualMFADevices] = .known([
                    VirtualMFADevice(serialNumber: "arn:aws:iam::123456789012:mfa/root-account-mfa-device")
                ])
            },
            .fails("the root user has no MFA") {
                $0[.accountSummary] = .known(.sample { $0.rootHasMFA = false })
                $0[.virtualMFADevices] = .known([])
            },
            .fails("the account summary cannot be read, but the device of the root user is virtual") {
                $0[.accountSummary] = .denied(.getAccountSummary)
                $0[.virtualMFADevices] = .known([device("phone", of: "root")])
            },
            .unknown("the virtual devices cannot be listed") {
                $0[.accountSummary] = .known(.sample)
                $0[.virtualMFADevices] = .denied(.listVirtualMFADevices)
            },
            .unknown("the account summary cannot be read") {
                $0[.accountSummary] = .denied(.getAccountSummary)
                $0[.virtualMFADevices] = .known([])
            },
        ]
    }

    private func device(_ name: String, of user: String) -> VirtualMFADevice {
        VirtualMFADevice(
            serialNumber: "arn:aws:iam::123456789012:mfa/\(name)", userARN: "arn:aws:iam::123456789012:\(user)")
    }
}

import AWSClient
import Basics
import Inventory
import Posture

/// A virtual device is a secret on a phone: it can be copied, and it goes with the phone.
struct RootHardwareMFA: Check {
    let about = About(
        id: "root-hardware-mfa",
        title: "The root user's MFA is a hardware device",
        practice: .rootAccount, severity: .critical,
        risk: "The seed of a virtual device can be copied from a phone or its backup; then the password alone decides.",
        judges: """
            Root must have MFA, and no virtual device may be root's: security keys, passkeys and hardware tokens are not \
            among the virtual ones. A root user without password and keys needs no MFA.
            """,
        remedy: "Register a FIDO security key or a hardware token for root, then remove the virtual device.",
        references: [
            .prowler("iam_root_hardware_mfa_enabled"), .securityHub("IAM.6"),
            .cis("1.4", "1.6"), .cis("3.0", "1.6"), .cis("5.0", "1.5"),
            .config("root-account-hardware-mfa-enabled"),
        ],
        sources: ["IAM User Guide: Multi-factor authentication for AWS account root user"],
        reads: [.accountSummary, .virtualMFADevices, .credentialReport],
        impliedBy: ["root-mfa"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        reading.judgeAccount { () throws(Unknown) in try judge(reading) }
    }

    private func judge(_ reading: Reading) throws(Unknown) -> Judgement {
        if case .known(let summary) = reading[.accountSummary].state, !summary.rootHasMFA {
            if let evidence = reading.evidenceOfNoCredentials(summary) {
                return .pass("Root has neither password nor keys, and needs no MFA", evidence)
            }
            return .fail("Root has no MFA", summary.rootEvidence)
        }
        if let device = try reading[.virtualMFADevices].value.first(where: \.isRoots) {
            return .fail("Root's MFA device is a virtual one", device.evidence)
        }
        let summary = try reading[.accountSummary].value
        return .pass(
            "Root has MFA, and none of its devices is virtual",
            summary.rootEvidence + [Evidence("VirtualMFADevices", [], from: .listVirtualMFADevices)])
    }
}

extension VirtualMFADevice {
    fileprivate var isRoots: Bool {
        (userARN?.hasSuffix(":root") ?? false) || serialNumber.hasSuffix(":mfa/root-account-mfa-device")
    }

    fileprivate var evidence: [Evidence] {
        [
            Evidence("SerialNumber", .string(serialNumber), from: .listVirtualMFADevices),
            Evidence("User", JSON(userARN), from: .listVirtualMFADevices),
        ]
    }
}

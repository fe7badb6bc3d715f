import AWSClient
import Basics
import Inventory
import Posture

/// A virtual MFA device is a secret on a phone: it can be copied, and it is lost with the phone.
struct RootHardwareMFA: Check {
    let about = About(
        id: "root-hardware-mfa",
        title: "Root user should use a hardware MFA device",
        practice: .rootAccount, severity: .critical,
        risk: """
            The seed of a virtual MFA device can be copied from a phone or its backup; then only the password protects \
            the account.
            """,
        judges: """
            The root user must have MFA, and none of its devices is allowed to be a virtual device. Security keys, \
            passkeys and hardware tokens are not virtual devices. A root user without password and access keys needs \
            no MFA.
            """,
        remedy: "Register a FIDO security key or a hardware token for the root user, then remove the virtual device.",
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
            if let evidence = try reading.evidenceOfNoCredentials(summary) {
                return .pass("Root user has no password and no access keys, and needs no MFA", evidence)
            }
            return .fail("Root user has no MFA", summary.rootEvidence)
        }
        if let device = try reading[.virtualMFADevices].value.first(where: \.isRoots) {
            return .fail("Root user has a virtual MFA device", device.evidence)
        }
        let summary = try reading[.accountSummary].value
        return .pass(
            "Root user has MFA without virtual devices",
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
            Evidence("User", JSON(userARN), from: .listVirtualMFADevices).at("User.Arn"),
        ].map { $0.about(serialNumber) }
    }
}

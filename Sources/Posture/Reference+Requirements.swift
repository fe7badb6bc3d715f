extension Reference {
    /// A requirement of PCI DSS, by the version of the standard and its number there.
    public static func pci(_ version: String, _ number: String) -> Reference {
        Reference(catalogue: "pci", id: "\(version)/\(number)")
    }

    /// A control of NIST SP 800-53, Revision 5, such as `AC-2(1)`.
    public static func nist(_ control: String) -> Reference { Reference(catalogue: "nist", id: "800-53/\(control)") }

    /// The name of the framework that it belongs to, as `--framework` takes it: `cis-5.0`, `pci-4.0.1`, `securityhub`.
    public var framework: String {
        guard Self.versioned.contains(catalogue), let slash = id.firstIndex(of: "/") else { return catalogue }
        return "\(catalogue)-\(id[..<slash])"
    }

    /// The catalogues of which several versions exist. Their IDs begin with the version.
    private static let versioned: Set = ["cis", "nist", "pci"]

    /// The requirements of PCI DSS 4.0.1 and NIST SP 800-53 that AWS relates to a control of Security Hub; none for other
    /// references.
    var requirements: [Reference] {
        guard catalogue == "securityhub" else { return [] }
        return SecurityHubRequirements.all[id] ?? []
    }
}

extension About {
    /// The same condition in other catalogues: ``references``, and the numbers of the same recommendations in later
    /// versions of the CIS benchmark.
    public var controls: [Reference] { references.withImplied(\.laterNumbers) }

    /// The requirements of wider frameworks that the condition contributes to, as AWS relates them to Security Hub's
    /// controls. Meeting the condition alone does not meet the requirement.
    public var requirements: [Reference] {
        var seen: Set<Reference> = []
        return references.flatMap(\.requirements).filter { seen.insert($0).inserted }
    }

    /// All names by which other catalogues and frameworks ask for the check.
    public var names: [Reference] { controls + requirements }
}

extension [Reference] {
    /// Each reference followed by the others that follow from it, without repetitions.
    fileprivate func withImplied(_ implied: (Reference) -> [Reference]) -> [Reference] {
        var seen: Set<Reference> = []
        return flatMap { [$0] + implied($0) }.filter { seen.insert($0).inserted }
    }
}

/// The requirements that AWS relates to controls of Security Hub.
///
/// Source: AWS Security Hub User Guide, the pages of the services' controls, "Related requirements". Controls without
/// an entry have none in these frameworks. The exceptions are the CloudTrail controls: of PCI DSS 4.0.1 none is listed
/// here, and of NIST SP 800-53 none for `CloudTrail.6` and `CloudTrail.7`.
enum SecurityHubRequirements {
    static let all: [String: [Reference]] = {
        let rows = text.split(separator: "\n").map { row -> (String, [Reference]) in
            let cells = row.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.split(separator: " ").map(String.init) }
            return (cells[0][0], cells[1].map { .pci("4.0.1", $0) } + cells[2].map { .nist($0) })
        }
        return Dictionary(rows) { $0 + $1 }
    }()

    /// Control | PCI DSS 4.0.1 | NIST SP 800-53 Rev. 5
    private static let text = """
        CloudTrail.1 | | AC-2(4) AC-4(26) AC-6(9) AU-2 AU-3 AU-6(3) AU-6(4) AU-10 AU-12 AU-14(1) CA-7 SA-8(22) SC-7(9)
        CloudTrail.1 | | SI-3(8) SI-4(20) SI-7(8)
        CloudTrail.2 | | AU-9 CA-9(1) CM-3(6) SC-7(10) SC-13 SC-28 SC-28(1) SI-7(6)
        CloudTrail.4 | | AU-9 SI-4 SI-7(1) SI-7(3) SI-7(7)
        CloudTrail.5 | | AC-2(4) AC-4(26) AC-6(9) AU-2 AU-3 AU-6(1) AU-6(3) AU-6(4) AU-6(5) AU-7(1) AU-10 AU-12 CA-7
        CloudTrail.5 | | SC-7(9) SI-3(8) SI-4(5) SI-4(20) SI-7(8) SI-20
        EC2.2 | | AC-4 AC-4(21) SC-7 SC-7(4) SC-7(5) SC-7(11) SC-7(16) SC-7(21)
        EC2.6 | | AC-4(26) AU-2 AU-3 AU-6(3) AU-6(4) AU-12 CA-7 SI-7(8)
        EC2.8 | 2.2.6 | AC-3 AC-3(7) AC-3(15) AC-6
        EC2.13 | 1.3.1 | AC-4 AC-4(21) CM-7 SC-7 SC-7(4) SC-7(5) SC-7(11) SC-7(16) SC-7(21)
        EC2.14 | 1.3.1 |
        EC2.18 | | AC-4 AC-4(21) SC-7 SC-7(4) SC-7(5) SC-7(11) SC-7(16) SC-7(21)
        EC2.19 | | AC-4 AC-4(21) CA-9(1) CM-2 CM-2(2) CM-7 SC-7 SC-7(4) SC-7(5) SC-7(11) SC-7(16) SC-7(21)
        EC2.21 | 1.3.1 | AC-4(21) CA-9(1) CM-2 CM-2(2) CM-7 SC-7 SC-7(5) SC-7(21)
        EC2.53 | 1.3.1 |
        EC2.54 | 1.3.1 |
        IAM.1 | | AC-2 AC-2(1) AC-3 AC-3(7) AC-3(15) AC-5 AC-6 AC-6(2) AC-6(3) AC-6(10)
        IAM.2 | | AC-2 AC-2(1) AC-3 AC-3(7) AC-3(15) AC-6 AC-6(3)
        IAM.3 | 8.3.9 8.6.3 | AC-2(1) AC-2(3) AC-3(15)
        IAM.4 | | AC-2(1) AC-3(7) AC-3(15) AC-6 AC-6(2) AC-6(10)
        IAM.5 | 8.4.2 | AC-2(1) AC-3(15) IA-2(1) IA-2(2) IA-2(6) IA-2(8)
        IAM.6 | 8.4.2 | AC-2(1) AC-3(15) IA-2(1) IA-2(2) IA-2(6) IA-2(8)
        IAM.7 | 8.3.6 8.3.7 8.3.9 8.3.10.1 8.6.3 | AC-2(1) AC-2(3) AC-3(15) IA-5(1)
        IAM.8 | 8.2.6 | AC-2 AC-2(1) AC-2(3) AC-3 AC-3(7) AC-3(15) AC-6
        IAM.9 | 8.4.2 | AC-2(1) AC-3(15) IA-2(1) IA-2(2) IA-2(6) IA-2(8)
        IAM.11 | 8.3.6 8.6.3 |
        IAM.12 | 8.3.6 8.6.3 |
        IAM.14 | 8.3.6 8.6.3 |
        IAM.16 | 8.3.7 |
        IAM.17 | 8.3.9 8.3.10.1 |
        IAM.21 | | AC-2 AC-2(1) AC-3 AC-3(7) AC-3(15) AC-5 AC-6 AC-6(2) AC-6(3) AC-6(10)
        KMS.1 | | AC-2 AC-2(1) AC-3 AC-3(7) AC-3(15) AC-5 AC-6 AC-6(3)
        KMS.2 | | AC-2 AC-2(1) AC-3 AC-3(7) AC-3(15) AC-5 AC-6 AC-6(3)
        KMS.3 | | SC-12 SC-12(2)
        KMS.4 | 3.7.4 | SC-12 SC-12(2) SC-28(3)
        RDS.3 | | CA-9(1) CM-3(6) SC-7(10) SC-13 SC-28 SC-28(1) SI-7(6)
        S3.1 | 1.4.4 | AC-3 AC-3(7) AC-4 AC-4(21) AC-6 AC-21 SC-7 SC-7(3) SC-7(4) SC-7(9) SC-7(11) SC-7(16) SC-7(20)
        S3.1 | | SC-7(21)
        S3.5 | 4.2.1 | AC-4 AC-17(2) IA-5(1) SC-7(4) SC-8 SC-8(1) SC-8(2) SC-12(3) SC-13 SC-23 SC-23(3) SI-7(6)
        S3.9 | 10.2.1 | AC-2(4) AC-4(26) AC-6(9) AU-2 AU-3 AU-6(3) AU-6(4) AU-10 AU-12 CA-7 SC-7(9) SI-3(8) SI-4(20)
        S3.9 | | SI-7(8)
        S3.14 | | AU-9(2) CP-6 CP-6(1) CP-6(2) CP-9 CP-10 SC-5(2) SI-12 SI-13(5)
        S3.20 | | CA-9(1) CM-2 CM-2(2) CM-3 SC-5(2)
        """
}

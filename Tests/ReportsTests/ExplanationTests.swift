import AWSClient
import Basics
import Inventory
import Posture
import Testing

@testable import Reports

@Suite struct ExplanationTests {
    private static let check = Condition(
        About(
            id: "trail-check", title: "Trails should be sound", practice: .auditTrail, severity: .high,
            risk: "Logs can be forged.", judges: "By the flag.", remedy: "Enable it.",
            references: [.securityHub("CloudTrail.4")], sources: ["AWS CloudTrail User Guide: X"],
            settings: ["trail-delivery-hours"]),
        each: .trails, \.logFileValidationEnabled, is: true, fact: "LogFileValidationEnabled", pass: "It is on",
        fail: "It is off", examples: [.passes("no trail exists") { $0.holdNoTrails() }])

    private static let command = """
        aws cloudtrail describe-trails --region us-east-1 --trail-name-list \
        arn:aws:cloudtrail:us-east-1:123456789012:trail/main --query "trailList[0].LogFileValidationEnabled" --output json
        """

    @Test("the page shows the good and the bad state, with what the check says of each")
    func page() {
        let page = Explanation(Self.check).rendered(TerminalText())
        #expect(
            page == """
                Trails should be sound
                trail-check
                high · practice 1, \(Practice.auditTrail.title)

                Risk
                  Logs can be forged.

                Passing examples
                  - LogFileValidationEnabled is true
                      pass: It is on
                        LogFileValidationEnabled = true
                        trail-delivery-hours = 24
                  - no trail exists

                Failing examples
                  - LogFileValidationEnabled is false
                      fail: It is off
                        LogFileValidationEnabled = false
                        trail-delivery-hours = 24
                        $ \(Self.command)

                Not determined
                  - cloudtrail:DescribeTrails is denied
                      not determined: cloudtrail:DescribeTrails: access denied: the caller needs
                      cloudtrail:DescribeTrails

                Evaluation logic
                  By the flag.

                Remediation
                  Enable it.

                Settings
                  trail-delivery-hours

                Required permissions
                  - cloudtrail:DescribeTrails
                  - ec2:DescribeRegions

                Responsibility
                  Customer responsibility (logging and monitoring)

                Mapped controls
                  securityhub:CloudTrail.4

                Requirements (AWS Security Hub)
                  nist-800-53: AU-9, SI-4, SI-7(1), SI-7(3), SI-7(7)

                References
                  AWS CloudTrail User Guide: X

                """)
    }

    @Test("no line is wider than the terminal, and color changes only color")
    func width() {
        let text = Explanation(Self.check).rendered(TerminalText(width: 40))
        // The title and the line with the practice stand as they are.
        let lines: [Substring] = text.split(separator: "\n")
        // A command is there to be copied.
        #expect(
            lines.dropFirst(2).allSatisfy { $0.count <= 40 || $0.hasPrefix("        $ aws ") || $0.hasPrefix("  $ ") })
        let colored = Explanation(Self.check).rendered(TerminalText(usesColor: true))
        let plain = colored.replacing(/\u{1B}\[[0-9;]*m/, with: "")
        #expect(plain == Explanation(Self.check).rendered(TerminalText()))
    }
}

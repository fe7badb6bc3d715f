import FoundationEssentials
import Testing
@testable import LogSources

@Suite("Folders and names with dates")
struct DateFoldersTests {
    /// From 2024-02-28T12:00:00Z to 2024-03-01T01:00:00Z; the day before and the day after count too.
    private static let dates = DateFolders(
        from: Date(timeIntervalSince1970: 1_709_121_600), to: Date(timeIntervalSince1970: 1_709_254_800))

    @Test(
        "A folder is admitted where one of the days can lie in it",
        arguments: [
            ("AWSLogs/1/CloudTrail/eu-west-1/2024", true), ("AWSLogs/1/CloudTrail/eu-west-1/2023", false),
            ("x/2024/02", true), ("x/2024/03", true), ("x/2024/01", false), ("x/2024/04", false),
            ("x/2024/02/26", false), ("x/2024/02/27", true), ("x/2024/02/29", true), ("x/2024/03/02", true),
            ("x/2024/03/03", false), ("x/2024/03/02/17", true), ("x/2024/03/03/17", false),
            ("aws-region=x/year=2024/month=02/day=26", false), ("aws-region=x/year=2024/month=02/day=28/hour=01", true),
            // Not dates.
            ("x/1234/56", true), ("x/20240101", true), ("x/2024a", true), ("x", true), ("123456789012/us-east-1", true),
        ])
    func folders(path: String, admitted: Bool) {
        #expect(Self.dates.admits(path.split(separator: "/")) == admitted)
    }

    @Test(
        "So is a file whose name begins with a time",
        arguments: [
            ("2024-02-28-10-00-00-ABCDEF", true), ("2024-02-26-10-00-00-ABCDEF", false),
            ("2024-02-26-report.gz", true), ("2024-13-26-10-00-00-A", true), ("x", true),
        ])
    func names(name: String, admitted: Bool) {
        #expect(Self.dates.admits(fileName: name[...]) == admitted)
    }

    @Test("Without a range all are admitted")
    func everything() {
        let all = DateFolders(from: nil, to: nil)
        #expect(all.admits(["1970", "01", "01"]) && all.admits(fileName: "1970-01-01-00-00-00-X"))
    }
}

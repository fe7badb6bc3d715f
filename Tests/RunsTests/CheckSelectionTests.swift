import Basics
import Posture
import Runs
import Testing

/// Which checks a selection makes.
@Suite struct CheckSelectionTests {
    private func selection(_ names: String...) -> CheckSelection {
        var selection = CheckSelection()
        selection.names = names
        return selection
    }

    @Test(arguments: [
        "cloudtrail-log-file-validation", "prowler:cloudtrail_log_file_validation_enabled", "securityhub:CloudTrail.4",
        "config:cloud-trail-log-file-validation-enabled", "cis:3.0/3.2", "SECURITYHUB:cloudtrail.4", "CloudTrail.4",
        "cloudtrail_log_file_validation_enabled", "cloud-trail-log-file-validation-enabled",
    ])
    func aCheckAnswersToItsNamesElsewhere(name: String) throws {
        let ids = try selection(name).selected().map(\.about.id)
        #expect(ids.contains("cloudtrail-log-file-validation"))
        #expect(try CheckSelection.checks(named: name).map(\.about.id) == ids)
    }

    @Test func aNameThatNoCheckAnswersToIsToldWithTheNearest() throws {
        let error = try #require(throws: InvalidInput.self) {
            try selection("cloudtrail-log-file-validaton").selected()
        }
        #expect(error.description.contains("unknown check") && error.description.contains("file-validation"))
    }

    @Test(arguments: ["prowler:cloudtrail_insights_exist", "securityhub:GuardDuty.1", "guardduty.1", "cis:3.0/4.5"])
    func aKnownNameThatNoCheckCoversIsToldSo(name: String) throws {
        guard (try? selection(name).selected()) == nil else { return }
        let error = try #require(throws: InvalidInput.self) { try selection(name).selected() }
        #expect(error.description.hasPrefix("no check covers '\(name)'"), "\(error)")
    }

    @Test func theNearestOfANameWithoutItsCatalogueHasIt() throws {
        let error = try #require(throws: InvalidInput.self) { try selection("CloudTrail.44").selected() }
        #expect(error.description.contains("securityhub:CloudTrail.4"), "\(error)")
    }

    @Test func filtersThatExcludeEachOtherAreRefused() throws {
        var filters = CheckSelection()
        filters.practices = [.flowLogs]
        filters.severity = .critical
        #expect(throws: InvalidInput("no check matches these options ('parapet checks' lists all)")) {
            try filters.selected()
        }
    }

    @Test func aFrameworkLeavesWhatItAsksFor() throws {
        var filters = CheckSelection()
        filters.framework = "cis-3.0"
        let checks = try filters.selected()
        #expect(!checks.isEmpty)
        #expect(
            checks.allSatisfy { $0.about.references.contains { $0.description.hasPrefix("cis:3.0/") } })
        for name in ["CIS-3.0", "Cis-3.0"] {
            filters.framework = name
            #expect(try filters.selected().map(\.about.id) == checks.map(\.about.id))
        }
        filters.framework = "cis-9.9"
        let error = try #require(throws: InvalidInput.self) { try filters.selected() }
        let names = "cis-5.0, cis-6.0, cis-7.0, config, nist-800-53, pci-4.0.1, prowler, securityhub"
        #expect(error.description.hasSuffix(names), "\(error)")
    }

    @Test(arguments: ["cis-6.0", "cis-7.0", "pci-4.0.1", "nist-800-53"])
    func newerFrameworksSelectTheirChecks(framework: String) throws {
        var filters = CheckSelection()
        filters.framework = framework
        let ids = Set(try filters.selected().map(\.about.id))
        #expect(ids.contains("root-mfa"))
        // No framework asks for encrypted log groups, and version 7.0 of the benchmark no longer for a single key.
        #expect(!ids.contains("log-group-encryption"))
        #expect(ids.contains("iam-single-active-key") == (framework == "cis-6.0"))
    }

    @Test(arguments: [
        ("cis:6.0/4.2", "cloudtrail-log-file-validation"), ("cis:7.0/2.5", "root-mfa"),
        ("pci:4.0.1/8.4.2", "root-mfa"), ("nist:800-53/ia-2(1)", "root-mfa"),
        ("NIST:800-53/SI-7(1)", "cloudtrail-log-file-validation"),
    ])
    func aRequirementSelectsItsChecks(name: String, id: String) throws {
        #expect(try selection(name).selected().map(\.about.id).contains(id))
    }

    @Test func whatIsMadeOnRequestMustBeNamed() throws {
        let all = try CheckSelection().selected(withOnRequest: true).filter { $0.about.onRequest != nil }
        let one = try #require(all.first?.about.id)
        #expect(try CheckSelection().selected().allSatisfy { $0.about.onRequest == nil })
        #expect(try selection(one).selected().map(\.about.id) == [one])
    }
}

import AWSClient
import Basics
import Inventory
import Posture
import Testing

/// What follows from a condition's declaration.
@Suite struct ConditionTests {
    private static func about(reads: Set<Facet> = []) -> About {
        About(id: "a", title: "A", practice: .auditTrail, severity: .low, risk: "", remedy: "", reads: reads)
    }

    private let validation = Condition(
        about(), each: .trails, \.logFileValidationEnabled, is: true, fact: "LogFileValidationEnabled")
    private let singleRegion = Condition(
        about(), each: .trails, \.isMultiRegionTrail, is: false, fact: "IsMultiRegionTrail", pass: "One", fail: "All")
    private let key = Condition(about(), each: .trails, \.kmsKeyID, isNot: nil, fact: "KmsKeyId")
    private let groups = Condition(about(), each: .users, \.groupList, isNot: [], fact: "GroupList")
    private let versioning = Condition(
        about(reads: [.bucketVersioning]), each: .trailBuckets, \.versioning, \.status, is: "Enabled", not: "Suspended",
        fact: "Status", from: .getBucketVersioning,
        examples: [.passes("no trail exists") { $0.holdNoTrails() }])

    private var all: [Condition] { [validation, singleRegion, key, groups, versioning] }

    @Test("its examples have the status that they state")
    func examples() {
        for condition in all {
            #expect(Set(condition.examples.map(\.status)) == [.pass, .fail, .unknown])
            for example in condition.examples {
                let status = example.name == "no trail exists" ? .notApplicable : example.status
                #expect(condition.findings(in: example).map(\.status) == [status], "\(example.name)")
            }
        }
    }

    @Test("its examples are named by the fact, and the declared ones follow")
    func names() {
        #expect(
            versioning.examples.map(\.name) == [
                "Status is Enabled", "Status is Suspended", "cloudtrail:DescribeTrails is denied",
                "Status cannot be read", "no trail exists",
            ])
        #expect(key.examples.map(\.name)[1] == "KmsKeyId is none")
        #expect(groups.examples.map(\.name)[1] == "GroupList is empty")
    }

    @Test("its verdict cites the fact, its value, and the call that showed it")
    func evidence() throws {
        for (condition, fact, value, source) in [
            (validation, "LogFileValidationEnabled", JSON.bool(false), "cloudtrail:DescribeTrails"),
            (singleRegion, "IsMultiRegionTrail", .bool(true), "cloudtrail:DescribeTrails"),
            (key, "KmsKeyId", .null, "cloudtrail:DescribeTrails"),
            (groups, "GroupList", .array([]), "iam:GetAccountAuthorizationDetails"),
            (versioning, "Status", .string("Suspended"), "s3:GetBucketVersioning"),
        ] {
            let failing = try #require(condition.examples.first { $0.status == .fail })
            let all = condition.findings(in: failing).flatMap(\.evidence)
            // Beside it stand the trails that make a bucket a trail bucket.
            let evidence = all.filter { $0.fact != "TrailARN" }
            #expect(evidence.map(\.fact) == [fact] && evidence.map(\.value) == [value])
            #expect(evidence.map(\.source.description) == [source])
        }
    }

    @Test("its messages are the declared ones, or the fact with its value")
    func messages() {
        #expect(messages(of: validation) == ["LogFileValidationEnabled is true", "LogFileValidationEnabled is false"])
        #expect(messages(of: singleRegion) == ["One", "All"])
    }

    @Test("it reads the facets that list its resources beside those that it names")
    func reads() {
        #expect(validation.about.reads == [.trails])
        #expect(versioning.about.reads == [.trails, .bucketVersioning])
    }

    private func messages(of condition: Condition) -> [String] {
        condition.examples.filter { $0.status != .unknown }.flatMap { condition.findings(in: $0).map(\.message) }
    }
}

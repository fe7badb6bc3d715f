import Basics
public import FoundationEssentials

extension Service {
    public static let cloudTrail = Service(
        endpointPrefix: "cloudtrail", signingName: "cloudtrail", environmentName: "CLOUDTRAIL",
        wireProtocol: .awsJSON(
            version: "1.1", targetPrefix: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"))
}

extension Operation {
    public static let describeTrails = Operation(.cloudTrail, "DescribeTrails")
    public static let getTrailStatus = Operation(.cloudTrail, "GetTrailStatus")
    public static let getEventSelectors = Operation(.cloudTrail, "GetEventSelectors")
    public static let listPublicKeys = Operation(.cloudTrail, "ListPublicKeys")
    public static let updateTrail = Operation(.cloudTrail, "UpdateTrail")
}

/// AWS CloudTrail, as far as it is used. Source of the shapes: the AWS CloudTrail API Reference.
public enum CloudTrail {
    /// Lists the trails of a region, including shadow trails, whose home is another region, and organization trails.
    public static func describeTrails<Trail>() -> ReadRequest<DescribeTrailsAnswer<Trail>> {
        ReadRequest(.describeTrails, ["includeShadowTrails": true])
    }

    /// - Parameter trail: the trail's ARN; send the request to its home region.
    public static func getTrailStatus<Status>(trail: String) -> ReadRequest<Status> {
        ReadRequest(.getTrailStatus, ["Name": .string(trail)])
    }

    /// - Parameter trail: the trail's ARN; send the request to its home region.
    public static func getEventSelectors<Selectors>(trail: String) -> ReadRequest<Selectors> {
        ReadRequest(.getEventSelectors, ["TrailName": .string(trail)])
    }

    /// Lists the public keys that signed the region's digest files during the time range.
    public static func listPublicKeys(from start: Date, to end: Date) -> ReadRequest<ListPublicKeysAnswer> {
        ReadRequest(
            .listPublicKeys,
            [
                "StartTime": .int(Int(start.timeIntervalSince1970.rounded(.down))),
                "EndTime": .int(Int(end.timeIntervalSince1970.rounded(.up))),
            ],
            paging: Paging("NextToken") { $0.nextToken })
    }

    /// Idempotent, because it sets a value.
    /// - Parameter trail: the trail's ARN; send the request to its home region.
    public static func updateTrail(_ trail: String, enableLogFileValidation: Bool) -> WriteRequest<EmptyAnswer> {
        WriteRequest(
            .updateTrail, ["Name": .string(trail), "EnableLogFileValidation": .bool(enableLogFileValidation)],
            isIdempotent: true)
    }
}

public struct DescribeTrailsAnswer<Trail: Decodable & Sendable>: Decodable, Sendable {
    public var trailList: [Trail]
}

public struct ListPublicKeysAnswer: Decodable, Sendable {
    public var publicKeyList: [PublicKey]
    public var nextToken: String?

    public struct PublicKey: Decodable, Sendable {
        public var fingerprint: String
        /// The public key in DER form (PKCS #1), as base64.
        public var value: String
    }
}

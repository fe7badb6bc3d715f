import Foundation
import Testing
import TestSupport

@testable import AWSClient

/// The second opinion on the wire: botocore's service models, read by `Tests/Support/python/shapes.py`.
@Suite struct ShapeTests {
    /// Every operation that is used, with the request that makes it and the answer that it is read into.
    static let operations: [any OperationShape] = [
        Shape("sts", STS.getCallerIdentity()),
        Shape("cloudtrail", CloudTrail.describeTrails()),
        Shape("cloudtrail", CloudTrail.getTrailStatus(trail: "t")),
        Shape("cloudtrail", CloudTrail.getEventSelectors(trail: "t")),
        Shape("s3", S3.listBuckets()),
        Shape("s3", S3.getBucketACL("b", owner: "1")),
        Shape("s3", S3.getBucketVersioning("b", owner: "1")),
        Shape("s3", S3.getBucketLogging("b", owner: "1")),
        Shape("s3", S3.getBucketEncryption("b", owner: "1"), payload: "ServerSideEncryptionConfiguration"),
        Shape("s3", S3.getPublicAccessBlock("b", owner: "1"), payload: "PublicAccessBlockConfiguration"),
        Shape("s3", S3.getObjectLockConfiguration("b", owner: "1"), payload: "ObjectLockConfiguration"),
        Shape("s3control", S3.getAccountPublicAccessBlock(accountID: "1"), payload: "PublicAccessBlockConfiguration"),
        Shape("kms", KMS.describeKey("k")),
        Shape("kms", KMS.getKeyRotationStatus("k")),
        Shape("kms", KMS.getKeyPolicy("k")),
        Shape("logs", CloudWatchLogs.describeLogGroups(prefix: "p")),
        Shape("ec2", EC2.describeRegions()),
        Shape("ec2", EC2.describeVPCs()),
        Shape("ec2", EC2.describeFlowLogs()),
        Shape("ec2", EC2.describeSecurityGroups()),
        Shape("ec2", EC2.describeSecurityGroupRules()),
        Shape("ec2", EC2.describeNetworkACLs()),
        Shape("ec2", EC2.describeNetworkInterfaces()),
        Shape("ec2", EC2.getManagedPrefixListEntries("pl")),
        Shape("iam", IAM.generateCredentialReport()),
        Shape("iam", IAM.getCredentialReport()),
        Shape("iam", IAM.getAccountAuthorizationDetails()),
        Shape("iam", IAM.getAccountSummary()),
        Shape("iam", IAM.getAccountPasswordPolicy()),
        Shape("iam", IAM.listVirtualMFADevices()),
        Shape("iam", IAM.generateServiceLastAccessedDetails("a")),
        Shape("iam", IAM.getServiceLastAccessedDetails(job: "j", after: "m")),
        Shape("kms", KMS.listGrants("k")),
        Shape("ec2", EC2.describeInstances()),
        Shape("lambda", Lambda.listFunctions()),
        Shape("cloudformation", CloudFormation.describeStacks()),
        Shape("codebuild", CodeBuild.listProjects()),
        Shape("codebuild", CodeBuild.batchGetProjects(["p"])),
        Shape("organizations", Organizations.listAccounts()),
        Shape("organizations", Organizations.describeOrganization()),
        Shape("organizations", Organizations.listParents(of: "1")),
        Shape("organizations", Organizations.listRoots()),
        Shape("organizations", Organizations.listPoliciesForTarget("1", type: "SERVICE_CONTROL_POLICY")),
        Shape("organizations", Organizations.describePolicy("p")),
        Shape("cloudtrail", CloudTrail.updateTrail("t", enableLogFileValidation: true)),
        Shape("ec2", EC2.createFlowLogs(vpc: "v", bucket: "b", token: "t")),
    ]

    @Test func everyMemberThatIsReadOrSentIsInTheModel() async throws {
        let names = Self.operations.map { "\($0.service):\($0.operation.name)" }
        let outcome = try await Subprocess.python("Tests/Support/python/shapes.py", names)
        try #require(outcome.status == 0, "\(outcome.standardError)")
        let models = try JSONDecoder().decode([String: JSONValue].self, from: Data(outcome.standardOutput.utf8))
        for shape in Self.operations {
            let name = "\(shape.service):\(shape.operation.name)"
            let model = try #require(models[name], "no model of \(name)")
            let output = shape.payload.map { model["output"]["members"][$0] } ?? model["output"]
            for member in try shape.membersRead() {
                expect(member, isIn: output, of: name)
            }
            for parameter in shape.parameters {
                #expect(model["input"].member(wire: parameter) != nil, "\(name) takes no \(parameter)")
            }
            expectSameProtocol(shape.operation.service, model, name)
            if let token = shape.pageToken {
                let inputs = model["pagination"]["input_token"]
                #expect(
                    inputs == .string(token) || inputs.strings.contains(token)
                        || model["input"].member(wire: token) != nil, "\(name) pages by \(inputs)")
            }
        }
    }

    private func expect(_ path: [ShapeRecorder.Step], isIn node: JSONValue, of operation: String) {
        var node = node
        for step in path {
            switch step {
            case .member(let wire):
                guard let member = node.member(wire: wire) else {
                    Issue.record("\(operation) answers no \(path)")
                    return
                }
                node = member
            case .element:
                guard ["list", "map"].contains(node["type"].text) else {
                    Issue.record("\(operation): \(path) is no list in the model")
                    return
                }
                node = node["type"].text == "map" ? node.asMapEntry : node["element"]
            case .leaf(let kind):
                #expect(kind.admits(node["type"].text), "\(operation): \(path) is a \(node["type"].text) in the model")
            }
        }
    }

    private func expectSameProtocol(_ service: Service, _ model: JSONValue, _ name: String) {
        switch service.wireProtocol {
        case .awsJSON(let version, let prefix):
            #expect(model["jsonVersion"].text == version, "\(name)")
            #expect(model["targetPrefix"].text == prefix, "\(name)")
        case .query(let version), .ec2(let version):
            #expect(model["apiVersion"].text == version, "\(name)")
        case .restXML, .restJSON: break
        }
        let signingName = model["signingName"].text
        #expect(signingName.isEmpty || signingName == service.signingName, "\(name)")
    }
}

/// An operation's request and answer, whatever its types are.
protocol OperationShape: Sendable {
    var service: String { get }
    var operation: AWSClient.Operation { get }
    var payload: String? { get }
    var parameters: [String] { get }
    var pageToken: String? { get }
    func membersRead() throws -> [[ShapeRecorder.Step]]
}

struct Shape<Output: Decodable & Sendable>: OperationShape {
    var service: String
    var request: any Request<Output>
    var payload: String?

    init(_ service: String, _ request: any Request<Output>, payload: String? = nil) {
        self.service = service
        self.request = request
        self.payload = payload
    }

    var operation: AWSClient.Operation { request.operation }
    var pageToken: String? { (request as? ReadRequest<Output>)?.paging?.tokenParameter }

    var parameters: [String] {
        request.parameters.keys.sorted()
    }

    func membersRead() throws -> [[ShapeRecorder.Step]] {
        let recorder = ShapeRecorder()
        _ = try Output(from: recorder)
        return recorder.paths
    }
}

extension JSONValue {
    subscript(_ key: String) -> JSONValue {
        guard case .object(let members) = self else { return .null }
        return members[key] ?? .null
    }

    var text: String {
        guard case .string(let text) = self else { return "" }
        return text
    }

    var strings: [String] {
        guard case .array(let values) = self else { return [] }
        return values.map(\.text)
    }

    func member(wire: String) -> JSONValue? {
        guard case .object(let members) = self["members"] else { return nil }
        return members.values.first { $0["wire"].text == wire }
    }

    /// A map on the XML wire is a list of entries with a key and a value.
    var asMapEntry: JSONValue {
        [
            "type": "structure",
            "members": [
                "k": ["type": "string", "wire": "key"],
                "v": .object(
                    ["wire": "value"].merging(
                        { if case .object(let element) = self["element"] { element } else { [:] } }()
                    ) { first, _ in first }),
            ],
        ]
    }
}

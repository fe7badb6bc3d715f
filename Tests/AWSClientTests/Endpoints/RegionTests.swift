import Testing

@testable import AWSClient

@Suite("The region that the user chose")
struct RegionTests {
    private func region(
        _ variables: [String: String], config: String = "", instance: String? = nil
    ) async throws -> String? {
        let stage = CredentialStage(files: ["/home/ann/.aws/config": config]) { request throws(TransportError) in
            guard let instance else { throw TransportError(.timeout, "timeout") }
            return answer(request.method == "PUT" ? "t0ken" : instance)
        }
        let environment = stage.environment(variables)
        let shared = try SharedConfiguration(environment)
        let metadata = InstanceMetadata(environment, shared, profile: "default", transport: stage)
        return try await Region.resolve(environment, shared, profile: "default", instanceMetadata: metadata)
    }

    @Test("AWS_REGION, AWS_DEFAULT_REGION, the profile's, the machine's: in this order")
    func precedence() async throws {
        let config = "[default]\nregion = eu-west-1\n"
        #expect(
            try await region(["AWS_REGION": "us-east-2", "AWS_DEFAULT_REGION": "us-west-2"], config: config)
                == "us-east-2")
        #expect(try await region(["AWS_DEFAULT_REGION": "us-west-2"], config: config) == "us-west-2")
        #expect(try await region(["AWS_REGION": ""], config: config) == "eu-west-1")
        #expect(try await region([:], instance: "ap-south-1") == "ap-south-1")
        #expect(try await region([:]) == nil)
    }

    @Test(
        "The region that was meant is named",
        arguments: [
            ("us-east1", "us-east-1"), ("US_EAST_1", "us-east-1"), ("us east 1", "us-east-1"),
            ("eu-west-1b", "eu-west-1"), ("usgov-west-1", "usgov-west-1"), ("us-east", nil), ("", nil), ("1", nil),
            ("the moon", nil), ("-", nil), ("\u{1B}[31m", nil), ("eu–west–1", "eu-west-1"),
        ])
    func nearest(text: String, name: String?) {
        #expect(Region.nearest(to: text) == name)
    }

    @Test("Nonsense is told with its place")
    func nonsense() async {
        await expectFailure("AWS_REGION", "'us-east-1a'", "us-east-1") {
            try await region(["AWS_REGION": "us-east-1a"])
        }
        await expectFailure("region of the profile 'default'") {
            try await region([:], config: "[default]\nregion = moon\n")
        }
        await expectFailure("instance metadata") { try await region([:], instance: "<html>") }
    }
}

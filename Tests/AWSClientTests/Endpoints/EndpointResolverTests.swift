import AWSClient
import Testing

@Suite("Where requests go")
struct EndpointResolverTests {
    private let custom = EndpointResolver(EndpointSettings(endpointURL: "http://localhost:5000/base/"))

    @Test("A custom address serves all services, signed as the real one would be")
    func customAddress() throws {
        let iam = try custom.endpoint(for: .iam, region: "eu-west-1")
        #expect(
            iam
                == Endpoint(
                    scheme: "http", host: "localhost", port: 5000, path: "/base", signingRegion: "us-east-1",
                    signingName: "iam", isCustom: true))
        #expect(try custom.endpoint(for: .cloudTrail, region: "eu-west-1").signingRegion == "eu-west-1")
    }

    @Test("On a custom address S3 names buckets in the path and S3 Control leaves the account out")
    func customS3() throws {
        #expect(try custom.endpoint(for: .s3, region: "us-east-1").addressing(of: "plain-bucket") == .path)
        #expect(
            try custom.endpoint(for: .s3Control, region: "us-east-1", accountID: "123456789012").host == "localhost")
    }

    @Test(
        "S3 Control without an account is an error",
        arguments: [nil, "", "12345", "evil.example", "１２３４５６７８９０１２"])
    func noAccount(account: String?) async {
        await expectFailure("twelve digits") {
            try EndpointResolver().endpoint(for: .s3Control, region: "us-east-1", accountID: account)
        }
    }

    @Test(
        "Switches that cannot be combined are told",
        arguments: [
            (EndpointSettings(useFIPS: true), "cn-north-1", "aws-cn has no FIPS"),
            (
                EndpointSettings(useFIPS: true, endpointURL: "http://h"), "us-east-1",
                "FIPS is switched on and --endpoint-url"
            ),
            (EndpointSettings(useDualStack: true, endpointURL: "http://h"), "us-east-1", "dual-stack is switched on"),
        ])
    func combinations(settings: EndpointSettings, region: String, why: String) async {
        await expectFailure(why) { try EndpointResolver(settings).endpoint(for: .kms, region: region) }
    }

    @Test("Nothing but the name of a region comes near a host name")
    func badRegions() async {
        for region in [
            "", "us-east-1.evil.com/", "us-east", "US-EAST-1", "us-east-1\n", "aws-global", "..", "us_east_1",
        ] {
            await expectFailure("is not the name of a region", "us-east-1") {
                try EndpointResolver().endpoint(for: .sts, region: region)
            }
        }
    }

    @Test("A region that AWS opens tomorrow is reached")
    func newRegion() throws {
        #expect(try EndpointResolver().endpoint(for: .ec2, region: "nz-north-1").host == "ec2.nz-north-1.amazonaws.com")
    }
}

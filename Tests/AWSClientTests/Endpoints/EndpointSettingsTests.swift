import AWSClient
import Testing

@Suite("Configured addresses and switches")
struct EndpointSettingsTests {
    private static let config = """
        [profile local]
        services = dev
        endpoint_url = http://profile
        [profile strict]
        use_fips_endpoint = true
        use_dualstack_endpoint = TRUE
        [profile ignoring]
        ignore_configured_endpoint_urls = true
        endpoint_url = http://profile
        [profile dangling]
        services = gone
        [services dev]
        s3 =
          endpoint_url = http://section-s3
        cloudwatch_logs =
          endpoint_url = http://section-logs
        """

    private func settings(
        _ variables: [String: String] = [:], profile: String = "default", endpointURL: String? = nil
    ) throws -> EndpointSettings {
        let environment = CredentialStage(files: ["/home/ann/.aws/config": Self.config]).environment(variables)
        return try EndpointSettings(
            environment, try SharedConfiguration(environment), profile: profile, endpointURL: endpointURL)
    }

    private func host(_ service: Service, _ settings: EndpointSettings) throws -> String {
        try EndpointResolver(settings).endpoint(for: service, region: "us-east-1", accountID: "123456789012").host
    }

    @Test(
        "The option, the service's variable, the services section, the general variable, the profile's: in this order"
    )
    func precedence() throws {
        var variables = ["AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_S3": "http://variable-s3"]
        #expect(try host(.s3, settings(variables, profile: "local", endpointURL: "http://option")) == "option")
        #expect(try host(.s3, settings(variables, profile: "local")) == "variable-s3")
        variables["AWS_ENDPOINT_URL_S3"] = nil
        #expect(try host(.s3, settings(variables, profile: "local")) == "section-s3")
        #expect(try host(.cloudWatchLogs, settings(variables, profile: "local")) == "section-logs")
        #expect(try host(.kms, settings(variables, profile: "local")) == "all")
        variables["AWS_ENDPOINT_URL"] = ""
        #expect(try host(.kms, settings(variables, profile: "local")) == "profile")
        #expect(try host(.kms, settings(variables)) == "kms.us-east-1.amazonaws.com")
    }

    @Test("One service's address is not another's whose name begins alike")
    func similarNames() throws {
        let s3 = try settings(["AWS_ENDPOINT_URL_S3": "http://only-s3"])
        #expect(try host(.s3Control, s3) == "123456789012.s3-control.us-east-1.amazonaws.com")
        let control = try settings(["AWS_ENDPOINT_URL_S3_CONTROL": "http://only-control"])
        #expect(try host(.s3Control, control) == "only-control")
        #expect(try host(.s3, control) == "s3.us-east-1.amazonaws.com")
    }

    @Test("Configured addresses can be set aside; --endpoint-url stays")
    func ignored() throws {
        let variables = ["AWS_ENDPOINT_URL": "http://all", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"]
        #expect(try host(.kms, settings(variables)) == "kms.us-east-1.amazonaws.com")
        #expect(try host(.kms, settings(variables, endpointURL: "http://option")) == "option")
        #expect(try host(.kms, settings(profile: "ignoring")) == "kms.us-east-1.amazonaws.com")
    }

    @Test("Switches come from the environment, else from the profile")
    func switches() throws {
        #expect(try host(.kms, settings(profile: "strict")) == "kms-fips.us-east-1.api.aws")
        #expect(
            try host(.kms, settings(["AWS_USE_FIPS_ENDPOINT": "false"], profile: "strict")) == "kms.us-east-1.api.aws")
        #expect(
            try host(.s3, settings(["AWS_USE_DUALSTACK_ENDPOINT": "true"])) == "s3.dualstack.us-east-1.amazonaws.com")
    }

    @Test("Nonsense is told with its place")
    func nonsense() async {
        await expectFailure("AWS_USE_FIPS_ENDPOINT", "'yes'", "true or false") {
            try settings(["AWS_USE_FIPS_ENDPOINT": "yes"])
        }
        await expectFailure("[services gone]") { try settings(profile: "dangling") }
        await expectFailure("AWS_ENDPOINT_URL_KMS is not an address") {
            try host(.kms, settings(["AWS_ENDPOINT_URL_KMS": "localhost"]))
        }
        await expectFailure("--endpoint-url is not an address", "query") {
            try host(.kms, settings(endpointURL: "http://h/?x"))
        }
    }
}

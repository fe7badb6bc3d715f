import Basics
import Testing

@testable import AWSClient

@Suite("Shared config and credentials files")
struct SharedConfigurationTests {
    private func shared(
        config: String = "", credentials: String = "", variables: [String: String] = [:]
    ) throws -> SharedConfiguration {
        let stage = CredentialStage(files: ["/home/ann/.aws/config": config, "/home/ann/.aws/credentials": credentials])
        return try SharedConfiguration(stage.environment(variables))
    }

    @Test("The credentials file's setting wins over the config file's")
    func credentialsWin() throws {
        let both = try shared(
            config: "[profile prod]\nregion = eu-west-1\noutput = json\n", credentials: "[prod]\nregion = us-east-1\n")
        #expect(both.setting("region", ofProfile: "prod") == "us-east-1")
        #expect(both.setting("output", ofProfile: "prod") == "json")
        #expect(both.profileNames == ["prod"])
    }

    @Test("Quotes in profile names, comments, byte order mark, CRLF and tabs are understood")
    func lexicalForms() throws {
        let config =
            "\u{FEFF}# mine\r\n[default] ; the usual\r\nregion=us-east-1 # home\r\n"
            + "[profile \"two words\"]\r\n\tregion\t:\teu-west-1\r\n[ profile\ttabbed ]\r\nREGION = ap-south-1\r\n"
            + "[profile 'single']\nsso_start_url = https://a.awsapps.com/start/#/\n"
        let read = try shared(config: config)
        #expect(read.setting("region", ofProfile: "default") == "us-east-1")
        #expect(read.setting("region", ofProfile: "two words") == "eu-west-1")
        #expect(read.setting("region", ofProfile: "tabbed") == "ap-south-1")
        #expect(read.setting("sso_start_url", ofProfile: "single") == "https://a.awsapps.com/start/#/")
    }

    @Test("A comment after a value ends it, but not in a command line")
    func inlineComments() throws {
        let read = try shared(
            config: "[default]\nregion = us-east-1 ; note\ncredential_process = /bin/get 'a # b' ; c\n")
        #expect(read.setting("region", ofProfile: "default") == "us-east-1")
        #expect(read.setting("credential_process", ofProfile: "default") == "/bin/get 'a # b' ; c")
    }

    @Test("Deeper lines continue a value or fill a block; equally deep ones do not")
    func nesting() throws {
        let read = try shared(
            config: """
                [profile a]
                  region = us-east-1
                  output = json
                s3 =
                  addressing_style = path
                  # a comment
                  max_concurrent_requests = 20
                note = one
                  two
                [services local]
                s3 =
                    endpoint_url = http://localhost:4566
                """)
        #expect(read.setting("output", ofProfile: "a") == "json")
        #expect(read.profiles["a"]?.config["s3", "addressing_style"] == "path")
        #expect(read.setting("note", ofProfile: "a") == "one\ntwo")
        #expect(read.services["local"]?["s3", "endpoint_url"] == "http://localhost:4566")
    }

    @Test("Sections and settings that stand twice are merged, the last one wins")
    func duplicates() throws {
        let read = try shared(config: "[profile a]\nx = 1\ny = 1\n[profile b]\n[profile a]\ny = 2\ny = 3\n")
        #expect(read.setting("x", ofProfile: "a") == "1")
        #expect(read.setting("y", ofProfile: "a") == "3")
    }

    @Test("[profile default] wins over [default], wherever it stands", arguments: [true, false])
    func defaultTwice(first: Bool) throws {
        let (long, short) = (
            "[profile default]\nregion = eu-west-1\n", "[default]\nregion = us-east-1\noutput = text\n"
        )
        let read = try shared(config: first ? long + short : short + long)
        #expect(read.setting("region", ofProfile: "default") == "eu-west-1")
        #expect(read.setting("output", ofProfile: "default") == "text")
    }

    @Test("AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name other files, with ~ for the home directory")
    func otherFiles() throws {
        let stage = CredentialStage(files: ["/etc/aws": "[profile a]\nx = 1\n", "/home/ann/keys": "[b]\nx = 2\n"])
        let read = try SharedConfiguration(
            stage.environment(["AWS_CONFIG_FILE": "/etc/aws", "AWS_SHARED_CREDENTIALS_FILE": "~/keys"]))
        #expect(read.profileNames == ["a", "b"])
    }

    @Test("Files that are not there are empty ones")
    func absent() throws {
        #expect(try SharedConfiguration(CredentialStage().environment()).profileNames.isEmpty)
    }

    @Test("A file that may not be read is an error with its name")
    func unreadable() async {
        let stage = CredentialStage(unreadable: ["/home/ann/.aws/config"])
        await expectFailure("/home/ann/.aws/config", "permission denied") {
            try SharedConfiguration(stage.environment())
        }
    }

    @Test(
        "What is not in the format is an error with file and line",
        arguments: [
            ("[default]\nregion\n", 2, "neither a [section] nor a setting"),
            ("region = us-east-1\n", 1, "before the first [section]"),
            ("[default]\n\n[profile x\n", 3, "no closing bracket"),
            ("[profile x] region = y\n", 1, "something follows"),
            ("[]\n", 1, "no name"),
            ("[profile \"x]\n", 1, "quote"),
            ("[default]\n= value\n", 2, "no name"),
            ("[default]\ns3 =\n  nothing here\n", 3, "neither"),
            ("[default]\nkey = a\u{0}b\n", 2, "zero byte"),
        ])
    func malformed(text: String, line: Int, why: String) async {
        await expectFailure("/home/ann/.aws/config line \(line) cannot be understood", why) { try shared(config: text) }
    }

    @Test("A line that cannot be understood is not shown, for it may hold a key")
    func secretsInMalformedLines() async {
        await expectFailure("line 2") { try shared(credentials: "[default]\naws_secret_access_key SECRETKEY\n") }
    }

    @Test("Truncated, binary and huge files give an answer or an error, never a crash")
    func garbage() throws {
        let sound = Array("\u{FEFF}[profile \"a b\"]\r\nx = 1\r\n  y\ns3 =\n  k = v\n[sso-session s]\nz : 2 # c\n".utf8)
        for length in sound.indices {
            _ = try? ConfigurationFile.parse(Array(sound[..<length]), path: "f")
        }
        var state: UInt64 = 7
        for _ in 0..<300 {
            var bytes = sound
            for _ in 0..<8 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 20)
            }
            _ = try? ConfigurationFile.parse(bytes, path: "f")
        }
        let long = "[default]\nx = " + String(repeating: "a # ", count: 100_000) + "\n"
        #expect(try ConfigurationFile.parse(Array(long.utf8), path: "f").first?["x"] == "a")
        #expect(throws: Failure.self) {
            try ConfigurationFile.parse(Array(repeating: UInt8(ascii: "["), count: 1 << 20), path: "f")
        }
    }

    @Test("A profile that is not there is an error that names those that are")
    func wrongProfile() async throws {
        let read = try shared(config: "[profile dev]\n[profile prod]\n[stray]\n", credentials: "[profile odd]\nx = 1\n")
        await expectFailure("the profile 'prd'", "choose one of dev, prod", ".aws/config") { try read.profile("prd") }
        await expectFailure("line 3", "write [profile stray]") { try read.profile("stray") }
        await expectFailure("write [odd]") { try read.profile("odd") }
        await expectFailure("there are no profiles", "aws configure") { try shared().profile("prd") }
    }

    @Test("--profile wins over AWS_PROFILE, that over AWS_DEFAULT_PROFILE; each must exist")
    func selection() async throws {
        let read = try shared(config: "[profile a]\n[profile b]\n[profile c]\n")
        let stage = CredentialStage()
        let both = stage.environment(["AWS_PROFILE": "b", "AWS_DEFAULT_PROFILE": "c"])
        #expect(try read.selectProfile(explicit: "a", both) == "a")
        #expect(try read.selectProfile(explicit: nil, both) == "b")
        #expect(try read.selectProfile(explicit: nil, stage.environment(["AWS_DEFAULT_PROFILE": "c"])) == "c")
        #expect(try read.selectProfile(explicit: nil, stage.environment(["AWS_PROFILE": ""])) == "default")
        await expectFailure("'gone'", "choose one of") { try read.selectProfile(explicit: "gone", both) }
    }
}

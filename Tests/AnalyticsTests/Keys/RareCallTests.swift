import Basics
import Analytics
import Testing

/// Calls that appear for the first time after a week or more of history.
@Suite struct RareCallTests {
    private static let user = "arn:aws:iam::123456789012:user/ann"

    private static func event(
        _ name: String, _ source: String, request: String = "null", actor: String = user, error: String? = nil,
        account: String = "123456789012"
    ) -> KeyEvents.Event {
        KeyEvents.Event(
            name: name, source: "\(source).amazonaws.com", key: "ASIAIOSFODNN7EXAMPLE", actor: actor,
            recipient: account,
            request: request, error: error)
    }

    private static func run(_ type: String, account: String = "123456789012", error: String? = nil) -> KeyEvents.Event {
        event("RunInstances", "ec2", request: #"{"instanceType":"\#(type)"}"#, error: error, account: account)
    }

    private static func deletion(_ number: Int, bulk: Bool = false, bucket: String = "data") -> KeyEvents.Event {
        event(
            bulk ? "DeleteObjects" : "DeleteObject", "s3", request: #"{"bucketName":"\#(bucket)","key":"k\#(number)"}"#)
    }

    @Test(arguments: [(6.9, false), (7, true), (20, true)])
    func anInstanceTypeThatTheAccountNeverRanIsFound(day: Double, isFound: Bool) throws {
        var events = KeyEvents()
        events.add(0, Self.run("m5.large"))
        events.add(day, Self.run("p4d.24xlarge"))
        let report = try events.report()
        #expect(report.alerts.map(\.rule) == (isFound ? ["call-new-instance-type"] : []))
        #expect(report.learning.isEmpty == false)
        guard let alert = report.alerts.first else { return }
        #expect(alert.fields["subject"] == "p4d.24xlarge")
        #expect(alert.account == "123456789012")
        #expect(alert.actor == Self.user)
        #expect(alert.time == KeyEvents.start + Int(day * 86_400))
        #expect(alert.event == "event-1")
    }

    @Test(arguments: [
        ("RunInstances", #"{"launchTemplate":{"launchTemplateId":"lt-1"}}"#),
        (
            "CreateFleet",
            #"{"CreateFleetRequest":{"LaunchTemplateConfigs":{"Overrides":[{"InstanceType":"m5.large"},{"InstanceType":"p5.48xlarge"}]}}}"#
        ),
        (
            "RequestSpotFleet",
            #"{"spotFleetRequestConfig":{"launchSpecifications":[{"instanceType":"p5.48xlarge"}]}}"#
        ),
        (
            "RequestSpotFleet",
            #"{"spotFleetRequestConfig":{"launchTemplateConfigs":[{"overrides":[{"instanceType":"p5.48xlarge"}]}]}}"#
        ),
        ("RequestSpotInstances", #"{"launchSpecification":{"instanceType":"p5.48xlarge"}}"#),
        ("ModifyInstanceAttribute", #"{"instanceId":"i-1","instanceType":{"value":"p5.48xlarge"}}"#),
    ])
    func aNewTypeIsFoundByEachWayToRunIt(name: String, request: String) throws {
        var events = KeyEvents()
        events.add(0, Self.run("m5.large"))
        var event = Self.event(name, "ec2", request: request)
        if name == "RunInstances" {
            event.response = #"{"instancesSet":{"items":[{"instanceId":"i-1","instanceType":"p5.48xlarge"}]}}"#
        }
        events.add(8, event)
        let alerts = try events.report().alerts
        #expect(alerts.map(\.rule) == ["call-new-instance-type"])
        #expect(alerts.first?.fields["subject"] == "p5.48xlarge")
    }

    @Test func aTypeThatWasRunBeforeOrWasRefusedIsNoNews() throws {
        var events = KeyEvents()
        events.add(0, Self.run("m5.large"))
        events.add(10, Self.run("m5.large"))
        events.add(11, Self.run("p4d.24xlarge", error: "Client.UnauthorizedOperation"))
        #expect(try events.rules() == [])
    }

    /// In an account whose instances begin in the middle of the logs, no type is more unusual than another.
    @Test func anAccountThatBeginsIsNotNews() throws {
        var events = KeyEvents()
        events.add(0, Self.run("m5.large"))
        events.add(20, Self.run("m5.large", account: "222222222222"))
        events.add(21, Self.run("c5.large", account: "222222222222"))
        #expect(try events.rules() == [])
        events.add(28, Self.run("p4d.24xlarge", account: "222222222222"))
        #expect(try events.rules() == ["call-new-instance-type"])
    }

    @Test(arguments: ["InvokeModel", "InvokeModelWithResponseStream", "Converse", "ConverseStream"])
    func aNewcomerToModelsIsFoundEvenIfDenied(name: String) throws {
        var events = KeyEvents()
        events.other(0)
        events.add(8, Self.event(name, "bedrock", error: "AccessDeniedException"))
        events.add(9, Self.event(name, "bedrock"))
        let alerts = try events.report().alerts
        #expect(alerts.map(\.rule) == ["call-new-model-user"])
        #expect(alerts.first?.evidence("calls") == 2)
        #expect(alerts.first?.lastTime == KeyEvents.start + 9 * 86_400)
    }

    @Test(
        arguments: [
            ("StartSession", "ssm", true), ("SendCommand", "ssm", true), ("ExecuteCommand", "ecs", true),
            ("SendSSHPublicKey", "ec2-instance-connect", true), ("StartSession", "braket", false),
            ("TerminateSession", "ssm", false),
        ])
    func aNewVisitorOfWorkloadsIsFound(name: String, source: String, isFound: Bool) throws {
        var events = KeyEvents()
        events.other(0)
        events.add(8, Self.event(name, source))
        #expect(try events.rules() == (isFound ? ["call-new-workload-visitor"] : []))
    }

    /// The console calls for the person who uses it.
    @Test(arguments: [("signin.amazonaws.com", true), ("cloudformation.amazonaws.com", false)])
    func aVisitorThroughTheConsoleIsFound(service: String, isFound: Bool) throws {
        var events = KeyEvents()
        events.other(0)
        events.add(8, Self.event("StartSession", "ssm"))
        let last = events.records.removeLast()
        events.records.append(last.replacing(#""arn":"#, with: #""invokedBy":"\#(service)","arn":"#))
        #expect(try events.rules() == (isFound ? ["call-new-workload-visitor"] : []))
    }

    @Test(arguments: [(99, false, false), (100, false, true), (9, true, false), (10, true, true)])
    func aNewcomerWhoDeletesInBulkIsFound(calls: Int, bulk: Bool, isFound: Bool) throws {
        var events = KeyEvents()
        events.other(0)
        for number in 0..<calls { events.add(8 + Double(number) / 86_400, Self.deletion(number, bulk: bulk)) }
        #expect(try events.rules() == (isFound ? ["call-new-bulk-deletion"] : []))
    }

    @Test func whoDeletesRegularlyIsNoNewcomer() throws {
        var events = KeyEvents()
        events.add(1, Self.deletion(0))
        for number in 0..<200 { events.add(8 + Double(number) / 86_400, Self.deletion(number)) }
        #expect(try events.rules() == [])
    }

    /// A few deletions of yesterday, which raised no alert, do not excuse many of today; those of last week do.
    @Test(arguments: [(8.0, true), (1.0, false)])
    func aFewDeletionsDoNotPrepareMany(day: Double, isFound: Bool) throws {
        var before = KeyEvents()
        before.other(0)
        before.add(day, Self.deletion(0))
        before.other(8.5)
        let learned = try before.report()
        #expect(learned.alerts.isEmpty)
        var today = KeyEvents()
        for number in 0..<150 { today.add(9 + Double(number) / 86_400, Self.deletion(number)) }
        #expect(try today.rules(learned.baseline) == (isFound ? ["call-new-bulk-deletion"] : []))
    }

    /// By the first run, not by the last one.
    @Test func anAccountOfTheBaselineIsNotYoung() throws {
        var before = KeyEvents()
        for day in 0...8 { before.add(Double(day), Self.run("m5.large")) }
        var today = KeyEvents()
        today.add(9, Self.run("p4d.24xlarge"))
        #expect(try today.rules(before.report().baseline) == ["call-new-instance-type"])
    }

    /// The baseline knows who called, and for how long; without it a run over a day learns only.
    @Test func theBaselineCarriesTheHistory() throws {
        var before = KeyEvents()
        before.add(0, Self.event("InvokeModel", "bedrock", actor: "arn:aws:iam::123456789012:user/old"))
        before.other(6)
        let learned = try before.report()
        #expect(learned.alerts.isEmpty && !learned.learning.isEmpty)
        var today = KeyEvents()
        today.add(8, Self.event("InvokeModel", "bedrock", actor: "arn:aws:iam::123456789012:user/old"))
        today.add(8.5, Self.event("InvokeModel", "bedrock", actor: "arn:aws:iam::123456789012:user/new"))
        let found = try today.report(learned.baseline).alerts
        #expect(found.map(\.actor) == ["arn:aws:iam::123456789012:user/new"])
        #expect(try today.rules() == [])
        // Told once.
        var tomorrow = KeyEvents()
        tomorrow.add(9, Self.event("InvokeModel", "bedrock", actor: "arn:aws:iam::123456789012:user/new"))
        #expect(try tomorrow.rules(today.report(learned.baseline).baseline) == [])
    }

    // MARK: IAM Identity Center

    private static func center(_ day: Double, _ user: String, _ name: String, _ rest: String) -> String {
        """
        {"eventVersion":"1.11","userIdentity":{"type":"IdentityCenterUser","accountId":"123456789012","onBehalfOf":\
        {"userId":"\(user)","identityStoreArn":"arn:aws:identitystore::123456789012:identitystore/d-1"}},"eventTime":\
        "\(KeyEvents.time(KeyEvents.start + Int(day * 86_400)))","eventName":"\(name)","awsRegion":"us-east-1",\
        "sourceIPAddress":"203.0.113.5",\(rest),"eventID":"center-\(user)-\(day)","recipientAccountId":"123456789012"}
        """
    }

    @Test func usersOfIdentityCenterAreToldApart() throws {
        func call(_ day: Double, _ user: String) -> String {
            Self.center(
                day, user, "InvokeModel", #""eventSource":"bedrock.amazonaws.com","requestParameters":null"#)
        }
        var events = KeyEvents()
        events.records = [call(0, "user-a"), call(8, "user-a"), call(8.5, "user-b")]
        let alerts = try events.report().alerts
        #expect(alerts.map(\.rule) == ["call-new-model-user"])
        #expect(alerts.first?.actor == "user-b")
        #expect(alerts.first?.fields["subject"] == "user-b")
    }

    @Test func aUserOfIdentityCenterWhoComesBackAfterMonthsIsFound() throws {
        func login(_ day: Double, _ user: String, _ result: String = "Success") -> String {
            Self.center(
                day, user, "UserAuthentication",
                #""eventSource":"signin.amazonaws.com","serviceEventDetails":{"UserAuthentication":"\#(result)"}"#)
        }
        var events = KeyEvents()
        events.records = [login(0, "user-a"), login(50, "user-b"), login(95, "user-b")]
        // The first login of a user is no return: the logs do not show when it was created.
        events.records.append(login(96, "user-c"))
        #expect(try events.rules() == [])
        events.records.append(login(97, "user-a", "Failure"))
        #expect(try events.rules() == [])
        events.records.append(login(98, "user-a"))
        let alerts = try events.report().alerts
        #expect(alerts.map(\.rule) == ["login-after-silence"])
        #expect(alerts.first?.actor == "user-a")
        #expect(alerts.first?.fields["user"] == "123456789012/user-a")
    }
}

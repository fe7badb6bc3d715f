import Basics
import Foundation
import Notifiers
import Runs
import Testing

/// The section `notify` of the configuration file.
@Suite struct NotifyConfigurationTests {
    let folder = TemporaryFolder()

    private func notifiers(_ yaml: String) throws -> [Notifier] {
        try SettingsFile.configuration(try folder.write(yaml, to: "\(UUID().uuidString).yaml")).notify.notifiers
    }

    @Test func everyTypeAndSettingIsRead() throws {
        let read = try notifiers(
            """
            notify:
              lines: {type: stdout}
              soar:
                type: webhook
                url: https://soar.example.com/hooks/parapet/
                secret: {file: /etc/parapet/webhook}
                severity: medium
                practices: [audit-trail, root-account]
                accounts: ["123456789012"]
                kinds: [alerts, integrity]
                group-for: 15
                rate: 12
              chat:
                type: slack
                url: {environment: SLACK_URL}
                quiet-hours:
                  from: "22:00"
                  to: 7:30
                  days: [sat, sun]
                  time-zone: Europe/Berlin
                  except: high
              office: {type: teams, url: {environment: TEAMS_URL}, resolve: false}
              on-call: {type: pagerduty, key: {environment: PAGERDUTY_KEY}, severity: critical}
              topic: {type: sns, topic: "arn:aws:sns:us-east-1:123456789012:security"}
              mail: {type: ses, from: Parapet <parapet@example.com>, to: security@example.com, region: eu-west-1}
              hub: {type: security-hub, region: us-east-1}
            """)
        #expect(read.map(\.name) == ["lines", "soar", "chat", "office", "on-call", "topic", "mail", "hub"])
        #expect(Set(read.map(\.receiver.kind)) == Set(ReceiverSettings.Kind.allCases))
        let soar = read[1]
        #expect(
            soar.receiver
                == .webhook(
                    address: .plain("https://soar.example.com/hooks/parapet/"), secret: .file("/etc/parapet/webhook")))
        #expect(soar.severity == .medium)
        #expect(soar.practices == ["audit-trail", "root-account"])
        #expect(soar.topics == [.alerts, .integrity])
        #expect((soar.groupSeconds, soar.rate) == (15, 12))
        let quiet = try #require(read[2].quietHours)
        #expect((quiet.start, quiet.end, quiet.exception) == (22 * 60, 7 * 60 + 30, .high))
        #expect(quiet.days == [.saturday, .sunday])
        #expect(quiet.timeZone.identifier == "Europe/Berlin")
        #expect(!read[3].tellsResolved)
    }

    @Test(arguments: [
        ("  a: {severity: high}", "has no type"),
        ("  a: {type: fax}", "unknown type 'fax'"),
        ("  a: {type: stdout, url: https://x.example}", "unknown setting 'url'"),
        ("  a: {type: stdout, severities: high}", "unknown setting 'severities'"),
        ("  a: {type: stdout, severity: huge}", "'huge' is no value of severity"),
        ("  a: {type: stdout, practices: [audit]}", "unknown practice 'audit'"),
        ("  a: {type: stdout, practices: []}", "practices is an empty list"),
        ("  a: {type: stdout, accounts: [12]}", "is not an account ID"),
        ("  a: {type: stdout, kinds: [alert]}", "'alert' is no value of kinds"),
        ("  a: {type: stdout, kinds: [alerts], resolve: true}", "which kinds excludes"),
        ("  a: {type: stdout, group-for: -1}", "group-for is not a number"),
        ("  a: {type: stdout, rate: 0}", "rate is not a number"),
        ("  a: {type: stdout, resolve: perhaps}", "resolve is neither true nor false"),
        ("  a: {type: pagerduty, key: {environment: K}, group-for: 10}", "group-for has no effect"),
        ("  a: {type: slack}", "has no url"),
        ("  a: {type: slack, url: https://hooks.slack.com/services/T/B/x}", "is a secret and must not be"),
        ("  a: {type: teams, url: https://x.example/y}", "is a secret and must not be"),
        ("  a: {type: pagerduty, key: abcdef}", "is a secret and must not be"),
        ("  a: {type: webhook, url: https://x.example, secret: s3cret}", "is a secret and must not be"),
        ("  a: {type: webhook, url: \"https://x.example/?token=t\"}", "is a secret and must not be"),
        ("  a: {type: webhook, url: https://me:pw@x.example/}", "is a secret and must not be"),
        ("  a: {type: webhook, url: https://x.example, token: s3cret}", "is a secret and must not be"),
        ("  a: {type: webhook, url: http://x.example/}", "plain HTTP"),
        ("  a: {type: webhook, url: x.example}", "does not begin with https://"),
        ("  a: {type: slack, url: {environment: https://hooks.slack.com/s3cret}}", "not the name of a variable"),
        ("  a: {type: slack, url: {file: slack-url}}", "not an absolute path"),
        ("  a: {type: slack, url: {environment: A, file: /b}}", "does not name one place"),
        ("  a: {type: slack, url: {vault: x}}", "unknown place 'vault'"),
        ("  a: {type: sns, topic: security}", "not the ARN of an SNS topic"),
        ("  a: {type: sns, topic: \"arn:aws:sqs:us-east-1:123456789012:q\"}", "not the ARN of an SNS topic"),
        ("  a: {type: ses, from: me, to: [a@b.example], region: us-east-1}", "from is not an e-mail address"),
        ("  a: {type: ses, from: a@b.example, to: [], region: us-east-1}", "to is an empty list"),
        ("  a: {type: ses, from: a@b.example, to: [a@b.example]}", "has no region"),
        ("  a: {type: security-hub, region: Frankfurt}", "not the name of a region"),
        ("  a: {type: stdout, quiet-hours: {from: \"22:00\", to: \"07:00\"}}", "lacks from, to or time-zone"),
        ("  a: {type: stdout, quiet-hours: {from: 22, to: \"07:00\", time-zone: UTC}}", "from is not a time of day"),
        ("  a: {type: stdout, quiet-hours: {from: \"24:00\", to: \"07:00\", time-zone: UTC}}", "from is not a time"),
        ("  a: {type: stdout, quiet-hours: {from: \"1:00\", to: \"7:60\", time-zone: UTC}}", "to is not a time of day"),
        ("  a: {type: stdout, quiet-hours: {from: \"1:00\", to: \"7:00\", time-zone: Berlin}}", "unknown time-zone"),
        (
            "  a: {type: stdout, quiet-hours: {from: \"1:00\", to: \"7:00\", time-zone: \"+99:00\"}}",
            "unknown time-zone"
        ),
        ("  a: {type: stdout, quiet-hours: {from: \"0:00\", to: \"24:00\", time-zone: UTC}}", "quiet-hours never end"),
        ("  a: {type: stdout, quiet-hours: {from: \"3:00\", to: \"3:00\", time-zone: UTC}}", "quiet-hours never end"),
        (
            "  a: {type: stdout, quiet-hours: {from: \"1:00\", to: \"7:00\", time-zone: UTC, days: [monday]}}",
            "value of days"
        ),
        ("  link: page.example", "link is not the address of a page"),
        ("  link: ftp://page.example", "link is not the address of a page"),
        ("  link: https://me@page.example", "link is not the address of a page"),
        ("  link: https://page.example/?a=b", "link is not the address of a page"),
        ("  link: [https://page.example]", "link is not a plain text"),
        ("  - a", "names and values are expected"),
        ("  a: stdout", "names and values are expected"),
    ])
    func whatCannotBeUsedIsAnErrorWithItsLine(yaml: String, why: String) throws {
        let failure = try #require(throws: Failure.self) { try notifiers("notify:\n" + yaml) }
        #expect(failure.why.contains(why), "\(failure)")
        #expect(failure.why.contains("line 2") || failure.why.contains("line 1"), "\(failure)")
        #expect(!failure.description.contains("s3cret"))
    }

    @Test(arguments: [
        ("https://page.example/", "https://page.example"), ("https://page.example/soc", "https://page.example/soc"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ])
    func theAddressOfTheDashboardIsRead(text: String, link: String) throws {
        let file = try folder.write("notify:\n  link: \(text)\n  a: {type: stdout}\n", to: "\(UUID().uuidString).yaml")
        let notify = try SettingsFile.configuration(file).notify
        #expect(notify.link == link)
        #expect(notify.notifiers.map(\.name) == ["a"])
    }

    @Test func aNameIsUsedOnce() {
        #expect(throws: Failure.self) { try notifiers("notify:\n  a: {type: stdout}\n  a: {type: stdout}\n") }
    }
}

import TestSupport

/// Rules of our own in the shapes that public rules for AWS have, and the events that they are tried on.
enum SigmaOpinionRules {
    /// The shape, and the detection section.
    static let all: [(shape: String, detection: String)] = [
        ("service and call", "sel:\n  eventSource: cloudtrail.amazonaws.com\n  eventName: StopLogging\ncondition: sel"),
        (
            "service and calls",
            "sel:\n  eventSource: cloudtrail.amazonaws.com\n  eventName:\n    - StopLogging\n    - UpdateTrail\n    - DeleteTrail\ncondition: sel"
        ),
        ("call alone", "sel:\n  eventName: createuser\ncondition: sel"),
        ("call by its beginning", "sel:\n  eventName|startswith: Delete\ncondition: sel"),
        ("calls by their ends", "sel:\n  eventName|endswith: [Policy, Trail]\ncondition: sel"),
        ("call by a part", "sel:\n  eventName|contains: trail\ncondition: sel"),
        ("call by wildcards", "sel:\n  eventName: 'Put*Pol?cy'\ncondition: sel"),
        ("wildcards in a list", "sel:\n  eventName: ['Put*', '*Trail', 'Console?ogin']\ncondition: sel"),
        (
            "two searches",
            "sel_source:\n  eventSource: s3.amazonaws.com\nsel_name:\n  eventName: [GetObject, PutBucketPolicy]\ncondition: sel_source and sel_name"
        ),
        (
            "all of",
            "sel_source:\n  eventSource: s3.amazonaws.com\nsel_name:\n  eventName|startswith: Get\ncondition: all of sel_*"
        ),
        ("one of", "sel_a:\n  eventName: GetObject\nsel_b:\n  eventName: CreateUser\ncondition: 1 of sel_*"),
        ("one of them", "sel_a:\n  eventName: GetObject\nsel_b:\n  userIdentity.type: Root\ncondition: 1 of them"),
        ("all of them", "sel_a:\n  eventName: ConsoleLogin\nsel_b:\n  userIdentity.type: Root\ncondition: all of them"),
        (
            "and not a filter",
            "sel:\n  eventSource: iam.amazonaws.com\nfilter:\n  userIdentity.arn|contains: 'role/admin'\ncondition: sel and not filter"
        ),
        (
            "and not one of the filters",
            "sel:\n  eventName|startswith: [Put, Create, Delete]\nfilter_service:\n  userIdentity.invokedBy: cloudformation.amazonaws.com\nfilter_tool:\n  userAgent|contains: Terraform\ncondition: sel and not 1 of filter_*"
        ),
        (
            "not over absent fields",
            "sel:\n  eventSource: sts.amazonaws.com\nfilter:\n  errorCode: AccessDenied\ncondition: sel and not filter"
        ),
        (
            "or and and",
            "a:\n  eventName: GetObject\nb:\n  userIdentity.type: Root\nc:\n  readOnly: true\ncondition: a or b and c"
        ),
        (
            "brackets",
            "a:\n  eventName: GetObject\nb:\n  userIdentity.type: Root\nc:\n  readOnly: true\ncondition: (a or b) and c"
        ),
        ("not brackets", "a:\n  userIdentity.type: Root\nb:\n  readOnly: true\ncondition: not (a or b)"),
        (
            "root",
            "sel_root:\n  userIdentity.type: Root\nsel_event:\n  eventType: AwsServiceEvent\ncondition: sel_root and not sel_event"
        ),
        (
            "login without MFA",
            "sel:\n  eventName: ConsoleLogin\n  responseElements.ConsoleLogin: Success\n  additionalEventData.MFAUsed: 'No'\ncondition: sel"
        ),
        (
            "failed login",
            "sel:\n  eventSource: signin.amazonaws.com\n  eventName: ConsoleLogin\n  errorMessage: Failed authentication\ncondition: sel"
        ),
        (
            "refused",
            "sel:\n  errorCode: [AccessDenied, 'Client.UnauthorizedOperation', '*Unauthorized*']\ncondition: sel"
        ),
        ("error of any kind", "sel:\n  errorCode: '*'\ncondition: sel"),
        (
            "session without MFA",
            "sel:\n  userIdentity.sessionContext.attributes.mfaAuthenticated: 'false'\ncondition: sel"
        ),
        ("boolean", "sel:\n  readOnly: true\ncondition: sel"),
        ("boolean false", "sel:\n  readOnly: false\ncondition: sel"),
        ("number", "sel:\n  requestParameters.durationSeconds: 3600\ncondition: sel"),
        ("number as text", "sel:\n  requestParameters.durationSeconds: '3600'\ncondition: sel"),
        ("numbers compared", "sel:\n  requestParameters.durationSeconds|gt: 3600\ncondition: sel"),
        (
            "numbers in a range",
            "low:\n  requestParameters.durationSeconds|gte: 900\nhigh:\n  requestParameters.durationSeconds|lte: 3600\ncondition: low and high"
        ),
        (
            "list of maps",
            "sel:\n  - eventName: GetObject\n    eventSource: s3.amazonaws.com\n  - userAgent|contains: S3 Browser\ncondition: sel"
        ),
        ("parts all there", "sel:\n  userAgent|contains|all: [aws-cli, linux]\ncondition: sel"),
        (
            "request as text",
            "sel:\n  requestParameters|contains: arn:aws:iam::aws:policy/AdministratorAccess\ncondition: sel"
        ),
        ("response as text", "sel:\n  responseElements|contains: '\"ConsoleLogin\":\"Success\"'\ncondition: sel"),
        ("an empty text", "sel:\n  requestParameters.prefix: ''\ncondition: sel"),
        ("null", "sel:\n  responseElements: null\ncondition: sel"),
        (
            "not null",
            "sel:\n  eventSource: sts.amazonaws.com\nfilter:\n  responseElements: null\ncondition: sel and not filter"
        ),
        ("success", "sel:\n  eventName: StopLogging\n  errorCode: null\ncondition: sel"),
        ("null or refused", "sel:\n  errorCode: [null, AccessDenied]\ncondition: sel"),
        ("is there", "sel:\n  errorCode|exists: true\ncondition: sel"),
        ("is not there", "sel:\n  errorCode|exists: false\ncondition: sel"),
        ("regular expression", "sel:\n  userAgent|re: ^aws-cli/[12]\\.\ncondition: sel"),
        ("regular expression within", "sel:\n  userIdentity.arn|re: 'role/(admin|root)'\ncondition: sel"),
        ("regular expression in any case", "sel:\n  userAgent|re|i: ^AWS-CLI\ncondition: sel"),
        ("block of addresses", "sel:\n  sourceIPAddress|cidr: 10.0.0.0/8\ncondition: sel"),
        (
            "not from blocks",
            "sel:\n  eventName: GetObject\nfilter:\n  sourceIPAddress|cidr: [10.0.0.0/8, 192.168.0.0/16]\ncondition: sel and not filter"
        ),
        ("cased", "sel:\n  eventName|cased: createUser\ncondition: sel"),
        ("cased part", "sel:\n  userAgent|contains|cased: Terraform\ncondition: sel"),
        ("same as another field", "sel:\n  requestParameters.userName|fieldref: userIdentity.userName\ncondition: sel"),
        (
            "not another field",
            "sel:\n  eventName: CreateAccessKey\n  requestParameters.userName|fieldref|neq: userIdentity.userName\ncondition: sel"
        ),
        ("neq", "sel:\n  eventSource: iam.amazonaws.com\n  awsRegion|neq: us-east-1\ncondition: sel"),
        (
            "base64 of a script",
            "sel:\n  requestParameters.userData|base64offset|contains: ['/bin/bash', curl]\ncondition: sel"
        ),
        ("base64", "sel:\n  requestParameters.userData|base64|contains: '#!/bin/sh'\ncondition: sel"),
        ("wide base64", "sel:\n  requestParameters.userData|wide|base64offset|contains: IEX\ncondition: sel"),
        ("dashes", "sel:\n  requestParameters.command|windash|contains: ' -enc '\ncondition: sel"),
        ("percent and underscore", "sel:\n  requestParameters.command|contains: 100%_\ncondition: sel"),
        ("escaped wildcards", "sel:\n  requestParameters.command|contains: 'rm \\*'\ncondition: sel"),
        ("backslashes", "sel:\n  requestParameters.command|startswith: 'C:\\Windows\\\\'\ncondition: sel"),
        ("hour", "sel:\n  eventTime|hour: 3\ncondition: sel"),
        ("keywords", "sel:\n  - AdministratorAccess\n  - S3 Browser\ncondition: sel"),
        ("other alphabet", "sel:\n  requestParameters.userName: JÜRGEN\ncondition: sel"),
    ]

    private static let choices: [(path: String, values: [String])] = [
        ("eventTime", ["\"2024-05-01T03:04:05Z\"", "\"2024-05-01T13:04:05Z\""]),
        (
            "eventSource",
            [
                "\"cloudtrail.amazonaws.com\"", "\"iam.amazonaws.com\"", "\"s3.amazonaws.com\"",
                "\"sts.amazonaws.com\"", "\"signin.amazonaws.com\"",
            ]
        ),
        (
            "eventName",
            [
                "\"StopLogging\"", "\"CreateUser\"", "\"createUser\"", "\"CreateAccessKey\"", "\"GetObject\"",
                "\"PutBucketPolicy\"", "\"DeleteTrail\"", "\"ConsoleLogin\"",
            ]
        ),
        ("eventType", ["\"AwsApiCall\"", "\"AwsServiceEvent\"", ""]),
        ("awsRegion", ["\"us-east-1\"", "\"eu-central-1\"", ""]),
        ("readOnly", ["true", "false", ""]),
        (
            "sourceIPAddress",
            ["\"10.1.2.3\"", "\"192.168.7.7\"", "\"198.51.100.7\"", "\"cloudformation.amazonaws.com\"", ""]
        ),
        (
            "userAgent",
            [
                "\"aws-cli/2.15 md/linux\"", "\"AWS-CLI/1.0\"", "\"HashiCorp Terraform/1.5\"", "\"terraform/1.5\"",
                "\"[S3 Browser 9.5.5]\"", "\"x aws-cli/1.2\"", "",
            ]
        ),
        ("errorCode", ["", "", "\"AccessDenied\"", "\"Client.UnauthorizedOperation\"", "\"\"", "null"]),
        ("errorMessage", ["", "\"Failed authentication\""]),
        ("userIdentity.type", ["\"Root\"", "\"IAMUser\"", "\"AssumedRole\""]),
        (
            "userIdentity.arn",
            ["\"arn:aws:iam::123456789012:role/admin\"", "\"arn:aws:iam::123456789012:user/bob\"", ""]
        ),
        ("userIdentity.userName", ["\"bob\"", "\"Alice\"", ""]),
        ("userIdentity.invokedBy", ["", "\"cloudformation.amazonaws.com\""]),
        ("userIdentity.sessionContext.attributes.mfaAuthenticated", ["\"false\"", "\"true\"", "false", ""]),
        ("requestParameters.userName", ["\"bob\"", "\"alice\"", "\"jürgen\"", "\"JÜRGEN\"", ""]),
        ("requestParameters.durationSeconds", ["3600", "900", "43200", "\"3600\"", "\"1 hour\"", ""]),
        ("requestParameters.policyArn", ["\"arn:aws:iam::aws:policy/AdministratorAccess\"", ""]),
        ("requestParameters.prefix", ["\"\"", "\"logs/\"", "null", ""]),
        (
            "requestParameters.userData",
            ["\"IyEvYmluL2Jhc2gKY3VybA==\"", "\"eCAvYmluL2Jhc2g=\"", "\"IyEvYmluL3No\"", "\"SQBFAFgA\"", ""]
        ),
        (
            "requestParameters.command",
            [
                "\"x -Enc y\"", "\"x /enc y\"", "\"100%_done\"", "\"1000_done\"", "\"rm *\"", "\"rm x\"",
                "\"C:\\\\Windows\\\\x\"", "",
            ]
        ),
        ("responseElements", ["null", "", "{\"ConsoleLogin\":\"Success\"}", "{\"ConsoleLogin\":\"Failure\"}"]),
        ("additionalEventData.MFAUsed", ["\"No\"", "\"Yes\"", ""]),
    ]

    /// JSON of an event with a random choice for each field; an empty choice leaves it out.
    static func event(_ generator: inout SeededGenerator) -> String {
        var tree = Branch()
        for (path, values) in choices {
            if let value = values.randomElement(using: &generator), !value.isEmpty {
                tree.set(path.split(separator: ".")[...], value)
            }
        }
        return tree.json
    }

    private struct Branch {
        var leaves: [(name: Substring, value: String)] = []
        var branches: [(name: Substring, branch: Branch)] = []

        mutating func set(_ path: ArraySlice<Substring>, _ value: String) {
            guard let name = path.first else { return }
            if path.count == 1 { return leaves.append((name, value)) }
            if !branches.contains(where: { $0.name == name }) { branches.append((name, Branch())) }
            for index in branches.indices where branches[index].name == name {
                branches[index].branch.set(path.dropFirst(), value)
            }
        }

        var json: String {
            let members =
                leaves.map { "\"\($0.name)\":\($0.value)" } + branches.map { "\"\($0.name)\":\($0.branch.json)" }
            return "{\(members.joined(separator: ","))}"
        }
    }
}

public import LogReaders

/// The fields of CloudTrail's records that the history of credentials reads, as their numbers in the reader's list.
public struct KeyFields: Sendable {
    let time, event, operation, source, error: FieldList.Number
    let address, region, recipient: FieldList.Number
    let key, actor, owner, kind, user: FieldList.Number
    let changedKey, status, changedUser: FieldList.Number
    let createdKey, createdOwner, login: FieldList.Number
    let centerUser, centerLogin, role, service, bucket: FieldList.Number
    /// Where calls that start or change instances have the type.
    let instanceTypes: [FieldList.Number]

    /// - Parameter list: the list to which the fields are added.
    public init(_ list: inout FieldList) {
        time = list.number(of: "eventTime")
        event = list.number(of: "eventID")
        operation = list.number(of: "eventName")
        source = list.number(of: "eventSource")
        error = list.number(of: "errorCode")
        address = list.number(of: "sourceIPAddress")
        region = list.number(of: "awsRegion")
        recipient = list.number(of: "recipientAccountId")
        key = list.number(of: "userIdentity.accessKeyId")
        actor = list.number(of: "userIdentity.arn")
        owner = list.number(of: "userIdentity.accountId")
        kind = list.number(of: "userIdentity.type")
        user = list.number(of: "userIdentity.userName")
        changedKey = list.number(of: "requestParameters.accessKeyId")
        status = list.number(of: "requestParameters.status")
        changedUser = list.number(of: "requestParameters.userName")
        createdKey = list.number(of: "responseElements.accessKey.accessKeyId")
        createdOwner = list.number(of: "responseElements.accessKey.userName")
        login = list.number(of: "responseElements.ConsoleLogin")
        centerUser = list.number(of: "userIdentity.onBehalfOf.userId")
        centerLogin = list.number(of: "serviceEventDetails.UserAuthentication")
        role = list.number(of: "userIdentity.sessionContext.sessionIssuer.arn")
        service = list.number(of: "userIdentity.invokedBy")
        // "Logging Amazon EC2 API calls using AWS CloudTrail", Amazon EC2 API Reference. With a launch template only the
        // response has the type.
        instanceTypes = [
            "requestParameters.instanceType", "requestParameters.instanceType.value",
            "requestParameters.launchSpecification.instanceType",
            "requestParameters.spotFleetRequestConfig.launchSpecifications.instanceType",
            "requestParameters.spotFleetRequestConfig.launchTemplateConfigs.overrides.instanceType",
            "requestParameters.CreateFleetRequest.LaunchTemplateConfigs.Overrides.InstanceType",
            "responseElements.instancesSet.items.instanceType",
        ].map { list.number(of: $0) }
        bucket = list.number(of: "requestParameters.bucketName")
    }
}

extension KeyTally {
    /// The paths of the fields.
    public static let fields: [String] = {
        var list = FieldList()
        _ = KeyFields(&list)
        return list.paths
    }()

    /// The filters of records about long-term credentials and rare calls. The last filter accepts a sixtieth of all
    /// records. They show which days the logs cover, so that missing logs are not mistaken for missing use.
    public static let filters: [RecordFilter] = [
        RecordFilter(field: "userIdentity.accessKeyId", test: .hasPrefix, values: [Array("akia".utf8)]),
        RecordFilter(
            field: "eventName",
            values: (["createaccesskey", "updateaccesskey", "consolelogin", "createloginprofile", "userauthentication"]
                + RareCall.operations).map { Array($0.utf8) }),
        RecordFilter(field: "eventTime", test: .hasSuffix, values: [Array(":00z".utf8)]),
    ]
}

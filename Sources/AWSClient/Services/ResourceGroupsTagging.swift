extension Service {
    public static let resourceGroupsTagging = Service(
        endpointPrefix: "tagging", signingName: "tagging", environmentName: "RESOURCE_GROUPS_TAGGING_API",
        wireProtocol: .awsJSON(version: "1.1", targetPrefix: "ResourceGroupsTaggingAPI_20170126"))
}

extension Operation {
    public static let getResources = Operation(
        .resourceGroupsTagging, "GetResources", permission: "tag:GetResources")
}

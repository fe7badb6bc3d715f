/// CloudTrail's names, for tables that have them in lower case.
public enum CloudTrailNames {
    /// CloudTrail's names of the members of records and of identities, by their names in lower case (AWS CloudTrail
    /// User Guide, "CloudTrail record contents" and "CloudTrail userIdentity element").
    public static let inLowerCase = Dictionary(
        uniqueKeysWithValues: [
            "eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress",
            "userAgent", "errorCode", "errorMessage", "requestParameters", "responseElements", "additionalEventData",
            "requestID", "eventID", "eventType", "apiVersion", "managementEvent", "readOnly", "resources",
            "recipientAccountId", "serviceEventDetails", "sharedEventID", "vpcEndpointId", "vpcEndpointAccountId",
            "eventCategory", "addendum", "sessionCredentialFromConsole", "edgeDeviceDetails", "tlsDetails",
            "insightDetails", "eventContext", "type", "principalId", "arn", "accountId", "accessKeyId", "userName",
            "invokedBy", "sessionContext", "sessionIssuer", "attributes", "creationDate", "mfaAuthenticated",
            "webIdFederationData", "federatedProvider", "sourceIdentity", "ec2RoleDelivery", "assumedRoot",
            "onBehalfOf", "userId", "identityStoreArn", "identityProvider", "credentialId", "tlsVersion",
            "cipherSuite", "clientProvidedHostHeader",
        ].map { ($0.lowercased(), $0) })
}

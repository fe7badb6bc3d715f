extension RequestContext {
    /// The known context of every request that an AWS service makes with its service principal. All other keys are
    /// unknown.
    ///
    /// A key that the policies test is absent if it is about the principals of accounts, or about their network.
    ///
    /// Source: IAM User Guide, "AWS global condition context keys"; AWS KMS Developer Guide, "AWS KMS condition keys";
    /// Amazon S3 User Guide, "Configuring IAM policies for using access points".
    public init(ofService service: String, facing policies: [Policy]) {
        self = [
            "aws:PrincipalIsAWSService": "true",
            "aws:PrincipalServiceName": .single(service),
            "aws:SecureTransport": "true",
        ]
        for key in policies.flatMap(\.statements).flatMap(\.conditions).map(\.key) where Self.isLackedByServices(key) {
            self[key] = .several([])
        }
        isComplete = false
    }

    private static func isLackedByServices(_ key: String) -> Bool {
        let key = key.lowercased()
        return absent.contains(key)
            || key.hasPrefix("aws:principal") && !key.hasPrefix("aws:principalservicename")
                && key != "aws:principalisawsservice"
    }

    /// The keys that services lack, in lower case.
    private static let absent: Set<String> = [
        "aws:assumedroot", "aws:federatedprovider", "aws:multifactorauthage", "aws:multifactorauthpresent",
        "aws:sourceidentity", "aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce", "aws:tokenissuetime", "aws:userid",
        "aws:username", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths", "aws:vpcsourceip", "kms:calleraccount",
        "s3:accesspointnetworkorigin", "s3:dataaccesspointaccount", "s3:dataaccesspointarn",
    ]
}

import Basics
import IAMPolicy
import Inventory

/// The facts of a resource that determine which principals its own policies allow.
struct ResourceReads {
    var facets: Set<Facet> = []
    var buckets: [String] = []
    var keys: [String] = []

    init() {}

    init(_ text: String) {
        guard let arn = Basics.ARN(text) else { return }
        switch arn.service {
        case "s3" where arn.account.isEmpty:
            facets = [.bucketPolicy, .bucketACL, .bucketPublicAccessBlock, .accountPublicAccessBlock]
            buckets = [String(arn.resource.prefix { $0 != "/" })]
        case "kms":
            facets = [.keyDescription, .keyPolicy, .keyGrants]
            keys = [text]
        default: break
        }
    }
}

import AWSClient
import Basics

/// The tool that manages a resource, according to its tags. A change that its template does not contain would be
/// reverted by the tool, or would conflict with its next deployment.
public struct ResourceOwner: Sendable, Hashable, CustomStringConvertible {
    /// The language in which the owner's code declares the resource.
    public var language: InfrastructureCode.Language
    /// The owner for a person, such as `CloudFormation stack network` or `Terraform (tag ManagedBy)`.
    public var description: String

    /// Finds the owner in tags. The AWS CDK deploys through CloudFormation and has its tags. Terraform sets no tags of
    /// its own, so common conventions are recognized.
    ///
    /// Source: AWS CloudFormation User Guide, "Resource tag".
    /// - Parameter tags: tag values by key.
    public init?(tags: [String: String]) {
        if let stack = tags["aws:cloudformation:stack-name"] ?? tags["aws:cloudformation:stack-id"] {
            self.init(language: .cloudformation, description: "CloudFormation stack \(stack)")
            return
        }
        let found = tags.sorted { $0.key < $1.key }.first { key, value in
            switch key.lowercased().filter({ $0 != "-" && $0 != "_" && $0 != ":" }) {
            case "terraform": !["false", "no", "0"].contains(value.lowercased())
            case "managedby", "provisioner", "provisionedby", "createdby", "iac":
                ["terraform", "opentofu"].contains(value.lowercased())
            default: false
            }
        }
        guard let found else { return nil }
        self.init(language: .terraform, description: "Terraform (tag \(found.key))")
    }

    private init(language: InfrastructureCode.Language, description: String) {
        self.language = language
        self.description = description
    }
}

extension Client {
    /// Returns the owners of resources by ARN; a resource that does not exist yet has none.
    /// - Parameter arns: resources in the Region.
    /// - Throws: ``Failure`` if their tags cannot be read.
    func owners(of arns: [String], in region: String) async throws(Failure) -> [String: ResourceOwner] {
        guard !arns.isEmpty else { return [:] }
        let answer = try await answer(to: APICall(.getResources, in: region, ["ResourceARNList": JSON(arns)]))
        var owners: [String: ResourceOwner] = [:]
        for mapping in answer["ResourceTagMappingList"]?.elements ?? [] {
            guard let arn = mapping["ResourceARN"]?.text, arns.contains(arn) else { continue }
            let tags = (mapping["Tags"]?.elements ?? []).map { ($0["Key"]?.text ?? "", $0["Value"]?.text ?? "") }
            owners[arn] = ResourceOwner(tags: Dictionary(tags) { first, _ in first })
        }
        return owners
    }
}

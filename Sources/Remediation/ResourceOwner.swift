public import AWSClient
import Basics

/// Who owns a resource besides the account, by its tags: a change that its template does not know of would be undone, or in
/// its way.
public struct ResourceOwner: Sendable, Hashable, CustomStringConvertible {
    /// In which the owner takes a change.
    public var language: InfrastructureCode.Language
    /// `CloudFormation stack network`, `Terraform (tag ManagedBy)`
    public var description: String

    /// The AWS CDK deploys by CloudFormation, and has its tags. Terraform has none of its own: the common ones are taken.
    ///
    /// Source: AWS CloudFormation User Guide, "Resource tag".
    /// - Parameter tags: by key.
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
    /// The owners of resources, by ARN; a resource that does not exist yet has none.
    /// - Parameter arns: of resources of the region.
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

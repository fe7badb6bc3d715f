import Basics
import Posture

/// The address of a resource in the AWS Management Console, where most people fix it.
enum ConsoleLink {
    /// - Returns: `nil` for a type that has no page of its own, another partition, or a name with characters that an
    ///   address must not contain.
    static func address(of resource: Resource, in region: String) -> String? {
        guard let arn = ARN(resource.arn), arn.partition == "aws", let page = page(of: resource, arn) else {
            return nil
        }
        guard [resource.id, region, resource.arn].allSatisfy({ $0.utf8.allSatisfy(isPlain) }) else { return nil }
        guard region != "global", !page.isGlobal else { return "https://console.aws.amazon.com/\(page.path)" }
        let path = page.path.split(separator: "#", maxSplits: 1)
        return "https://\(region).console.aws.amazon.com/\(path[0])?region=\(region)#\(path[1])"
    }

    private static func page(of resource: Resource, _ arn: ARN) -> (path: String, isGlobal: Bool)? {
        let id = resource.id
        return switch resource.type {
        case "AWS::CloudTrail::Trail": ("cloudtrailv2/home#/trails/\(arn)", false)
        case "AWS::S3::Bucket": ("s3/buckets/\(id)", true)
        case "AWS::KMS::Key": ("kms/home#/kms/keys/\(id)", false)
        case "AWS::EC2::SecurityGroup": ("ec2/home#SecurityGroup:groupId=\(id)", false)
        case "AWS::EC2::Instance": ("ec2/home#InstanceDetails:instanceId=\(id)", false)
        case "AWS::EC2::VPC": ("vpcconsole/home#VpcDetails:VpcId=\(id)", false)
        case "AWS::EC2::NetworkAcl": ("vpcconsole/home#NetworkAclDetails:networkAclId=\(id)", false)
        case "AWS::RDS::DBInstance": ("rds/home#database:id=\(id);is-cluster=false", false)
        case "AWS::IAM::User": ("iam/home#/users/details/\(id)", true)
        case "AWS::IAM::Group": ("iam/home#/groups/details/\(id)", true)
        case "AWS::IAM::Role": ("iam/home#/roles/details/\(id)", true)
        case "AWS::IAM::ManagedPolicy": ("iam/home#/policies/details/\(arn)", true)
        default: nil
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "+=,.@_-/:".utf8.contains(byte)
        }
    }
}

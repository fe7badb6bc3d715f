import AWSClient
import Basics
import Inventory
import Posture

/// With version 1 of the metadata service, an attacker who can make the instance fetch a URL gets its credentials.
struct InstanceMetadataVersion2: Check {
    let about = About(
        id: "ec2-instance-imdsv2",
        title: "EC2 instances should require IMDSv2",
        practice: .workloads,
        severity: .high,
        risk: """
            An attacker who can make an application request a URL of their choice (server-side request forgery) \
            obtains the credentials of the instance's role. IMDSv2 requires a token that such a request cannot obtain.
            """,
        judges: "An instance whose metadata service is disabled passes. Terminated instances are not evaluated.",
        remedy: """
            Set HttpTokens to required (aws ec2 modify-instance-metadata-options). Before that, check the metric \
            MetadataNoToken for applications that use version 1.
            """,
        references: [
            .prowler("ec2_instance_imdsv2_enabled"), .securityHub("EC2.8"), .config("ec2-imdsv2-check"),
            .cis("3.0", "5.6"), .cis("5.0", "5.7"),
        ],
        sources: ["Amazon EC2 User Guide: Use the Instance Metadata Service to access instance metadata"],
        reads: [.instances])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.instances, where: { !$0.isTerminated }) { instance throws(Unknown) in
            guard let options = instance.metadataOptions, let tokens = options.httpTokens else {
                throw Unknown(
                    .failed, call: Facet.instances.call.description,
                    detail: "the answer does not state how the metadata service is configured")
            }
            let evidence = [
                Evidence("HttpTokens", .string(tokens), from: .describeInstances),
                Evidence("HttpEndpoint", JSON(options.httpEndpoint), from: .describeInstances),
            ]
            if options.httpEndpoint == "disabled" { return .pass("The metadata service is disabled", evidence) }
            return tokens == "required"
                ? .pass("IMDSv2 is required", evidence) : .fail("IMDSv1 is still enabled", evidence)
        }
    }

    var examples: [Example] {
        [
            .passes("version 2 is required") { $0.hold(instances: .sample) },
            .passes("the metadata service is disabled") {
                $0.hold(
                    instances: .sample {
                        $0.metadataOptions = .init(httpTokens: "optional", httpEndpoint: "disabled")
                    })
            },
            .passes("there is no instance but a terminated one") {
                $0.hold(
                    instances: .sample,
                    .sample {
                        $0.instanceID = "i-1"
                        $0.instanceState = .init(name: "terminated")
                        $0.metadataOptions = nil
                    })
            },
            .fails("version 1 is enabled too") {
                $0.hold(
                    instances: .sample {
                        $0.metadataOptions = .init(httpTokens: "optional", httpEndpoint: "enabled")
                    })
            },
            .unknown("the answer does not state how the metadata service is configured") {
                $0.hold(instances: .sample { $0.metadataOptions = nil })
            },
            .unknown("the instances cannot be listed") {
                $0[.instances]["us-east-1"] = .denied(.describeInstances)
            },
        ]
    }
}

extension Each where Element == Instance {
    static var instances: Each {
        .regional(.instances, called: "instances") { instance, region, account in
            Resource(
                type: "AWS::EC2::Instance", id: instance.instanceID,
                arn: "arn:\(account.partition):ec2:\(region):\(account.id):instance/\(instance.instanceID)",
                name: instance.tagSet?.name)
        }
    }
}

import AWSClient
import Basics
import Inventory
import Posture

/// Block Public Access for the account keeps every bucket, existing or new, from being public.
struct AccountBlocksPublicAccess: Check {
    let about = About(
        id: "s3-account-public-access-block",
        title: "S3 Block Public Access should be enabled for the account",
        practice: .trailProtection, severity: .high,
        risk: "A single misconfigured bucket policy or access control list can make a bucket public.",
        judges: """
            All four settings must be enabled for the account. Settings of individual buckets are not evaluated here.
            """,
        remedy: """
            Enable the four settings for the account after removing the need for public buckets: serve public content \
            through Amazon CloudFront.
            """,
        references: [
            .prowler("s3_account_level_public_access_blocks"), .securityHub("S3.1"),
            .cis("1.4", "2.1.5"), .cis("3.0", "2.1.4"), .cis("5.0", "2.1.4"),
            .config("s3-account-level-public-access-blocks-periodic"),
        ],
        sources: ["Amazon S3 User Guide: Blocking public access to your Amazon S3 storage"],
        reads: [.accountPublicAccessBlock])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        reading.judgeAccount { () throws(Unknown) in
            let block = try reading[.accountPublicAccessBlock].value
            let evidence = Evidence(
                "PublicAccessBlockConfiguration", block.switches, from: .getAccountPublicAccessBlock)
            return block == .allOn
                ? .pass("All four settings of Block Public Access are enabled", evidence)
                : .fail("Block Public Access is not fully enabled for the account", evidence)
        }
    }

    var examples: [Example] {
        [
            .passes("all four settings are enabled") { $0[.accountPublicAccessBlock] = .known(.allOn) },
            .fails("nothing is configured") { $0[.accountPublicAccessBlock] = .known(.allOff) },
            .fails("one setting is disabled") {
                $0[.accountPublicAccessBlock] = .known(
                    PublicAccessBlock(blockPublicACLs: true, ignorePublicACLs: true, blockPublicPolicy: true))
            },
            .unknown("the settings cannot be read") {
                $0[.accountPublicAccessBlock] = .denied(.getAccountPublicAccessBlock)
            },
        ]
    }
}

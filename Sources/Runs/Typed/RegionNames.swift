import AWSClient
import Basics

/// The names of AWS Regions, for completions and for hints about mistyped names.
public enum RegionNames {
    /// The Regions that are open to customers, in all partitions, as of November 2026. Newer ones are accepted, too.
    ///
    /// Source: AWS General Reference, "Regions and Zones"; botocore's `endpoints.json`.
    public static let known =
        """
        af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 \
        ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 \
        cn-north-1 cn-northwest-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 \
        eusc-de-east-1 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-gov-east-1 \
        us-gov-west-1 us-west-1 us-west-2
        """.split(separator: " ").map(String.init)

    /// Reads a list of Regions as the user typed it.
    /// - Throws: ``InvalidInput`` with the nearest names if a name is not well-formed.
    public static func list(_ text: String) throws(InvalidInput) -> [String] {
        try TypedList.values(text, "Region", of: known) { Region.isWellFormed($0) ? $0 : nil }
    }
}

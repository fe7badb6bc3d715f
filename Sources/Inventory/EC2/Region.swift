import Basics
import AWSClient

extension Facet {
    /// The regions that a reading covers. The call reads the enabled ones; a reading can be limited to regions that the
    /// user names.
    public static let regions = FacetOf<[String]>("regions", calls: EC2.describeRegions()) { collector, _ in
        await collector.pages(of: EC2.describeRegions(), in: collector.baseRegion).map { pages throws(Unknown) in
            let regions = pages.flatMap(\.regionInfo)
                .filter {
                    $0.optInStatus != "not-opted-in" && Partition.of(region: $0.regionName).id == collector.partition
                }
                .map(\.regionName).sorted()
            // Every account has enabled regions: with an empty list, no check would evaluate anything or report a
            // problem.
            guard !regions.isEmpty else {
                throw Unknown(
                    .failed, call: AWSClient.Operation.describeRegions.description,
                    detail: "the answer lists no enabled Region")
            }
            return regions
        }
    }
}

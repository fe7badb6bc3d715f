import Basics
import AWSClient

extension Facet {
    /// The regions that a reading covers. Those that are enabled for the account are read; the user may have named some.
    public static let regions = FacetOf<[String]>("regions", calls: EC2.describeRegions()) { collector, _ in
        await collector.pages(of: EC2.describeRegions(), in: collector.baseRegion).map { pages throws(Unknown) in
            let regions = pages.flatMap(\.regionInfo)
                .filter {
                    $0.optInStatus != "not-opted-in" && Partition.of(region: $0.regionName).id == collector.partition
                }
                .map(\.regionName).sorted()
            // Every account has regions: without one, nothing would be judged, and nothing found wrong.
            guard !regions.isEmpty else {
                throw Unknown(
                    .failed, call: AWSClient.Operation.describeRegions.description,
                    detail: "the answer lists no enabled Region")
            }
            return regions
        }
    }
}

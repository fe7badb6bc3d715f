internal import Basics
public import FoundationEssentials

extension ObjectListing.Cursor {
    /// The cursor from which the objects of a day, and of later days, are listed again: keys grow with time only roughly,
    /// because objects are delivered late, and their names end with random letters. The keys must name days: as folders
    /// (`YYYY/MM/DD`, or Hive's `year=YYYY/month=MM/day=DD`), or in front of file names (`YYYY-MM-DD-`).
    /// - Returns: the same cursor if it is before that day, or its key names no day.
    public func goingBack(to time: Date) -> ObjectListing.Cursor {
        let rest = lastKey.dropFirst(prefix.count)
        guard lastKey.hasPrefix(prefix), let start = Self.start(of: rest, at: time) else { return self }
        let key = prefix + start
        return key.isBefore(lastKey) ? ObjectListing.Cursor(bucket: bucket, prefix: prefix, after: key) : self
    }

    /// What the keys of the day begin with.
    private static func start(of rest: Substring, at time: Date) -> String? {
        let day = time.rfc3339.prefix(10)
        if rest.prefixMatch(of: #/[0-9]{4}/[0-9]{2}/[0-9]{2}//#) != nil {
            return day.split(separator: "-").joined(separator: "/")
        }
        if rest.prefixMatch(of: #/year=[0-9]{4}/month=[0-9]{2}/day=[0-9]{2}//#) != nil {
            return zip(["year=", "month=", "day="], day.split(separator: "-")).map { $0 + $1 }.joined(separator: "/")
        }
        if let match = rest.prefixMatch(of: #/[^/]*?(?=[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{2}-)/#) {
            return String(match.output) + day
        }
        return nil
    }
}

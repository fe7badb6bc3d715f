import Basics
public import Posture

extension AllowedIngress {
    /// Reason why the entry is malformed; `nil` if it is valid.
    public var problem: String? {
        if source != "*", !source.hasPrefix("pl-"), CIDR(source, allowingAddress: false) == nil {
            return "'\(source)' is not a CIDR such as 203.0.113.0/24, a prefix list (pl-…) or '*'"
        }
        for text in ports {
            let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
            guard 1...2 ~= ends.count, let first = ends[0], let last = ends[ends.count - 1], first <= last else {
                return "'\(text)' is not a port; use 443 or 8000-8099"
            }
        }
        return nil
    }
}

/// A record of CloudTrail with so many bytes, more or less, and an event's name.
public func record(_ name: String, filler: Int = 0) -> String {
    let more = String(repeating: "x", count: filler)
    return #"{"eventVersion":"1.08","eventName":"\#(name)","requestParameters":{"a":[{"b":"\#(more)"}]}}"#
}

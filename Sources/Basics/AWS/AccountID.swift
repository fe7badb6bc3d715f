/// The id of an AWS account: twelve ASCII digits.
///
/// Source: AWS Account Management Reference Guide, "View AWS account identifiers".
public enum AccountID {
    @inlinable
    public static func isValid(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 12 && text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    }

    public static func isValid(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        text.count == 12 && text.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    }
}

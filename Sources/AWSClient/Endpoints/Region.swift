public import Basics

/// The names of regions.
public enum Region {
    /// Whether the text has the form of a region's name: lower-case words and a final number, joined by hyphens
    /// (`us-gov-west-1`). Only such text is allowed in a host name.
    public static func isWellFormed(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 3, text.utf8.count <= 32, let number = parts.last, (1...2).contains(number.utf8.count),
            number.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
        else { return false }
        return parts.dropLast().allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy((UInt8(ascii: "a")...UInt8(ascii: "z")).contains)
        }
    }

    /// - Parameter source: the setting that holds the region, for the error.
    /// - Throws: if the text does not have the form of a region's name.
    public static func check(_ text: String, from source: String) throws(Failure) {
        guard !isWellFormed(text) else { return }
        throw Failure(
            "\(source) cannot be used", why: "'\(text.quotable)' is not the name of a region",
            advice: "write it like \(nearest(to: text) ?? "us-east-1")")
    }

    /// Returns the region name that `text` probably means, such as `us-east-1` for `US_EAST1`; `nil` if it is too
    /// different.
    static func nearest(to text: String) -> String? {
        var words = text.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }.joined(separator: "-")
        // `text` can be an Availability Zone.
        if words.last?.isLetter == true, words.dropLast().last?.isNumber == true { words.removeLast() }
        let number = words.reversed().prefix(while: \.isNumber).count
        let name = words.dropLast(number)
        let text = (name.hasSuffix("-") ? name.dropLast() : name) + "-" + words.suffix(number)
        return isWellFormed(String(text)) ? String(text) : nil
    }

    /// Returns the region that the user chose: `AWS_REGION`, else `AWS_DEFAULT_REGION`, else the profile's `region`.
    ///
    /// If none is chosen, `instanceMetadata` is queried for this machine's region. Pass it only if the credentials come
    /// from there too, because on other machines the query takes seconds.
    /// - Returns: `nil` if no source has a region.
    public static func resolve(
        _ environment: AWSEnvironment, _ shared: SharedConfiguration, profile: String,
        instanceMetadata: InstanceMetadata? = nil
    ) async throws(Failure) -> String? {
        if let chosen = try chosen(environment, shared, profile: profile) { return chosen }
        // If the machine does not return its region, the region stays undefined.
        guard let region = try? await instanceMetadata?.region() else { return nil }
        try check(region, from: "the region that the instance metadata service tells")
        return region
    }

    /// Returns the region as ``resolve(_:_:profile:instanceMetadata:)`` does, without querying the metadata service.
    static func chosen(
        _ environment: AWSEnvironment, _ shared: SharedConfiguration, profile: String
    ) throws(Failure) -> String? {
        for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            guard let region = environment.variable(variable) else { continue }
            try check(region, from: variable)
            return region
        }
        guard let region = shared.setting("region", ofProfile: profile) else { return nil }
        try check(region, from: "region of the profile '\(profile)'")
        return region
    }
}

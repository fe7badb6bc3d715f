public import Basics

/// The names of regions.
public enum Region {
    /// Whether the text has the form of a region's name: words of small letters and a number at the end, joined by
    /// hyphens (`us-gov-west-1`). Nothing else may come near a host name.
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

    /// What has the form of a region's name and was meant by `text`, such as `us-east-1` by `US_EAST1`; `nil` if nothing is
    /// that near.
    static func nearest(to text: String) -> String? {
        var words = text.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }.joined(separator: "-")
        // An availability zone.
        if words.last?.isLetter == true, words.dropLast().last?.isNumber == true { words.removeLast() }
        let number = words.reversed().prefix(while: \.isNumber).count
        let name = words.dropLast(number)
        let text = (name.hasSuffix("-") ? name.dropLast() : name) + "-" + words.suffix(number)
        return isWellFormed(String(text)) ? String(text) : nil
    }

    /// The region that the user chose: `AWS_REGION`, else `AWS_DEFAULT_REGION`, else the profile's `region`.
    ///
    /// Where none is chosen, `instanceMetadata` is asked for the region that this machine stands in; give it only where
    /// the credentials come from there too, for elsewhere asking costs seconds.
    /// - Returns: `nil` if nothing tells a region.
    public static func resolve(
        _ environment: AWSEnvironment, _ shared: SharedConfiguration, profile: String,
        instanceMetadata: InstanceMetadata? = nil
    ) async throws(Failure) -> String? {
        if let chosen = try chosen(environment, shared, profile: profile) { return chosen }
        // A machine that does not tell its region leaves it open.
        guard let region = try? await instanceMetadata?.region() else { return nil }
        try check(region, from: "the region that the instance metadata service tells")
        return region
    }

    /// As ``resolve(_:_:profile:instanceMetadata:)``, without asking anybody.
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

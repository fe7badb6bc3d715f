/// The versions of the CIS AWS Foundations Benchmark: the numbers of all of their recommendations, and which numbers mean
/// the same recommendation.
///
/// Source: CIS AWS Foundations Benchmark 1.4.0, 3.0.0, 5.0.0, 6.0.0 and 7.0.0.
public enum CISBenchmark {
    /// The versions, the newest first, with the numbers of their recommendations in order.
    public static let versions: [(version: String, controls: [String])] = [
        ("7.0", sorted(recommendations.compactMap { $0.in7 } + newIn7)), ("6.0", recommendations.map { $0.in6 }),
        ("5.0", recommendations.map { $0.in5 }), ("3.0", words(version3)), ("1.4", words(version1)),
    ]

    /// The numbers of a recommendation in versions 5.0, 6.0 and 7.0; version 7.0 lacks two.
    static let recommendations: [(in5: String, in6: String, in7: String?)] = words(numbers).map { row in
        let cells = row.split(separator: "/").map(String.init)
        return (cells[0], cells[1], cells[2] == "-" ? nil : cells[2])
    }

    /// Recommendations that version 7.0 added: organizations, resource policies, front-end logs, VPC endpoints.
    private static let newIn7 = words("2.1.1 2.1.2 2.1.3 2.1.4 2.1.5 2.1.6 2.21 4.10 6.8")

    private static let numbers = """
        1.1/2.1/2.2 1.2/2.2/2.3 1.3/2.3/2.4 1.4/2.4/2.5 1.5/2.5/2.6 1.6/2.6/2.7 1.7/2.7/2.8 1.8/2.8/2.9
        1.9/2.9/2.10 1.10/2.10/- 1.11/2.11/2.11 1.12/2.12/- 1.13/2.13/2.12 1.14/2.14/2.13 1.15/2.15/2.14
        1.16/2.16/2.15 1.17/2.17/2.16 1.18/2.18/2.17 1.19/2.19/2.18 1.20/2.20/2.19 1.21/2.21/2.20
        2.1.1/3.1.1/3.1.1 2.1.2/3.1.2/3.1.2 2.1.3/3.1.3/3.1.3 2.1.4/3.1.4/3.1.4 2.2.1/3.2.1/3.2.1
        2.2.2/3.2.2/3.2.2 2.2.3/3.2.3/3.2.3 2.2.4/3.2.4/3.2.4 2.3.1/3.3.1/3.3.1 3.1/4.1/4.1 3.2/4.2/4.2
        3.3/4.3/4.3 3.4/4.4/4.4 3.5/4.5/4.5 3.6/4.6/4.6 3.7/4.7/4.7 3.8/4.8/4.8 3.9/4.9/4.9 4.1/5.1/5.1
        4.2/5.2/5.2 4.3/5.3/5.3 4.4/5.4/5.4 4.5/5.5/5.5 4.6/5.6/5.6 4.7/5.7/5.7 4.8/5.8/5.8 4.9/5.9/5.9
        4.10/5.10/5.10 4.11/5.11/5.11 4.12/5.12/5.12 4.13/5.13/5.13 4.14/5.14/5.14 4.15/5.15/5.15
        4.16/5.16/5.16 5.1.1/6.1.1/6.1.1 5.1.2/6.1.2/6.1.2 5.2/6.2/6.2 5.3/6.3/6.3 5.4/6.4/6.4 5.5/6.5/6.5
        5.6/6.6/6.6 5.7/6.7/6.7
        """

    private static let version3 = """
        1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8 1.9 1.10 1.11 1.12 1.13 1.14 1.15 1.16 1.17 1.18 1.19 1.20 1.21 1.22
        2.1.1 2.1.2 2.1.3 2.1.4 2.2.1 2.3.1 2.3.2 2.3.3 2.4.1 3.1 3.2 3.3 3.4 3.5 3.6 3.7 3.8 3.9 4.1 4.2
        4.3 4.4 4.5 4.6 4.7 4.8 4.9 4.10 4.11 4.12 4.13 4.14 4.15 4.16 5.1 5.2 5.3 5.4 5.5 5.6
        """

    private static let version1 = """
        1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8 1.9 1.10 1.11 1.12 1.13 1.14 1.15 1.16 1.17 1.18 1.19 1.20 1.21
        2.1.1 2.1.2 2.1.3 2.1.4 2.1.5 2.2.1 2.3.1 3.1 3.2 3.3 3.4 3.5 3.6 3.7 3.8 3.9 3.10 3.11 4.1 4.2 4.3
        4.4 4.5 4.6 4.7 4.8 4.9 4.10 4.11 4.12 4.13 4.14 4.15 5.1 5.2 5.3 5.4
        """

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    private static func sorted(_ numbers: [String]) -> [String] {
        func parts(_ number: String) -> [Int] { number.split(separator: ".").map { Int($0) ?? 0 } }
        return numbers.sorted { parts($0).lexicographicallyPrecedes(parts($1)) }
    }
}

extension Reference {
    /// The same recommendation in later versions of the CIS benchmark: those of 6.0 and 7.0 for one of 5.0; none for
    /// other references.
    var laterNumbers: [Reference] {
        guard catalogue == "cis", let row = CISBenchmark.recommendations.first(where: { "5.0/\($0.in5)" == id }) else {
            return []
        }
        return [.cis("6.0", row.in6)] + (row.in7.map { [.cis("7.0", $0)] } ?? [])
    }
}
